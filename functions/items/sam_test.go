package items_test

import (
	"net/http"
	"path"
	"strconv"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/adapters/samtest"
)

// TestUnderSAM replays the fixtures against the function that "sam build" built, in a container, with a real engine. The
// responses are those of the goldens.
func TestUnderSAM(t *testing.T) {
	const engines = "sam-lambda,opensearch"
	samtest.Endpoint(t, "SAM_LAMBDA_ENDPOINT", engines)
	endpoint := samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", engines)
	p := openSearchPorts(t, endpoint, "items") // as in testdata/env.json
	for _, c := range apigatewaytest.Cases(t, root, "items") {
		if _, fails := portsFor(c.Name, ports{}); fails {
			continue // a real engine does not fail on demand
		}
		t.Run(c.Name, func(t *testing.T) {
			for _, alias := range []string{"items", "items-owners"} {
				opensearchtest.Send(t, http.MethodPost, endpoint+"/"+alias+"/_delete_by_query?refresh=true&conflicts=proceed", `{"query":{"match_all":{}}}`)
			}
			seed(t, p)
			got := apigatewaytest.ParseResponse(t, samtest.Invoke(t, "ItemsFunction", c.Event))
			want := c.Want(t)
			c.CheckEqual(t, normalized(want), normalized(got))
		})
	}
}

// normalized replaces what differs between two runs: the current time, random ids and cursors.
func normalized(a apigatewaytest.Response) apigatewaytest.Response {
	if body, ok := a.Body.(map[string]any); ok {
		for _, name := range []string{"createdAt", "updatedAt"} {
			if text, ok := body[name].(string); ok && text >= now.Format(time.RFC3339Nano) {
				body[name] = "now"
			}
		}
		if location := a.Headers["Location"]; strings.HasPrefix(path.Base(location), "01") {
			a.Headers["Location"], body["id"] = path.Dir(location)+"/new", "new"
		}
		if body["next"] != nil {
			body["next"] = "cursor"
		}
	}
	own, owner, _ := strings.Cut(strings.Trim(a.Headers["ETag"], `"`), ".")
	if version, err := strconv.ParseInt(own, 10, 64); err == nil && version >= now.UnixMicro() {
		a.Headers["ETag"] = "now." + owner
	}
	return a
}

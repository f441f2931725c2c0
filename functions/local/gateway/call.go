package gateway

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

func traceHeader(event []byte) string {
	var e struct {
		Headers map[string]string `json:"headers"`
	}
	_ = json.Unmarshal(event, &e) // our own event; without the header there is no trace
	return e.Headers["X-Amzn-Trace-Id"]
}

// respond writes a function's answer. One that is not in the proxy integration's form is a 502, as from
// the service.
func (g *Gateway) respond(w http.ResponseWriter, function string, answer []byte, id string) {
	var resp events.APIGatewayProxyResponse
	d := json.NewDecoder(bytes.NewReader(answer))
	d.DisallowUnknownFields()
	if err := d.Decode(&resp); err != nil || resp.StatusCode < 100 || resp.StatusCode > 599 {
		g.config.Logger.Error("malformed proxy answer", "function", function, "error", err, "status", resp.StatusCode)
		g.Fail(w, integrationFailure, id)
		return
	}
	writeHeaders(w.Header(), resp)
	w.WriteHeader(resp.StatusCode)
	_, _ = io.WriteString(w, resp.Body) // the client may have gone
}

// writeHeaders merges both maps; where a name is in both, the list wins. The service renames a
// function's WWW-Authenticate, and gives a body without a type the default one.
func writeHeaders(h http.Header, resp events.APIGatewayProxyResponse) {
	for name, value := range resp.Headers {
		h.Set(remapped(name), value)
	}
	for name, values := range resp.MultiValueHeaders {
		h.Del(remapped(name))
		for _, value := range values {
			h.Add(remapped(name), value)
		}
	}
	if h.Get("Content-Type") == "" && resp.Body != "" {
		h.Set("Content-Type", "application/json")
	}
}

func remapped(name string) string {
	if strings.EqualFold(name, "WWW-Authenticate") {
		return "X-Amzn-Remapped-Www-Authenticate"
	}
	return name
}

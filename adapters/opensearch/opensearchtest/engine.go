// Package opensearchtest has what the tests of stores in OpenSearch share: an engine with aliases for one test, scripted
// responses, and the failures that each call must survive.
package opensearchtest

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// Engine returns the endpoint of a real engine. Without one it skips the test, in CI it fails it.
func Engine(t testing.TB) string {
	t.Helper()
	return samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "opensearch")
}

// NewAlias returns an alias for one test, and deletes its first index after it, and those of the alias with each suffix.
func NewAlias(t testing.TB, endpoint string, suffixes ...string) string {
	t.Helper()
	alias := "test-" + strings.ToLower(rand.Text())
	t.Cleanup(func() { DropIndices(t, endpoint, alias, suffixes...) })
	return alias
}

// DropIndices deletes the first index of an alias, and those of the alias with each suffix.
func DropIndices(t testing.TB, endpoint, alias string, suffixes ...string) {
	t.Helper()
	names := alias + "-v1"
	for _, suffix := range suffixes {
		names += "," + alias + suffix + "-v1"
	}
	Send(t, http.MethodDelete, endpoint+"/"+names+"?ignore_unavailable=true", "")
}

// Send sends a request to the engine without the adapter, and returns the body of the response.
func Send(t testing.TB, method, url, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode > 299 {
		t.Fatalf("%s %s: status %d, %v\n%s", method, url, response.StatusCode, err, got)
	}
	return string(got)
}

// CheckIndices checks that each alias points to its first index, which has the mapping of its definition.
func CheckIndices(t *testing.T, endpoint string, aliases ...string) {
	t.Helper()
	for _, name := range aliases {
		var got map[string]struct {
			Mappings struct {
				Dynamic    string
				Properties map[string]struct{ Type string }
			}
			Aliases map[string]any
		}
		if err := json.Unmarshal([]byte(Send(t, http.MethodGet, endpoint+"/"+name, "")), &got); err != nil {
			t.Fatal(err)
		}
		x, ok := got[name+"-v1"]
		if !ok || len(got) != 1 || x.Mappings.Dynamic != "strict" || x.Mappings.Properties["id"].Type != "keyword" || len(x.Aliases) != 1 {
			t.Errorf("%s is %+v", name, got)
		}
	}
}

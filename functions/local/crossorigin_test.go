package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rental.example/functions/local/cognito"
)

// TestCrossOriginEndpoints: pages of other origins can read public keys only, and change nothing. The package cognito tests
// the operations of the user pool.
func TestCrossOriginEndpoints(t *testing.T) {
	t.Parallel()
	r := start(t)
	const keys = "GET /" + cognito.PoolID + "/.well-known/"
	readable := map[string]bool{keys + "jwks.json": true, keys + "openid-configuration": true} // public keys
	endpoints := slices.Concat(slices.Collect(maps.Keys(operations{}.routes())), slices.Collect(maps.Keys(readable)), []string{
		"GET /", "POST /2015-03-31/functions/RepublishFunction/invocations", "POST /_local/to-be-added", "DELETE /_local/queues/ItemSyncQueue",
	})
	for _, endpoint := range endpoints {
		t.Run(endpoint, func(t *testing.T) { r.checkFromPage(t, endpoint, readable[endpoint]) })
	}
}

// checkFromPage sends requests like a page of another origin.
func (r *runner) checkFromPage(t *testing.T, endpoint string, readable bool) {
	t.Helper()
	const origin = "https://evil.example"
	method, path, _ := strings.Cut(endpoint, " ")
	path = strings.ReplaceAll(path, "{name}", "ItemSyncQueue")
	for _, sent := range []string{method, "OPTIONS"} {
		if sent == "OPTIONS" && path == "/" {
			continue // of the user pool
		}
		req := newRequest(t, sent, "http://"+r.address+path, "{}")
		req.Header.Set("Origin", origin)
		req.Header.Set("Sec-Fetch-Site", "cross-site")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if got := resp.Header.Get("Access-Control-Allow-Origin"); (got != "") != readable {
			t.Errorf("%s %s: Access-Control-Allow-Origin is %q, want one: %t", sent, path, got, readable)
		}
		if sent != "GET" && sent != "OPTIONS" && resp.StatusCode != http.StatusForbidden {
			t.Errorf("%s %s: status %d, want 403", sent, path, resp.StatusCode)
		}
	}
}

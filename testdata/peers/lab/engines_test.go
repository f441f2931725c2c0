package lab

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"rental.example/testdata/peers/users"
)

// TestServices: whoever trusts the bundle reaches services with items that exist and items that do not.
func TestServices(t *testing.T) {
	t.Parallel()
	trust := newTrust(t)
	client := clientOf(t, trust)
	services := StartServices(trust, 0)
	defer services.Close()
	for _, c := range []struct {
		method, url, target, body string
		status                    int
		want                      string // the beginning of the response
	}{
		{"POST", services.DynamoDB.URL, "GetItem", `{"Key":{"id":{"S":"none"}}}`, 200, "{}"},
		{"POST", services.DynamoDB.URL, "GetItem", `{"Key":{"id":{"S":"` + users.IDOf(Caller) + `"}}}`, 200, `{"Item":{`},
		{"POST", services.DynamoDB.URL, "DeleteTable", `{}`, 400, `{"__type"`},
		{"GET", services.OpenSearch.URL + "/items/_doc/none", "", "", 404, `{"_id":"none","_index":"items-v1","found":false}`},
		{"GET", services.OpenSearch.URL + "/_cluster/health/items", "", "", 200, "{}"},
		{"POST", services.OpenSearch.URL + "/items/_search", "", "{}", 200, `{"_shards":`},
	} {
		request, err := http.NewRequest(c.method, c.url, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("X-Amz-Target", "DynamoDB_20120810."+c.target)
		response, err := client.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != c.status || !strings.HasPrefix(string(body), c.want) {
			t.Errorf("%s %s %s: %d %s, %v", c.method, c.url, c.target, response.StatusCode, body, err)
		}
	}
	services.CloseConnections()
}

// clientOf trusts what a function does.
func clientOf(t *testing.T, trust *Trust) *http.Client {
	t.Helper()
	bundle, err := os.ReadFile(trust.Bundle)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(bundle)
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
}

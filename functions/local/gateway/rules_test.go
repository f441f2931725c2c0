package gateway_test

import (
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/functions/local/gateway"
	"rental.example/functions/local/sandbox"
)

// received has the members of an event that tests read.
type received struct {
	Path, Resource, HTTPMethod      string
	PathParameters                  map[string]string
	MultiValueHeaders               map[string][]string
	QueryStringParameters           map[string]string
	MultiValueQueryStringParameters map[string][]string
	RequestContext                  struct {
		Path       string
		Authorizer any
	}
}

// receive sends a request, which must succeed, and returns its event.
func receive(t *testing.T, method, target string, headers ...string) received {
	t.Helper()
	f := &function{response: `{"statusCode":204}`}
	if resp := send(newGateway(f, newPool(t)), method, target, "", headers...); resp.StatusCode != 204 {
		t.Fatalf("%s %s: status %d: %s", method, target, resp.StatusCode, text(t, resp))
	}
	var got received
	if err := json.Unmarshal(f.event, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

// TestSlashes: slashes at the ends of a path do not change the resource. The event has those at the end in its path, and all
// in requestContext.path.
func TestSlashes(t *testing.T) {
	t.Parallel()
	for target, path := range map[string]string{
		"/things/1": "/things/1", "/things/1/": "/things/1/", "/things/1//": "/things/1//", "//things/1": "/things/1", "///things/1/": "/things/1/",
	} {
		got := receive(t, "GET", "http://localhost"+target)
		if got.Resource != "/things/{id}" || got.PathParameters["id"] != "1" || got.Path != path || got.RequestContext.Path != "/local"+target {
			t.Errorf("%s: %+v", target, got)
		}
	}
	checkGatewayProblem(t, send(newGateway(&function{}, &pool{}), "GET", "/things//1", ""), 404, "route_not_found")
	if resp := send(newGateway(&function{}, &pool{}), "OPTIONS", "/things/1/", ""); resp.StatusCode != 200 {
		t.Errorf("preflight: status %d", resp.StatusCode)
	}
}

// TestQuery: query strings are split and decoded by the rules of a REST API.
func TestQuery(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]map[string][]string{
		"":                  {},
		"&":                 {},
		"q=drill;saw":       {"q": {"drill"}, "saw": {""}},
		"q=drill%3Bsaw":     {"q": {"drill;saw"}},
		"a=1;a=2&a=3":       {"a": {"1", "2", "3"}},
		"q=a+b%2Bc%20d":     {"q": {"a b+c d"}},
		"flag&empty=&=x":    {"flag": {""}, "empty": {""}, "": {"x"}},
		"a%26b=c%3Dd":       {"a&b": {"c=d"}},
		"q=a=b=":            {"q": {"a=b="}},
		"q=%2525":           {"q": {"%25"}},
		"q=%7Ba%7Cb%7D":     {"q": {"{a|b}"}},
		"a[]=1":             {"a[]": {"1"}},
		"q=%C3%BCber/x?y":   {"q": {"über/x?y"}},
		"%FF=1&%FE=2&a=%FD": {"\ufffd": {"1", "2"}, "a": {"\ufffd"}}, // equal names in JSON are one
	} {
		got := receive(t, "GET", "/things/1?"+query)
		if len(want) == 0 {
			want = nil // null in the event
		}
		if diff := cmp.Diff(want, got.MultiValueQueryStringParameters); diff != "" {
			t.Errorf("?%s (-want +got):\n%s", query, diff)
		}
		for name, values := range want {
			if got.QueryStringParameters[name] != values[len(values)-1] {
				t.Errorf("?%s: the single value of %q is %q", query, name, got.QueryStringParameters[name])
			}
		}
	}
}

func TestPathStaysEncoded(t *testing.T) {
	t.Parallel()
	got := receive(t, "GET", "/things/a%2Fb%20c")
	if got.Path != "/things/a%2Fb%20c" || got.PathParameters["id"] != "a%2Fb%20c" || got.RequestContext.Authorizer != nil {
		t.Errorf("event: %+v", got)
	}
}

// TestMethodOverride: the header is passed on, and the method stays.
func TestMethodOverride(t *testing.T) {
	t.Parallel()
	if got := receive(t, "GET", "/things/1", "X-Http-Method-Override", "POST"); got.HTTPMethod != "GET" || got.MultiValueHeaders["X-Http-Method-Override"] == nil {
		t.Errorf("%+v", got)
	}
}

func TestRequestHeaders(t *testing.T) {
	t.Parallel()
	got := receive(t, "GET", "/things/1", "Content-MD5", "x", "Expect", "x", "Max-Forwards", "1", "Server", "x", "TE", "trailers", "Www-Authenticate", "x",
		"Authorization", "AWS4-HMAC-SHA256 Credential=x", "Via", "1.1 proxy", "Referer", "x", "Range", "bytes=0-1")
	for _, name := range []string{"Content-Md5", "Expect", "Max-Forwards", "Server", "Te", "Www-Authenticate", "Authorization"} {
		if got.MultiValueHeaders[name] != nil {
			t.Errorf("%s is passed on", name)
		}
	}
	for _, name := range []string{"Via", "Referer", "Range"} {
		if got.MultiValueHeaders[name] == nil {
			t.Errorf("%s is not passed on", name)
		}
	}
}

// TestResponseHeaders: multiValueHeaders win, and headers of the gateway itself are dropped or renamed.
func TestResponseHeaders(t *testing.T) {
	t.Parallel()
	f := &function{response: `{"statusCode":200,"headers":{"A":"1","WWW-Authenticate":"x","server":"x","Content-Length":"1","Transfer-Encoding":"x","Via":"x"},
		"multiValueHeaders":{"A":["2","3"],"date":["x"],"Host":["x"]},"body":"hi"}`}
	resp := send(newGateway(f, newPool(t)), "GET", "/things/1", "")
	want := map[string][]string{
		"A": {"2", "3"}, "X-Amzn-Remapped-Www-Authenticate": {"x"}, "X-Amzn-Remapped-Server": {"x"}, "X-Amzn-Remapped-Date": {"x"},
		"Content-Type": {"application/json"}, "X-Amzn-Requestid": {requestID},
	}
	if diff := cmp.Diff(want, map[string][]string(resp.Header)); diff != "" || text(t, resp) != "hi" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
}

// TestHeaderSize: one byte above the limit is rejected before anything else is checked.
func TestHeaderSize(t *testing.T) {
	t.Parallel()
	room := gateway.MaxHeaderSize - len("Host: localhost") - len("X-Padding: ") - len("Cookie: a")
	receive(t, "GET", "http://localhost/things/1", "Cookie", "a", "X-Padding", strings.Repeat("x", room))
	f := &function{response: `{"statusCode":204}`}
	resp := send(newGateway(f, newPool(t)), "GET", "http://localhost/things/1", "", "Cookie", "ab", "X-Padding", strings.Repeat("x", room))
	if got := text(t, resp); resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge || got != "HTTP header is larger than 10240 bytes." || f.event != nil {
		t.Errorf("status %d: %s", resp.StatusCode, got)
	}
}

// TestBodySize: the limits of Lambda, measured on the event, and of the gateway.
func TestBodySize(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	token := pool.token(nil)
	f := &function{response: `{"statusCode":204}`}
	post := func(size int) (int, string) {
		resp := send(newGateway(f, pool), "POST", "http://localhost/things", strings.Repeat("x", size), "Authorization", token)
		return resp.StatusCode, text(t, resp)
	}
	post(1)
	room := sandbox.MaxRequestSize - len(f.event) + 1
	for _, tt := range []struct {
		size, status int
		body         string
	}{
		{room, 204, ""}, {room + 1, 413, `{"message": "Request Too Long"}`}, {gateway.MaxBodySize, 413, `{"message": "Request Too Long"}`},
		{gateway.MaxBodySize + 1, 413, "HTTP content length exceeded 10485760 bytes."},
	} {
		f.event = nil
		if status, body := post(tt.size); status != tt.status || body != tt.body || (f.event != nil) != (status == 204) {
			t.Errorf("%d bytes: %d %s, want %d %s", tt.size, status, body, tt.status, tt.body)
		}
	}
}

// TestKnownDifferences: each known difference of the package comment ends with a test of this package, or has a reason.
func TestKnownDifferences(t *testing.T) {
	t.Parallel()
	var tests strings.Builder
	for _, file := range []string{"gateway_test.go", "rules_test.go"} {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(code)
	}
	comment, err := os.ReadFile("gateway.go")
	if err != nil {
		t.Fatal(err)
	}
	differences := regexp.MustCompile(`(?m)^//   - .*(\n//     .*)*`).FindAllString(strings.ReplaceAll(string(comment), "\r", ""), -1)
	if len(differences) < 5 {
		t.Fatalf("%d differences", len(differences))
	}
	for _, difference := range differences {
		name := regexp.MustCompile(`Test\w+$`).FindString(difference)
		if !strings.Contains(difference, "Reason: ") && (name == "" || !strings.Contains(tests.String(), "func "+name+"(t *testing.T)")) {
			t.Errorf("want the name of a test of this package at the end, or a sentence that begins with \"Reason: \":\n%s", difference)
		}
	}
}

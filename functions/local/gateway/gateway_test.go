package gateway_test

import (
	stdcmp "cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/samtest"
	"rental.example/functions/local/gateway"
	"rental.example/functions/local/sandbox"
	"rental.example/functions/local/template"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

const requestID = "0ca7504f-a7c8-41e9-9c0e-b9d1c303045b"

// function is a Lambda function with a fixed response, which stores the event.
type function struct {
	response string
	err      error
	event    []byte
	run      func(context.Context)

	timeout time.Duration // default: 10 s
}

func (f *function) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	f.event = event
	if f.run != nil {
		f.run(ctx)
	}
	return []byte(f.response), f.err
}

func newGateway(f *function, pool *pool) *gateway.Gateway {
	return newGatewayOn(&sandbox.Service{Logger: slog.New(slog.DiscardHandler)}, f, pool)
}

func newGatewayOn(service *sandbox.Service, f *function, pool *pool) *gateway.Gateway {
	f.timeout = stdcmp.Or(f.timeout, 10*time.Second)
	return gateway.New(gateway.Config{
		Functions: []gateway.Function{{
			Function: sandbox.Function{Name: "TestFunction", Timeout: f.timeout, New: func() lambda.Handler { return f }},
			Routes: []template.Route{
				{Method: "POST", Resource: "/things"},
				{Method: "GET", Resource: "/things/mine"},
				{Method: "GET", Resource: "/things/{id}", Public: true},
				{Method: "HEAD", Resource: "/things/{id}", Public: true},
			},
		}},
		Lambda:        service,
		Authorizer:    &gateway.Authorizer{Issuer: issuer, Audience: "client", Key: pool.key, Now: func() time.Time { return now }},
		AllowedOrigin: "https://app.example.com",
		Now:           func() time.Time { return now },
		NewID:         func() string { return requestID },
		Logger:        slog.New(slog.DiscardHandler),
	})
}

func send(g http.Handler, method, target, body string, headers ...string) *http.Response {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	g.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestEvent(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	f := &function{response: `{"statusCode":201,"headers":{"ETag":"\"1\""},"body":"{}"}`}
	resp := send(newGateway(f, pool), "POST", "http://localhost:8080/things?tag=a&tag=b%20c&x=", `{"name":"Ünal"}`,
		"Authorization", "Bearer "+pool.token(nil), "Content-Type", "application/json", "If-Match", `"1"`, "If-Match", `"2"`,
		"Connection", "keep-alive", "User-Agent", "test")
	if resp.StatusCode != 201 || resp.Header.Get("ETag") != `"1"` || text(t, resp) != "{}" {
		t.Errorf("response: %d %v", resp.StatusCode, resp.Header)
	}
	var got map[string]any
	if err := json.Unmarshal(f.event, &got); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{
		"resource": "/things", "path": "/things", "httpMethod": "POST", "stageVariables": nil, "pathParameters": nil,
		"body": `{"name":"Ünal"}`, "isBase64Encoded": false,
		"queryStringParameters":           map[string]any{"tag": "b c", "x": ""},
		"multiValueQueryStringParameters": map[string]any{"tag": []any{"a", "b c"}, "x": []any{""}},
	} {
		if diff := cmp.Diff(want, got[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	headers, _ := got["multiValueHeaders"].(map[string]any)
	if diff := cmp.Diff([]any{`"1"`, `"2"`}, headers["If-Match"]); diff != "" {
		t.Errorf("If-Match (-want +got):\n%s", diff)
	}
	if headers["Connection"] != nil || headers["Host"] == nil || headers["X-Forwarded-For"] == nil {
		t.Errorf("headers: %v", headers)
	}
	checkContext(t, got["requestContext"].(map[string]any))
}

// TestTracing: a valid tracing header of the client is passed on, and any other is replaced.
func TestTracing(t *testing.T) {
	t.Parallel()
	const trace, name = "Root=1-5e5b1e5c-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1", "X-Amzn-Trace-Id"
	for _, tt := range []struct {
		sent []string // names and values
		kept bool
	}{
		{[]string{name, trace}, true}, {[]string{name, "Root=jane@example.com"}, false}, {[]string{name, trace + ";jane@example.com"}, false},
		{nil, false}, {[]string{name, trace, name, "Root=jane@example.com"}, false},
	} {
		got := receive(t, "GET", "/things/1", tt.sent...).MultiValueHeaders[name]
		if len(got) != 1 || (got[0] == trace) != tt.kept || !strings.HasPrefix(got[0], "Root=1-") {
			t.Errorf("%q became %q", tt.sent, got)
		}
	}
}

func checkContext(t *testing.T, got map[string]any) {
	t.Helper()
	for name, want := range map[string]any{
		"resourcePath": "/things", "httpMethod": "POST", "path": "/local/things", "stage": "local", "requestId": requestID,
		"requestTime": "02/Jan/2026:03:04:05 +0000", "requestTimeEpoch": 1767323045000.0, "accountId": "123456789012",
	} {
		if got[name] != want {
			t.Errorf("requestContext.%s = %v, want %v", name, got[name], want)
		}
	}
	claims := samtest.Lookup(got, "authorizer", "claims")
	want := map[string]any{
		"sub": subject, "iss": issuer, "aud": "client", "token_use": "id", "email": "jane@example.com", "email_verified": "true",
		"cognito:groups": "renters,admin", "auth_time": "1767322000",
		"exp": "Fri Jan 02 04:04:05 UTC 2026", "iat": "Fri Jan 02 03:04:05 UTC 2026", "custom:address": `{"city":"Berlin"}`,
	}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestBodyThatIsNotText(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	f := &function{response: `{"statusCode":204}`}
	send(newGateway(f, pool), "POST", "/things", "\xff", "Authorization", pool.token(nil))
	if !strings.Contains(string(f.event), `"body":"/w==","isBase64Encoded":true`) {
		t.Errorf("event: %s", f.event)
	}
}

// TestErrors: the errors of the gateway itself.
func TestErrors(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	ok := "Bearer " + pool.token(nil)
	for _, tt := range []struct {
		name, method, target, body, token string
		f                                 function
		status                            int
		code                              string
	}{
		{name: "no route", method: "GET", target: "/nothing", status: 404, code: "route_not_found"},
		{name: "no method", method: "PUT", target: "/things", token: ok, status: 404, code: "route_not_found"},
		{name: "empty parameter", method: "GET", target: "/things//1", status: 404, code: "route_not_found"},
		{name: "literal before parameter", method: "GET", target: "/things/mine", status: 401, code: "unauthenticated"},
		{name: "no token", method: "POST", target: "/things", status: 401, code: "unauthenticated"},
		{name: "malformed query", method: "POST", target: "/things?a=%zz", token: ok, status: 400, code: "invalid_parameter"},
		{name: "pipe in query", method: "POST", target: "/things?a|b", token: ok, status: 400, code: "invalid_parameter"},
		{name: "brace in query", method: "POST", target: "/things?a={b}", token: ok, status: 400, code: "invalid_parameter"},
		{name: "function fails", method: "POST", target: "/things", token: ok, f: function{err: errors.New("secret")}, status: 502, code: "bad_gateway"},
		{name: "function panics", method: "POST", target: "/things", token: ok, f: function{run: func(context.Context) { panic("secret") }}, status: 502, code: "bad_gateway"},
		{name: "malformed response", method: "POST", target: "/things", token: ok, f: function{response: "hello"}, status: 502, code: "bad_gateway"},
		{name: "response has another key", method: "POST", target: "/things", token: ok, f: function{response: `{"statusCode":200,"x":1}`}, status: 502, code: "bad_gateway"},
		{name: "response has an object for a body", method: "POST", target: "/things", token: ok, f: function{response: `{"statusCode":200,"body":{}}`}, status: 502, code: "bad_gateway"},
		{name: "response has an informational status", method: "POST", target: "/things", token: ok, f: function{response: `{"statusCode":103}`}, status: 502, code: "bad_gateway"},
		{name: "response has no status", method: "POST", target: "/things", token: ok, f: function{response: `{}`}, status: 502, code: "bad_gateway"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resp := send(newGateway(&tt.f, pool), tt.method, tt.target, tt.body, "Authorization", tt.token)
			checkGatewayProblem(t, resp, tt.status, tt.code)
		})
	}
}

func checkGatewayProblem(t *testing.T, resp *http.Response, status int, code string) {
	t.Helper()
	body := text(t, resp)
	var got apigateway.Problem
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("status %d, body %s", resp.StatusCode, body)
	}
	if resp.StatusCode != status || got.Code != code || got.Status != status || got.RequestID != requestID || got.Detail == "" {
		t.Errorf("got %d %s, want %d %s", resp.StatusCode, body, status, code)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/problem+json", "Access-Control-Allow-Origin": "https://app.example.com",
		"Cache-Control": "no-store", "X-Amzn-Requestid": requestID,
	} {
		if got := resp.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if strings.Contains(body, "secret") {
		t.Errorf("the response has the cause: %s", body)
	}
}

// TestOrder: the token is checked before the body is read.
func TestOrder(t *testing.T) {
	t.Parallel()
	resp := send(newGateway(&function{}, newPool(t)), "POST", "/things", strings.Repeat("x", gateway.MaxBodySize+1))
	checkGatewayProblem(t, resp, 401, "unauthenticated")
}

func TestPreflight(t *testing.T) {
	t.Parallel()
	resp := send(newGateway(&function{}, newPool(t)), "OPTIONS", "/things/1", "", "Origin", "https://evil.example")
	want := map[string]string{
		"Access-Control-Allow-Origin": "https://app.example.com", "Access-Control-Allow-Methods": "GET,HEAD,OPTIONS",
		"Access-Control-Allow-Headers": gateway.AllowedHeaders, "Access-Control-Max-Age": "600",
	}
	for name, value := range want {
		if got := resp.Header.Get(name); resp.StatusCode != 200 || got != value {
			t.Errorf("%d %s: %q, want %q", resp.StatusCode, name, got, value)
		}
	}
}

// TestTimeouts: the shorter of the function's timeout and the gateway's decides the response, and Wait waits for the function.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	testTimeout(t, 10*time.Second, 10*time.Second, 502, "bad_gateway")
	testTimeout(t, time.Minute, gateway.IntegrationTimeout, 504, "gateway_timeout")
}

func testTimeout(t *testing.T, timeout, want time.Duration, status int, code string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var ended bool
		f := &function{run: func(ctx context.Context) {
			<-ctx.Done()
			time.Sleep(time.Minute) // ignores its deadline
			ended = true
		}, timeout: timeout}
		service := &sandbox.Service{Logger: slog.New(slog.DiscardHandler)}
		g := newGatewayOn(service, f, &pool{})
		start := time.Now()
		resp := send(g, "GET", "/things/1", "")
		checkGatewayProblem(t, resp, status, code)
		if took := time.Since(start); took != want {
			t.Errorf("response after %v, want %v", took, want)
		}
		if service.Wait(); !ended {
			t.Error("Wait did not wait for the function")
		}
	})
}

// TestGatewayResponses compares the gateway's errors with the template.
func TestGatewayResponses(t *testing.T) {
	t.Parallel()
	properties := samtest.LoadTemplate(t).Properties(t, "Api")
	for _, e := range gateway.Responses() {
		want, _ := samtest.Lookup(properties, "GatewayResponses", e.Name, "ResponseTemplates", "application/json").(string)
		want = strings.ReplaceAll(want, "$context.requestId", requestID)
		w := httptest.NewRecorder()
		newGateway(&function{}, &pool{}).WriteError(w, e.Name, requestID)
		if got := strings.TrimSpace(w.Body.String()); got != want {
			t.Errorf("%s:\n got %s\nwant %s", e.Name, got, want)
		}
		if status := samtest.Lookup(properties, "GatewayResponses", e.Name, "StatusCode"); status != w.Code {
			t.Errorf("%s: status %d, in the template %v", e.Name, w.Code, status)
		}
		headers, _ := samtest.Lookup(properties, "GatewayResponses", e.Name, "ResponseParameters", "Headers").(map[string]any)
		for name, value := range headers {
			want := strings.Trim(strings.ReplaceAll(value.(string), "${AllowedOrigin}", "https://app.example.com"), "'")
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: header %s is %q, in the template %q", e.Name, name, got, want)
			}
		}
	}
	if allowed, _ := samtest.Lookup(properties, "Cors", "AllowHeaders").(string); strings.Trim(allowed, "'") != gateway.AllowedHeaders {
		t.Errorf("allowed headers: %q, in the template %s", gateway.AllowedHeaders, allowed)
	}
	if method := regexp.MustCompile(`\b(PUT|CONNECT|TRACE)\b`).FindString(samtest.Lookup(properties, "Cors", "AllowMethods").(string)); method != "" {
		t.Errorf("the template's CORS allows %s, which no route has", method)
	}
}

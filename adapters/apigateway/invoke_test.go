package apigateway_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
)

// noMetrics discards metrics.
type noMetrics struct{}

func (noMetrics) Request(string, int, time.Duration, bool) {}

var _ lambda.Handler = (*apigateway.Router)(nil)

// respondingRouter returns a router whose one route returns resp.
func respondingRouter(resp events.APIGatewayProxyResponse) *apigateway.Router {
	return newRouter(func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		return resp, nil
	}, true, noMetrics{}, new(bytes.Buffer))
}

// TestResponses checks that responses equal those of aws-lambda-go byte for byte.
func TestResponses(t *testing.T) {
	t.Parallel()
	many := map[string]string{}
	for i := range 40 {
		many[fmt.Sprint("X-", i)] = fmt.Sprint(i)
	}
	var all bytes.Buffer
	for b := range 256 {
		all.WriteByte(byte(b))
	}
	for _, resp := range []events.APIGatewayProxyResponse{
		{},
		{StatusCode: http.StatusNoContent, Headers: map[string]string{}, MultiValueHeaders: map[string][]string{}},
		{StatusCode: 200, Body: `{"name":"<J\u00e4ne> & \"Co\"","n":[1,2]}`, Headers: map[string]string{"ETag": `"1"`, "A": "", "\n\"": "\x00"}},
		{StatusCode: -1, Headers: many, IsBase64Encoded: true},
		{StatusCode: 302, MultiValueHeaders: map[string][]string{"b": {"1", "2"}, "a": nil, "c": {}}},
		{StatusCode: 200, Body: all.String() + "\u2027\u2028\u2029\u202a\ufffdä€😀\xed\xa0\x80\xc3"},
	} {
		checkResponse(t, resp)
	}
}

func checkResponse(t *testing.T, resp events.APIGatewayProxyResponse) {
	t.Helper()
	event := []byte(`{"httpMethod":"GET","resource":"/things/{id}"}`)
	router := respondingRouter(resp)
	got, err := router.Invoke(t.Context(), event)
	want, wantErr := lambda.NewHandler(router.Serve).Invoke(t.Context(), event)
	if err != nil || wantErr != nil || !bytes.Equal(got, want) {
		t.Errorf("%v, %v\n got %s\nwant %s", err, wantErr, got, want)
	}
}

func FuzzResponse(f *testing.F) {
	f.Add("Location", "/users/1", `{"a":"b\n"}`)
	f.Fuzz(func(t *testing.T, name, value, body string) {
		headers := map[string]string{name: value}
		if utf8.ValidString(name) { // encoding/json sorts names before it replaces invalid UTF-8
			headers["Content-Type"] = body
		}
		checkResponse(t, events.APIGatewayProxyResponse{StatusCode: 200, Headers: headers, Body: body})
	})
}

// TestInvalidEvent checks that an invalid event reaches no handler.
func TestInvalidEvent(t *testing.T) {
	t.Parallel()
	router := newRouter(nil, true, &recordedMetrics{}, new(bytes.Buffer))
	for _, event := range []string{"", "[]", `{"httpMethod":"GET"`, `{"httpMethod":1}`} {
		if response, err := router.Invoke(t.Context(), []byte(event)); err == nil {
			t.Errorf("%s: %s", event, response)
		}
	}
}

// TestReuse checks that strings and lists of a request do not alias the runtime's buffer, and that the next request has
// nothing of the previous one.
func TestReuse(t *testing.T) {
	t.Parallel()
	var first, second events.APIGatewayProxyRequest
	router := newRouter(func(_ context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		first, second = second, req
		return events.APIGatewayProxyResponse{StatusCode: 200}, nil
	}, true, noMetrics{}, new(bytes.Buffer))
	buffer := []byte(`{"httpMethod":"GET","resource":"/things/{id}","headers":{"If-Match":"a"},"multiValueHeaders":{"If-Match":["a"]},` +
		`"queryStringParameters":{"q":"a"},"multiValueQueryStringParameters":{"q":["a"]},"pathParameters":{"id":"a"},` +
		`"requestContext":{"requestId":"a","authorizer":{"claims":{"sub":"a"}}},"body":"a","isBase64Encoded":true}`)
	if _, err := router.Invoke(t.Context(), buffer); err != nil {
		t.Fatal(err)
	}
	body, method, id := second.Body, second.HTTPMethod, second.RequestContext.RequestID
	for i := range buffer {
		buffer[i] = '#'
	}
	if body != "a" || method != "GET" || id != "a" {
		t.Errorf("strings changed: %q %q %q", body, method, id)
	}
	if _, err := router.Invoke(t.Context(), []byte(`{"httpMethod":"GET","resource":"/things/{id}"}`)); err != nil {
		t.Fatal(err)
	}
	if want := (events.APIGatewayProxyRequest{HTTPMethod: "GET", Resource: "/things/{id}"}); !reflect.DeepEqual(second, want) {
		t.Errorf("data of the previous request: %+v", second)
	}
	if len(first.Headers)+len(first.MultiValueHeaders)+len(first.PathParameters) > 0 {
		t.Errorf("maps are not cleared after the handler returns: %+v", first)
	}
}

// TestConcurrentInvocations checks that invocations share no data.
func TestConcurrentInvocations(t *testing.T) {
	t.Parallel()
	router := newRouter(func(_ context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		return events.APIGatewayProxyResponse{StatusCode: 200, Body: req.Body + req.PathParameters["id"] + req.Headers["If-Match"]}, nil
	}, true, noMetrics{}, new(bytes.Buffer))
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			event := fmt.Appendf(nil, `{"httpMethod":"GET","resource":"/things/{id}","body":"%d","pathParameters":{"id":"%[1]d"},"headers":{"If-Match":"%[1]d"}}`, n)
			for range 200 {
				response, err := router.Invoke(t.Context(), event)
				if want := fmt.Appendf(nil, `"body":"%d%[1]d%[1]d"`, n); err != nil || !bytes.Contains(response, want) {
					t.Errorf("%s, %v; want %s", response, err, want)
				}
			}
		})
	}
	group.Wait()
}

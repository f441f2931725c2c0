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

// uncounted is Metrics from many goroutines.
type uncounted struct{}

func (uncounted) Request(string, int, time.Duration, bool) {}

var _ lambda.Handler = (*apigateway.Router)(nil)

// answering is a router whose one route gives that response.
func answering(resp events.APIGatewayProxyResponse) *apigateway.Router {
	return newRouter(func(context.Context, events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		return resp, nil
	}, true, uncounted{}, new(bytes.Buffer))
}

// TestResponses: responses on the wire are those of aws-lambda-go, byte for byte.
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
	router := answering(resp)
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
		if utf8.ValidString(name) { // else encoding/json's order is that of the bytes before they are replaced
			headers["Content-Type"] = body
		}
		checkResponse(t, events.APIGatewayProxyResponse{StatusCode: 200, Headers: headers, Body: body})
	})
}

// TestNoEvent: what is no event reaches no handler.
func TestNoEvent(t *testing.T) {
	t.Parallel()
	router := newRouter(nil, true, &counted{}, new(bytes.Buffer))
	for _, event := range []string{"", "[]", `{"httpMethod":"GET"`, `{"httpMethod":1}`} {
		if answer, err := router.Invoke(t.Context(), []byte(event)); err == nil {
			t.Errorf("%s: %s", event, answer)
		}
	}
}

// TestNothingIsKept: strings and lists of a request outlive the runtime's buffer, which it uses again, and the
// next request, which has nothing of the one before.
func TestNothingIsKept(t *testing.T) {
	t.Parallel()
	var first, second events.APIGatewayProxyRequest
	router := newRouter(func(_ context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		first, second = second, req
		return events.APIGatewayProxyResponse{StatusCode: 200}, nil
	}, true, uncounted{}, new(bytes.Buffer))
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
		t.Errorf("something of the request before: %+v", second)
	}
	if len(first.Headers)+len(first.MultiValueHeaders)+len(first.PathParameters) > 0 {
		t.Errorf("maps are the handler's only until it returns: %+v", first)
	}
}

// TestConcurrentInvocations: each gets its own answer; the race detector sees that they share nothing.
func TestConcurrentInvocations(t *testing.T) {
	t.Parallel()
	router := newRouter(func(_ context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
		return events.APIGatewayProxyResponse{StatusCode: 200, Body: req.Body + req.PathParameters["id"] + req.Headers["If-Match"]}, nil
	}, true, uncounted{}, new(bytes.Buffer))
	var group sync.WaitGroup
	for n := range 8 {
		group.Go(func() {
			event := fmt.Appendf(nil, `{"httpMethod":"GET","resource":"/things/{id}","body":"%d","pathParameters":{"id":"%[1]d"},"headers":{"If-Match":"%[1]d"}}`, n)
			for range 200 {
				answer, err := router.Invoke(t.Context(), event)
				if want := fmt.Appendf(nil, `"body":"%d%[1]d%[1]d"`, n); err != nil || !bytes.Contains(answer, want) {
					t.Errorf("%s, %v; want %s", answer, err, want)
				}
			}
		})
	}
	group.Wait()
}

package dynamotest

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing/iotest"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
)

// Exchange handles one attempt of a request.
type Exchange func(*http.Request) (*http.Response, error)

// Transport uses its exchanges in order, one for each attempt, and the last for all that follow.
type Transport struct {
	// Attempts is how many attempts were made. Read it when none is in flight.
	Attempts  int
	mu        sync.Mutex
	exchanges []Exchange
}

// Do implements aws.HTTPClient.
func (t *Transport) Do(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	next := t.exchanges[min(t.Attempts, len(t.exchanges)-1)]
	t.Attempts++
	t.mu.Unlock()
	return next(r)
}

// NewClient returns a client with a Transport of exchanges.
func NewClient(endpoint string, exchanges ...Exchange) (*dynamodb.Client, *Transport) {
	t := &Transport{exchanges: exchanges}
	cfg := Config(endpoint)
	cfg.HTTPClient = t
	return dynamo.NewClient(cfg), t
}

// HTML is the body of a gateway's error page.
const HTML = "<html><body><h1>502 Bad Gateway</h1></body></html>"

// NoEndpoint is an endpoint for clients that send nothing to it.
const NoEndpoint = "http://dynamodb.invalid"

// Response responds with a status and a body.
func Response(status int, body string) Exchange {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
			Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Request: r,
		}, nil
	}
}

// Rejection responds with the service's error of a code.
func Rejection(code string) Exchange {
	return Response(http.StatusBadRequest, fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"no"}`, code))
}

// ConditionFailed rejects a write with the current item, in the JSON of the service; "" for none.
func ConditionFailed(item string) Exchange {
	body := `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"`
	if item != "" {
		body += `,"Item":` + item
	}
	return Response(http.StatusBadRequest, body+"}")
}

// Reset loses the connection.
func Reset(*http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET }

// Hang sends no response.
func Hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// Truncated loses the connection within the body.
func Truncated(*http.Request) (*http.Response, error) {
	body := io.MultiReader(strings.NewReader(`{"Attributes":{"id":{"S":"`), iotest.ErrReader(syscall.ECONNRESET))
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(body), ContentLength: 900, Header: http.Header{}}, nil
}

// Deliver sends the request to the engine and returns its response.
func Deliver(r *http.Request) (*http.Response, error) { return http.DefaultTransport.RoundTrip(r) }

// Lose sends the request to the engine, calls then, and returns the response of instead.
func Lose(instead Exchange, then func()) Exchange {
	return func(r *http.Request) (*http.Response, error) {
		out, err := Deliver(r)
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(io.Discard, out.Body)
		if err = errors.Join(err, out.Body.Close()); err != nil {
			return nil, err
		}
		then()
		return instead(r)
	}
}

// KindOf returns the kind of an error; nil for another error, and for none.
func KindOf(err error) error {
	for _, kind := range []error{domain.ErrUnavailable, domain.ErrNotFound, domain.ErrConflict, domain.ErrPreconditionFailed} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return nil
}

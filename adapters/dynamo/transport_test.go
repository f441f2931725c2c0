package dynamo_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
	"rental.example/domain/user"
)

// exchange handles one attempt of a request.
type exchange func(*http.Request) (*http.Response, error)

// transport uses its exchanges in order, one for each attempt, and the last for all that follow.
type transport struct {
	mu        sync.Mutex
	exchanges []exchange
	attempts  int
}

func (t *transport) Do(r *http.Request) (*http.Response, error) {
	t.mu.Lock()
	next := t.exchanges[min(t.attempts, len(t.exchanges)-1)]
	t.attempts++
	t.mu.Unlock()
	return next(r)
}

// newClient returns a client with a transport of exchanges.
func newClient(endpoint string, exchanges ...exchange) (*dynamodb.Client, *transport) {
	t := &transport{exchanges: exchanges}
	cfg := configFor(endpoint)
	cfg.HTTPClient = t
	return dynamo.NewClient(cfg), t
}

const noEndpoint = "http://dynamodb.invalid"

func response(status int, body string) exchange {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
			Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Request: r,
		}, nil
	}
}

func rejection(code string) exchange {
	return response(http.StatusBadRequest, fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"no"}`, code))
}

// conditionFailed rejects a write with the current item, in the JSON of the service; "" for none.
func conditionFailed(item string) exchange {
	body := `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"`
	if item != "" {
		body += `,"Item":` + item
	}
	return response(http.StatusBadRequest, body+"}")
}

func reset(*http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET }

// hang sends no response.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// truncated loses the connection within the body.
func truncated(*http.Request) (*http.Response, error) {
	body := io.MultiReader(strings.NewReader(`{"Attributes":{"id":{"S":"`), iotest.ErrReader(syscall.ECONNRESET))
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(body), ContentLength: 900, Header: http.Header{}}, nil
}

const (
	someone    = domain.UserID("3b2c1a60-0000-4000-8000-00000000cafe")
	badGateway = "<html><body><h1>502 Bad Gateway</h1></body></html>"
)

var noon = time.Date(2100, 1, 1, 12, 0, 0, 0, time.UTC)

func profileAt(t *testing.T, id domain.UserID, at time.Time, requestID string) user.Profile {
	t.Helper()
	caller := domain.Caller{ID: id, Sub: "account-of-jane", Email: "jane@example.com", EmailVerified: true}
	d := user.Draft{Name: "Jane", Email: "jane@example.com", Type: "renter", Ratings: 4.5}
	p, err := user.New(caller, d, domain.Stamp{Time: at, RequestID: requestID})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// operations returns a call for each operation. Delete reads before it writes, so PutItem is that of a Table.
func operations(t *testing.T, client dynamo.API) map[string]func() error {
	store, bookings := dynamo.NewUsers(client, "users-table"), bookingsTable(client, "users-table")
	return map[string]func() error{
		"GetItem": func() error { _, err := store.Get(t.Context(), someone); return err },
		"UpdateItem": func() error {
			_, _, err := store.Save(t.Context(), profileAt(t, someone, noon, "request-1"), domain.Condition{})
			return err
		},
		"PutItem": func() error {
			_, err := bookings.Put(t.Context(), booking{ItemID: string(someone), Day: "today", Renter: "jane"}, expression.ConditionBuilder{})
			return err
		},
		"Scan":  func() error { _, err := store.Scan(t.Context(), "", 10); return err },
		"Query": func() error { _, err := store.List(t.Context(), user.ListQuery{Limit: 10}); return err },
	}
}

func kindOf(err error) error {
	for _, kind := range []error{domain.ErrUnavailable, domain.ErrNotFound, domain.ErrConflict, domain.ErrPreconditionFailed} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return nil
}

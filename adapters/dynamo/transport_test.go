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
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
	"rental.example/domain/user"
)

// exchange is what becomes of one attempt to send a request.
type exchange func(*http.Request) (*http.Response, error)

// transport has one exchange for each attempt, in order, and its last for all that follow.
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

// clientOver is a client whose attempts meet the exchanges; no engine is needed unless they need one.
func clientOver(endpoint string, exchanges ...exchange) (*dynamodb.Client, *transport) {
	t := &transport{exchanges: exchanges}
	cfg := configFor(endpoint)
	cfg.HTTPClient = t
	return dynamo.NewClient(cfg), t
}

const nowhere = "http://dynamodb.invalid"

func answer(status int, body string) exchange {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
			Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Request: r,
		}, nil
	}
}

func refusal(code string) exchange {
	return answer(http.StatusBadRequest, fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"no"}`, code))
}

// failedCondition refuses a write over item, in the service's JSON; none for "".
func failedCondition(item string) exchange {
	body := `{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"`
	if item != "" {
		body += `,"Item":` + item
	}
	return answer(http.StatusBadRequest, body+"}")
}

func reset(*http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET }

// hang answers never.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// cut is an answer that ends in the middle.
func cut(*http.Request) (*http.Response, error) {
	body := io.MultiReader(strings.NewReader(`{"Attributes":{"id":{"S":"`), failing{syscall.ECONNRESET})
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(body), ContentLength: 900, Header: http.Header{}}, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

const (
	someone    = domain.UserID("3b2c1a60-0000-4000-8000-00000000cafe")
	gatewayTop = "<html><body><h1>502 Bad Gateway</h1></body></html>"
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

// calls are all operations that a store in the table called users-table sends. A deletion reads before it puts, so the
// put is the table's own.
func calls(t *testing.T, client dynamo.API) map[string]func() error {
	store := dynamo.NewUsers(client, "users-table")
	bookings := dynamo.NewTable[booking](client, "users-table", dynamo.KeyNames{Partition: "itemId", Sort: "day"})
	p := profileAt(t, someone, noon, "request-1")
	return map[string]func() error{
		"GetItem": func() error { _, err := store.Get(t.Context(), p.ID); return err },
		"UpdateItem": func() error {
			_, _, err := store.Save(t.Context(), p, domain.Condition{})
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

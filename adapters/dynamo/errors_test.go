package dynamo_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
)

// failures are the failures of a service and of the network, with the number of attempts and the kind of the error.
func failures() map[string]failure {
	return map[string]failure{
		"throttled":           {rejection("ThrottlingException"), 3, domain.ErrUnavailable},
		"table capacity":      {rejection("ProvisionedThroughputExceededException"), 3, domain.ErrUnavailable},
		"account limit":       {rejection("RequestLimitExceeded"), 3, domain.ErrUnavailable},
		"transaction":         {rejection("TransactionConflictException"), 1, domain.ErrUnavailable},
		"internal error":      {response(http.StatusInternalServerError, `{"__type":"InternalServerError"}`), 3, domain.ErrUnavailable},
		"502 with HTML":       {response(http.StatusBadGateway, badGateway), 3, domain.ErrUnavailable},
		"200 with HTML":       {response(http.StatusOK, badGateway), 3, domain.ErrUnavailable},
		"200 with a list":     {response(http.StatusOK, "[]"), 3, domain.ErrUnavailable},
		"200 with null":       {response(http.StatusOK, "null"), 3, domain.ErrUnavailable},
		"403 with HTML":       {response(http.StatusForbidden, badGateway), 3, domain.ErrUnavailable},
		"truncated JSON":      {response(http.StatusOK, `{"Attributes":{"id":{"S":"3b`), 3, domain.ErrUnavailable},
		"empty response":      {response(http.StatusOK, ""), 3, domain.ErrUnavailable},
		"truncated response":  {truncated, 3, domain.ErrUnavailable},
		"connection reset":    {reset, 3, domain.ErrUnavailable},
		"invalid request":     {rejection("ValidationException"), 1, nil},
		"no such table":       {rejection("ResourceNotFoundException"), 1, nil},
		"access denied":       {rejection("AccessDeniedException"), 1, nil},
		"unknown to this SDK": {rejection("SomethingNewException"), 1, nil},
	}
}

type failure struct {
	exchange exchange
	attempts int // of one request
	kind     error
}

func TestErrorKinds(t *testing.T) {
	t.Parallel()
	for name, test := range failures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, op := range []string{"GetItem", "UpdateItem", "PutItem", "Query", "Scan"} {
					client, sent := newClient(noEndpoint, test.exchange) // a new client has a full retry budget
					err := operations(t, client)[op]()
					if err == nil || kindOf(err) != test.kind {
						t.Errorf("%s: got error %v, want one of kind %v", op, err, test.kind)
						continue
					}
					if op != "Query" && sent.attempts != test.attempts { // one failed query cancels the others
						t.Errorf("%s: %d attempts, want %d", op, sent.attempts, test.attempts)
					}
					if text := err.Error(); !strings.Contains(text, op) || !strings.Contains(text, "users-table") {
						t.Errorf("error %q does not name %s and the table", text, op)
					}
					for _, value := range []string{string(someone), "jane", "Jane", "request-1"} {
						if strings.Contains(err.Error(), value) {
							t.Errorf("error %q contains the value %s", err, value)
						}
					}
				}
			})
		})
	}
}

func TestTransientErrorsAreRetried(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, sent := newClient(noEndpoint, rejection("ThrottlingException"), reset, response(http.StatusOK, "{}"))
		p := profileAt(t, someone, noon, "request-1")
		saved, created, err := dynamo.NewUsers(client, "users-table").Save(t.Context(), p, domain.MustNotExist())
		if err != nil || !created || !saved.Equal(p) || sent.attempts != 3 {
			t.Errorf("Save = %+v, %t, %v after %d attempts; want %+v, true after 3", saved, created, err, sent.attempts, p)
		}
	})
}

// TestTimeouts checks that a call without a response ends with its context, or after three attempts with the timeout of
// the HTTP client.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := newClient(noEndpoint, hang)
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		start := time.Now()
		_, err := dynamo.NewUsers(client, "users-table").Get(ctx, someone)
		if took := time.Since(start); !errors.Is(err, domain.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) || took != 9*time.Second {
			t.Errorf("Get = %v after %v; want %v after the deadline of 9 s", err, took, domain.ErrUnavailable)
		}
		cfg := configFor(noEndpoint)
		cfg.HTTPClient = &http.Client{Timeout: 2 * time.Second, Transport: roundTripper(hang)}
		start = time.Now()
		_, err = dynamo.NewUsers(dynamo.NewClient(cfg), "users-table").Get(t.Context(), someone)
		if took := time.Since(start); !errors.Is(err, domain.ErrUnavailable) || took < 6*time.Second || took > 7*time.Second {
			t.Errorf("Get = %v after %v; want %v after three times 2 s", err, took, domain.ErrUnavailable)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestConflicts checks that Save against concurrent writers ends with its context, or after eight attempts.
func TestConflicts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		newer := `{"id":{"S":"x"},"version":{"N":"4999999999999999"},"createdAt":{"N":"1"},"requestId":{"S":"other"}}`
		client, sent := newClient(noEndpoint, conditionFailed(newer))
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Millisecond)
		defer cancel()
		store := dynamo.NewUsers(client, "users-table")
		_, _, err := store.Save(ctx, profileAt(t, someone, noon, "request-1"), domain.Condition{})
		if !errors.Is(err, domain.ErrUnavailable) {
			t.Errorf("Save = %v; want %v", err, domain.ErrUnavailable)
		}
		sent.attempts = 0
		_, _, err = store.Save(t.Context(), profileAt(t, someone, noon, "request-1"), domain.Condition{})
		if !errors.Is(err, domain.ErrConflict) || sent.attempts != 8 {
			t.Errorf("Save = %v after %d attempts; want %v after 8", err, sent.attempts, domain.ErrConflict)
		}
	})
}

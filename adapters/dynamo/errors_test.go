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

// failures are what a service and the way to it can do to a request.
func failures() map[string]failure {
	return map[string]failure{
		"throttled":          {refusal("ThrottlingException"), 3, domain.ErrUnavailable},
		"over the capacity":  {refusal("ProvisionedThroughputExceededException"), 3, domain.ErrUnavailable},
		"over the account":   {refusal("RequestLimitExceeded"), 3, domain.ErrUnavailable},
		"in a transaction":   {refusal("TransactionConflictException"), 1, domain.ErrUnavailable},
		"internal error":     {answer(http.StatusInternalServerError, `{"__type":"InternalServerError"}`), 3, domain.ErrUnavailable},
		"HTML of a gateway":  {answer(http.StatusBadGateway, gatewayTop), 3, domain.ErrUnavailable},
		"HTML as success":    {answer(http.StatusOK, gatewayTop), 3, domain.ErrUnavailable},
		"a list as success":  {answer(http.StatusOK, "[]"), 3, domain.ErrUnavailable},
		"null as success":    {answer(http.StatusOK, "null"), 3, domain.ErrUnavailable},
		"HTML as refusal":    {answer(http.StatusForbidden, gatewayTop), 3, domain.ErrUnavailable},
		"half of an answer":  {answer(http.StatusOK, `{"Attributes":{"id":{"S":"3b`), 3, domain.ErrUnavailable},
		"an empty answer":    {answer(http.StatusOK, ""), 3, domain.ErrUnavailable},
		"cut off":            {cut, 3, domain.ErrUnavailable},
		"connection reset":   {reset, 3, domain.ErrUnavailable},
		"invalid request":    {refusal("ValidationException"), 1, nil},
		"no such table":      {refusal("ResourceNotFoundException"), 1, nil},
		"not allowed":        {refusal("AccessDeniedException"), 1, nil},
		"unknown to the SDK": {refusal("SomethingNewException"), 1, nil},
	}
}

type failure struct {
	exchange exchange
	attempts int // of one request
	kind     error
}

func TestErrorsHaveTheirKind(t *testing.T) {
	t.Parallel()
	for name, test := range failures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, op := range []string{"GetItem", "UpdateItem", "PutItem", "Query", "Scan"} {
					client, sent := clientOver(nowhere, test.exchange) // a new one allows itself every repetition
					err := calls(t, client)[op]()
					if err == nil || kindOf(err) != test.kind {
						t.Errorf("%s: got error %v, want one of kind %v", op, err, test.kind)
						continue
					}
					if op != "Query" && sent.attempts != test.attempts { // there, one ends the others
						t.Errorf("%s: %d attempts, want %d", op, sent.attempts, test.attempts)
					}
					checkText(t, err, op)
				}
			})
		})
	}
}

// checkText holds an error's text against the rule that it says where, and nothing of the data.
func checkText(t *testing.T, err error, op string) {
	t.Helper()
	if text := err.Error(); !strings.Contains(text, op) || !strings.Contains(text, "users-table") {
		t.Errorf("error %q does not name %s and the table", text, op)
	}
	for _, value := range []string{string(someone), "jane", "Jane", "request-1"} {
		if strings.Contains(err.Error(), value) {
			t.Errorf("error %q has the value %s in it", err, value)
		}
	}
}

func TestThrottlingThatPassesIsNotSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, sent := clientOver(nowhere, refusal("ThrottlingException"), reset, answer(http.StatusOK, "{}"))
		p := profileAt(t, someone, noon, "request-1")
		saved, created, err := dynamo.NewUsers(client, "users-table").Save(t.Context(), p, domain.MustNotExist())
		if err != nil || !created || saved != p || sent.attempts != 3 {
			t.Errorf("Save = %+v, %t, %v after %d attempts; want %+v, true after 3", saved, created, err, sent.attempts, p)
		}
	})
}

// TestHangsEndWithTheContext has a service that never answers: each call ends when its context does.
func TestHangsEndWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := clientOver(nowhere, hang)
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		start := time.Now()
		_, err := dynamo.NewUsers(client, "users-table").Get(ctx, someone)
		if !errors.Is(err, domain.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Get = %v; want %v by its deadline", err, domain.ErrUnavailable)
		}
		if took := time.Since(start); took != 9*time.Second {
			t.Errorf("Get took %v of 9 s", took)
		}
	})
}

// TestHangsEndWithTheAttempt has a client with a timeout, as NewClient makes one: three attempts.
func TestHangsEndWithTheAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := &transport{exchanges: []exchange{hang}}
		cfg := configFor(nowhere)
		cfg.HTTPClient = &http.Client{Timeout: 2 * time.Second, Transport: roundTripper(sent.Do)}
		start := time.Now()
		_, err := dynamo.NewUsers(dynamo.NewClient(cfg), "users-table").Get(t.Context(), someone)
		if took := time.Since(start); !errors.Is(err, domain.ErrUnavailable) || took < 6*time.Second || took > 7*time.Second {
			t.Errorf("Get = %v after %v; want %v after three times 2 s", err, took, domain.ErrUnavailable)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestBackoffEndsWithTheContext loses to other writers until the context is over.
func TestBackoffEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ahead := `{"id":{"S":"x"},"version":{"N":"4999999999999999"},"createdAt":{"N":"1"},"requestId":{"S":"other"}}`
		client, sent := clientOver(nowhere, failedCondition(ahead))
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

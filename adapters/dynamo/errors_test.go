package dynamo_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/domain"
)

// failures are the failures of a service and of the network, with the number of attempts and the kind of the error.
func failures() map[string]failure {
	return map[string]failure{
		"throttled":           {dynamotest.Rejection("ThrottlingException"), 3, domain.ErrUnavailable},
		"table capacity":      {dynamotest.Rejection("ProvisionedThroughputExceededException"), 3, domain.ErrUnavailable},
		"account limit":       {dynamotest.Rejection("RequestLimitExceeded"), 3, domain.ErrUnavailable},
		"transaction":         {dynamotest.Rejection("TransactionConflictException"), 1, domain.ErrUnavailable},
		"internal error":      {dynamotest.Response(http.StatusInternalServerError, `{"__type":"InternalServerError"}`), 3, domain.ErrUnavailable},
		"502 with HTML":       {dynamotest.Response(http.StatusBadGateway, dynamotest.HTML), 3, domain.ErrUnavailable},
		"200 with HTML":       {dynamotest.Response(http.StatusOK, dynamotest.HTML), 3, domain.ErrUnavailable},
		"200 with a list":     {dynamotest.Response(http.StatusOK, "[]"), 3, domain.ErrUnavailable},
		"200 with null":       {dynamotest.Response(http.StatusOK, "null"), 3, domain.ErrUnavailable},
		"403 with HTML":       {dynamotest.Response(http.StatusForbidden, dynamotest.HTML), 3, domain.ErrUnavailable},
		"truncated JSON":      {dynamotest.Response(http.StatusOK, `{"Attributes":{"id":{"S":"3b`), 3, domain.ErrUnavailable},
		"empty response":      {dynamotest.Response(http.StatusOK, ""), 3, domain.ErrUnavailable},
		"truncated response":  {dynamotest.Truncated, 3, domain.ErrUnavailable},
		"connection reset":    {dynamotest.Reset, 3, domain.ErrUnavailable},
		"invalid request":     {dynamotest.Rejection("ValidationException"), 1, nil},
		"no such table":       {dynamotest.Rejection("ResourceNotFoundException"), 1, nil},
		"access denied":       {dynamotest.Rejection("AccessDeniedException"), 1, nil},
		"unknown to this SDK": {dynamotest.Rejection("SomethingNewException"), 1, nil},
	}
}

type failure struct {
	exchange dynamotest.Exchange
	attempts int // of one request
	kind     error
}

func TestErrorKinds(t *testing.T) {
	t.Parallel()
	for name, test := range failures() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, op := range []string{"GetItem", "UpdateItem", "PutItem", "DeleteItem", "Query", "Scan"} {
					client, sent := dynamotest.NewClient(dynamotest.NoEndpoint, test.exchange) // a new client has a full retry budget
					err := operations(t, client)[op]()
					if err == nil || dynamotest.KindOf(err) != test.kind {
						t.Errorf("%s: got error %v, want one of kind %v", op, err, test.kind)
						continue
					}
					if op != "Query" && sent.Attempts != test.attempts { // one failed query cancels the others
						t.Errorf("%s: %d attempts, want %d", op, sent.Attempts, test.attempts)
					}
					if text := err.Error(); !strings.Contains(text, op) || !strings.Contains(text, "readings") {
						t.Errorf("error %q does not name %s and the table", text, op)
					}
					for _, value := range []string{"attic", "today", "jane"} {
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
		client, sent := dynamotest.NewClient(dynamotest.NoEndpoint, dynamotest.Rejection("ThrottlingException"), dynamotest.Reset, dynamotest.Response(http.StatusOK, "{}"))
		old, err := readingsTable(client, "readings").Put(t.Context(), reading{Sensor: "attic"}, noCondition)
		if err != nil || old != nil || sent.Attempts != 3 {
			t.Errorf("Put = %+v, %v after %d attempts; want nothing after 3", old, err, sent.Attempts)
		}
	})
}

// TestTimeouts checks that a call without a response ends with its context, or after three attempts with the timeout of
// the HTTP client.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := dynamotest.NewClient(dynamotest.NoEndpoint, dynamotest.Hang)
		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		start := time.Now()
		_, err := readingsTable(client, "readings").Get(ctx, dynamo.Key{Partition: "attic", Sort: "today"})
		if took := time.Since(start); !errors.Is(err, domain.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) || took != 9*time.Second {
			t.Errorf("Get = %v after %v; want %v after the deadline of 9 s", err, took, domain.ErrUnavailable)
		}
		cfg := dynamotest.Config(dynamotest.NoEndpoint)
		cfg.HTTPClient = &http.Client{Timeout: 2 * time.Second, Transport: roundTripper(dynamotest.Hang)}
		start = time.Now()
		_, err = readingsTable(dynamo.NewClient(cfg), "readings").Get(t.Context(), dynamo.Key{Partition: "attic", Sort: "today"})
		if took := time.Since(start); !errors.Is(err, domain.ErrUnavailable) || took < 6*time.Second || took > 7*time.Second {
			t.Errorf("Get = %v after %v; want %v after three times 2 s", err, took, domain.ErrUnavailable)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// operations returns a call for each operation.
func operations(t *testing.T, client dynamo.API) map[string]func() error {
	readings, key := readingsTable(client, "readings"), dynamo.Key{Partition: "attic", Sort: "today"}
	toJane := expression.Set(expression.Name("author"), expression.Value("jane"))
	return map[string]func() error{
		"GetItem":    func() error { _, err := readings.Get(t.Context(), key); return err },
		"UpdateItem": func() error { _, err := readings.Update(t.Context(), key, toJane, noCondition, "NONE"); return err },
		"PutItem": func() error {
			_, err := readings.Put(t.Context(), reading{"attic", "today", "jane"}, noCondition)
			return err
		},
		"DeleteItem": func() error { _, err := readings.Delete(t.Context(), key, noCondition); return err },
		"Scan":       func() error { _, err := readings.Scan(t.Context(), nil, 10); return err },
		"Query": func() error {
			_, err := readings.QueryMerged(t.Context(), []dynamo.Query[reading]{{KeyCondition: attic}, {KeyCondition: attic}}, 10, compareDays)
			return err
		},
	}
}

// TestResolve: a failed condition is the effect of the call itself, of another write, or unknown.
func TestResolve(t *testing.T) {
	t.Parallel()
	own, earlier, later := reading{Day: "2", Author: "jane"}, reading{Day: "1", Author: "joan"}, reading{Day: "2", Author: "joan"}
	other := errors.New("no condition failed")
	isOwn := func(r *reading) bool { return r.Author == "jane" }
	isLater := func(r *reading) bool { return r != nil && r.Day >= "2" }
	for name, test := range map[string]struct {
		err     error
		current *reading
		own     bool
		kind    error
	}{
		"own write":            {&dynamo.ConditionFailedError[reading]{Current: &own}, &own, true, nil},
		"own write, ambiguous": {&dynamo.ConditionFailedError[reading]{Current: &own, Ambiguous: true}, &own, true, nil},
		"another's":            {&dynamo.ConditionFailedError[reading]{Current: &later}, &later, false, nil},
		"overwritten":          {&dynamo.ConditionFailedError[reading]{Current: &later, Ambiguous: true}, nil, false, domain.ErrUnavailable},
		"without effect":       {&dynamo.ConditionFailedError[reading]{Current: &earlier, Ambiguous: true}, &earlier, false, nil},
		"no record":            {&dynamo.ConditionFailedError[reading]{Ambiguous: true}, nil, false, nil},
		"another error":        {other, nil, false, other},
	} {
		current, own, err := readingsTable(nil, "readings").Resolve(test.err, isOwn, isLater)
		if current != test.current || own != test.own || !errors.Is(err, test.kind) {
			t.Errorf("%s: %v, %t, %v; want %v, %t, %v", name, current, own, err, test.current, test.own, test.kind)
		}
	}
}

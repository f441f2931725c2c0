package republish_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory"
	"rental.example/adapters/snssqs"
	"rental.example/adapters/snssqs/snssqstest"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/functions/republish"
)

const root = "../.."

// When the fixtures happen, and when the records that they find were made.
var (
	now    = time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	seeded = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

func clock() time.Time { return now }

func userID(n int) domain.UserID {
	return domain.UserID(fmt.Sprintf("%08d-1111-4111-8111-111111111111", n))
}

// seed makes n users, of whom the first is gone.
func seed(t testing.TB, n int) *memory.Users {
	t.Helper()
	store := memory.NewUsers()
	for i := range n {
		stamp := domain.Stamp{Time: seeded.Add(time.Duration(i) * time.Second), RequestID: fmt.Sprintf("request-%d", i)}
		p, err := user.New(domain.Caller{ID: userID(i)}, user.Draft{Name: fmt.Sprintf("User %d", i), Email: "jane@example.com", Type: "renter", Ratings: 25}, stamp)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := store.Save(t.Context(), p, domain.Condition{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.Delete(t.Context(), userID(0), domain.Condition{}, domain.Stamp{Time: seeded.Add(time.Minute), RequestID: "deletion"}); err != nil {
		t.Fatal(err)
	}
	return store
}

// records are those of a store, with trouble.
type records struct {
	user.RecordStore
	scanErr, raiseErr error
	raised            int
}

func (r *records) Scan(ctx context.Context, after string, limit int) (user.ScanPage, error) {
	if r.scanErr != nil {
		return user.ScanPage{}, r.scanErr
	}
	page, err := r.RecordStore.Scan(ctx, after, limit)
	if after == "" {
		page.Unreadable = append(page.Unreadable, "by hand")
	}
	return page, err
}

func (r *records) BumpVersion(ctx context.Context, s user.Record, stamp domain.Stamp) (user.Record, error) {
	if r.raised++; r.raiseErr != nil && r.raised > 1 {
		return user.Record{}, r.raiseErr
	}
	return r.RecordStore.BumpVersion(ctx, s, stamp)
}

var errDown = errors.Join(domain.ErrUnavailable, errors.New("dial tcp 10.0.0.7: connection refused"))

// portsFor gives the cases of trouble, by their names, what makes it.
func portsFor(t testing.TB, name string, users int) (*records, *snssqstest.Topic) {
	t.Helper()
	from, topic := &records{RecordStore: seed(t, users)}, new(snssqstest.Topic)
	throttled := 0
	switch _, trouble, _ := strings.Cut(name, "-"); trouble {
	case "sns-down":
		topic.Err = errDown
	case "throttled":
		topic.Outcome = func(string) string {
			if throttled++; throttled%3 == 1 {
				return "ThrottlingException"
			}
			return snssqstest.Published
		}
	case "refused":
		topic.Outcome = func(message string) string {
			if strings.Contains(message, "User 1") {
				return "InvalidParameterValue"
			}
			return snssqstest.Published
		}
	case "conflict":
		from.raiseErr = domain.ErrConflict
	case "unavailable":
		from.raiseErr = errDown
	case "scan-unavailable":
		from.scanErr = errDown
	}
	return from, topic
}

// newHandler is the function as it is deployed, but for the ports, the clock and the output.
func newHandler(from user.RecordStore, topic snssqs.TopicAPI, out io.Writer) lambda.Handler {
	f := republish.New(from, snssqs.NewTopic(topic, "arn:aws:sns:eu-west-1:123456789012:topic"), republish.Config{
		Now: clock, Logger: cloudwatch.NewLogger(out, 0, "republish"), Metrics: cloudwatch.NewMetrics(out, "rental", "republish", clock),
	})
	return lambda.NewHandler(f.Handle)
}

// requestID is that of every invocation.
const requestID = "5f2c3b52-8dd4-4e0c-9d5e-6a2f9c1f7a10"

func invocation(ctx context.Context) context.Context {
	return lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: requestID})
}

// outcome is what came of an order.
type outcome struct {
	Answer    json.RawMessage      `json:"answer,omitempty"`
	Error     string               `json:"error,omitempty"`
	Published []snssqstest.Message `json:"published"`
}

func invoke(ctx context.Context, from user.RecordStore, topic *snssqstest.Topic, out io.Writer, order []byte) outcome {
	answer, err := newHandler(from, topic, out).Invoke(invocation(ctx), order)
	got := outcome{Answer: answer, Published: topic.Messages()}
	if err != nil {
		got.Error = err.Error()
	}
	return got
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for _, c := range apigatewaytest.Cases(t, root, "republish") {
		t.Run(c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				from, topic := portsFor(t, c.Name, 3)
				var out bytes.Buffer
				c.CheckResult(t, invoke(t.Context(), from, topic, &out, c.Event))
				if out.Len() > 0 { // it says nothing of what is no order
					c.CheckNoSecrets(t, out.String())
				}
			})
		})
	}
}

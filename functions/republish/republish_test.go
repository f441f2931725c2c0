package republish_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory/memoryusers"
	"rental.example/adapters/snssqs"
	"rental.example/adapters/snssqs/snssqstest"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/functions/republish"
)

const root = "../.."

// The time of the invocations, and of the first record.
var (
	now    = time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	seeded = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

func clock() time.Time { return now }

func userID(n int) domain.UserID {
	return domain.UserID(fmt.Sprintf("%08d-1111-4111-8111-111111111111", n))
}

// seed returns a store of n users, the first of them deleted.
func seed(t testing.TB, n int) *memoryusers.Store {
	t.Helper()
	store := memoryusers.New()
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

// failingRecords is a store whose calls fail.
type failingRecords struct {
	user.RecordStore
	scanErr, bumpErr error // bumpErr is returned from the second call on
	bumps            int
}

func (r *failingRecords) Scan(ctx context.Context, after string, limit int) (user.ScanPage, error) {
	if r.scanErr != nil {
		return user.ScanPage{}, r.scanErr
	}
	page, err := r.RecordStore.Scan(ctx, after, limit)
	if after == "" {
		page.Unreadable = append(page.Unreadable, "by hand")
	}
	return page, err
}

func (r *failingRecords) BumpVersion(ctx context.Context, s user.Record, stamp domain.Stamp) (user.Record, error) {
	if r.bumps++; r.bumpErr != nil && r.bumps > 1 {
		return user.Record{}, r.bumpErr
	}
	return r.RecordStore.BumpVersion(ctx, s, stamp)
}

var errDown = errors.Join(domain.ErrUnavailable, errors.New("dial tcp 10.0.0.7: connection refused"))

// portsFor returns the ports of a case, which fail as its name says.
func portsFor(t testing.TB, name string, users int) (*failingRecords, *snssqstest.Topic) {
	t.Helper()
	from, topic := &failingRecords{RecordStore: seed(t, users)}, new(snssqstest.Topic)
	throttled := 0
	switch _, failure, _ := strings.Cut(name, "-"); failure {
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
		from.bumpErr = domain.ErrConflict
	case "unavailable":
		from.bumpErr = errDown
	case "scan-unavailable":
		from.scanErr = errDown
	}
	return from, topic
}

// newHandler returns the handler as it is deployed, with other ports, clock and output.
func newHandler(from user.RecordStore, topic snssqs.TopicAPI, out io.Writer) lambda.Handler {
	f := republish.New(from, snssqs.NewTopic(topic, "arn:aws:sns:eu-west-1:123456789012:topic"), republish.Config{
		Now: clock, Logger: cloudwatch.NewLogger(out, 0, "republish"), Metrics: cloudwatch.NewMetrics(out, "rental", "republish", clock),
	})
	return lambda.NewHandler(f.Handle)
}

// requestID is the id of all invocations.
const requestID = "5f2c3b52-8dd4-4e0c-9d5e-6a2f9c1f7a10"

func invocation(ctx context.Context) context.Context {
	return lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: requestID})
}

// outcome is the outcome of an invocation.
type outcome struct {
	Response  json.RawMessage      `json:"answer,omitempty"`
	Error     string               `json:"error,omitempty"`
	Published []snssqstest.Message `json:"published"`
}

func invoke(ctx context.Context, from user.RecordStore, topic *snssqstest.Topic, out io.Writer, request []byte) outcome {
	response, err := newHandler(from, topic, out).Invoke(invocation(ctx), request)
	got := outcome{Response: response, Published: topic.Messages()}
	if err != nil {
		got.Error = err.Error()
	}
	return got
}

// TestGoldens compares the responses with goldens and checks the log: a line for each event and one for the result, with
// metrics and without personal data.
func TestGoldens(t *testing.T) {
	t.Parallel()
	personal := regexp.MustCompile(`@example|User \d|jane|-1111-4111-`)
	end := regexp.MustCompile(`"function_request_id":"` + requestID + `","xray_trace_id":"","service":"republish","cold_start":true,"published":\d+,"raised":\d+,"changed":\d+,"unreadable":\d+,"finished":(true|false)`)
	for _, c := range apigatewaytest.Cases(t, root, "republish") {
		t.Run(c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				from, topic := portsFor(t, c.Name, 3)
				var out bytes.Buffer
				got := invoke(t.Context(), from, topic, &out, c.Event)
				c.CheckResult(t, got)
				if isRejection(got.Error) {
					if out.Len() > 0 {
						t.Errorf("log of a rejected request:\n%s", out.String())
					}
					return
				}
				c.CheckNoSecrets(t, out.String())
				if found := personal.FindString(out.String()); found != "" {
					t.Errorf("%q in the output:\n%s", found, out.String())
				}
				if n := strings.Count(out.String(), `"message":"published"`); n != len(got.Published) {
					t.Errorf("%d lines for %d events", n, len(got.Published))
				}
				if m := end.FindStringSubmatch(out.String()); m == nil || (m[1] == "true") != (got.Error == "") {
					t.Errorf("error %q, and the log:\n%s", got.Error, out.String())
				}
				if !strings.Contains(out.String(), `"service":"republish","ColdStart":1,"EventsPublished":`) {
					t.Errorf("no metrics:\n%s", out.String())
				}
			})
		})
	}
}

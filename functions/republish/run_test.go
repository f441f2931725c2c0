package republish_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/snssqs/snssqstest"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/functions/republish"
)

// subjects counts the events that were told of each user.
func subjects(t testing.TB, told []snssqstest.Message) map[string]int {
	t.Helper()
	counts := make(map[string]int)
	for _, m := range told {
		var event struct{ Subject string }
		if err := json.Unmarshal(m.Body, &event); err != nil {
			t.Fatal(err)
		}
		counts[event.Subject]++
	}
	return counts
}

// slowRecords take their time for a page.
type slowRecords struct {
	user.RecordStore
	each time.Duration
}

func (r slowRecords) Scan(ctx context.Context, after string, limit int) (user.ScanPage, error) {
	time.Sleep(r.each)
	return r.RecordStore.Scan(ctx, after, limit)
}

// TestGoesOn: runs that are short of time tell, one after the other, everything once.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const users = 4500
		from, topic := slowRecords{seed(t, users), 7 * time.Minute}, new(snssqstest.Topic)
		order, runs := []byte(`{}`), 0
		for next := "-"; next != ""; runs++ {
			ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
			got := invoke(ctx, from, topic, io.Discard, order)
			late := ctx.Err()
			cancel()
			var report republish.Result
			if err := json.Unmarshal(got.Answer, &report); err != nil || got.Error != "" || late != nil {
				t.Fatalf("%s, %s, %v, %v", got.Answer, got.Error, err, late)
			}
			next = report.Next
			order, _ = json.Marshal(republish.Request{After: next})
		}
		counts := subjects(t, topic.Messages())
		for i := range users {
			if n := counts[string(userID(i))]; n != 1 {
				t.Errorf("user %d: told %d times", i, n)
			}
		}
		if runs != 3 { // pages of 1,000, two of them a run
			t.Errorf("%d runs, want 3", runs)
		}
	})
}

// TestErrorNamesWhereToGoOn: after an outage in the middle of a page, the order in the error leaves nothing out.
func TestErrorNamesWhereToGoOn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const users = 2500
		told := 0
		from, topic := seed(t, users), new(snssqstest.Topic)
		topic.Outcome = func(string) string {
			if told++; told > 1250 {
				return "InternalError"
			}
			return snssqstest.Published
		}
		got := invoke(t.Context(), from, topic, io.Discard, []byte(`{}`))
		named := regexp.MustCompile(`go on with the order (\{.*?\})`).FindStringSubmatch(got.Error)
		if len(named) != 2 || !strings.Contains(named[1], `"after":"`) || strings.Contains(named[1], `"after":""`) {
			t.Fatalf("error %q", got.Error)
		}
		topic.Outcome = nil
		if got = invoke(t.Context(), from, topic, io.Discard, []byte(named[1])); got.Error != "" {
			t.Fatal(got.Error)
		}
		counts := subjects(t, got.Published)
		for i := range users {
			if n := counts[string(userID(i))]; n < 1 || n > 2 {
				t.Errorf("user %d: told %d times", i, n)
			}
		}
	})
}

// TestPanicNamesWhereToGoOn: what one record makes panic does not lose the order to go on with, nor does it when
// several batches are in flight.
func TestPanicNamesWhereToGoOn(t *testing.T) {
	t.Parallel()
	for _, users := range []int{1, 200} {
		topic := new(snssqstest.Topic)
		topic.Outcome = func(string) string { panic("poison") }
		got := invoke(t.Context(), seed(t, users), topic, io.Discard, []byte(`{}`))
		if !strings.HasPrefix(got.Error, "republish: stopped; go on with the order {") || !strings.Contains(got.Error, "panic: poison") {
			t.Errorf("%d users: error %q", users, got.Error)
		}
	}
}

// TestWhole: a run that nobody reads the report of fails where the time is too short.
func TestWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		from, topic := portsFor(t, "everything", 2000)
		got := invoke(ctx, slowRecords{from, 50 * time.Second}, topic, io.Discard, []byte(`{"whole":true}`))
		if !strings.Contains(got.Error, `,"whole":true}: the time was too short for the whole table`) || len(got.Published) == 0 {
			t.Errorf("error %q after %d events", got.Error, len(got.Published))
		}
		if got = invoke(t.Context(), from, topic, io.Discard, []byte(`{"whole":true}`)); got.Error != "" {
			t.Errorf("with time enough: %s", got.Error)
		}
	})
}

// TestEndsInTime: a service that does not answer costs the run its end, not its answer.
func TestEndsInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		from, topic := portsFor(t, "everything-sns-down", 3)
		got := invoke(ctx, slowRecords{from, 58500 * time.Millisecond}, topic, io.Discard, []byte(`{}`))
		if !strings.Contains(got.Error, `go on with the order {"raise":false,"after":""}`) || ctx.Err() != nil {
			t.Errorf("error %q, %v", got.Error, ctx.Err())
		}
	})
}

// TestLogLines: a line an event and one at the end, each with its keys, and nothing personal in any.
func TestLogLines(t *testing.T) {
	t.Parallel()
	personal := regexp.MustCompile(`@example|User \d|jane|-1111-4111-`)
	for _, c := range apigatewaytest.Cases(t, root, "republish") {
		t.Run(c.Name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				from, topic := portsFor(t, c.Name, 3)
				got := invoke(t.Context(), from, topic, &out, c.Event)
				if found := personal.FindString(out.String()); found != "" {
					t.Errorf("%q in the output:\n%s", found, out.String())
				}
				if n := strings.Count(out.String(), `"message":"published"`); n != len(got.Published) {
					t.Errorf("%d lines of %d events", n, len(got.Published))
				}
				refused := strings.Contains(got.Error, "has to be an object")
				end := regexp.MustCompile(`"function_request_id":"` + requestID + `","xray_trace_id":"","service":"republish","cold_start":true,"published":\d+,"raised":\d+,"changed":\d+,"unreadable":\d+,"finished":(true|false)`)
				if m := end.FindStringSubmatch(out.String()); (m == nil) != refused || m != nil && (m[1] == "true") != (got.Error == "") {
					t.Errorf("error %q, and in the log:\n%s", got.Error, out.String())
				}
				if !refused && !strings.Contains(out.String(), `"service":"republish","ColdStart":1,"EventsPublished":`) {
					t.Errorf("no metrics:\n%s", out.String())
				}
			})
		})
	}
}

// TestManyUnreadable: the report stays below what Lambda takes, and the log has the number.
func TestManyUnreadable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	got := invoke(t.Context(), unreadable{}, new(snssqstest.Topic), &out, []byte(`{}`))
	var report republish.Result
	if err := json.Unmarshal(got.Answer, &report); err != nil || len(report.Unreadable) != republish.MaxUnreadable {
		t.Errorf("%d unreadable, %v, %s", len(report.Unreadable), err, got.Error)
	}
	if !strings.Contains(out.String(), `"unreadable":1700,`) {
		t.Errorf("log:\n%s", out.String())
	}
}

type unreadable struct{ user.RecordStore }

func (unreadable) Scan(context.Context, string, int) (user.ScanPage, error) {
	return user.ScanPage{Unreadable: make([]string, 1700)}, nil
}

// TestImplausible: of a record that no profile can have become, no event is published, and it is not raised; the report
// has its id.
func TestImplausible(t *testing.T) {
	t.Parallel()
	store := seed(t, 2)
	for n, change := range map[int]func(*user.Profile){
		901: func(p *user.Profile) { p.Version = math.MaxInt64 - 1 },
		902: func(p *user.Profile) { p.Name = "Jane\u202e" },
		903: func(p *user.Profile) { p.Ratings = 1e300 },
	} {
		p := user.Profile{ID: userID(n), Name: "Jane", Type: user.Renter, Version: domain.VersionAt(now)}
		change(&p)
		if _, _, err := store.Save(t.Context(), p, domain.Condition{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, order := range []string{`{}`, `{"raise":true}`} {
		topic := new(snssqstest.Topic)
		from := &records{RecordStore: store}
		got := invoke(t.Context(), from, topic, io.Discard, []byte(order))
		var report republish.Result
		if err := json.Unmarshal(got.Answer, &report); err != nil || got.Error != "" {
			t.Fatalf("%s: %v, %s", order, err, got.Error)
		}
		for _, n := range []int{901, 902, 903} {
			if !slices.Contains(report.Unreadable, string(userID(n))) {
				t.Errorf("%s: the report does not name %s: %v", order, userID(n), report.Unreadable)
			}
			if subjects(t, topic.Messages())[string(userID(n))] > 0 {
				t.Errorf("%s: %s is published", order, userID(n))
			}
		}
		if want := report.Published; report.Raised != 0 && report.Raised != want {
			t.Errorf("%s: %d raised, %d published", order, report.Raised, want)
		}
	}
}

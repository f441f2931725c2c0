package republish_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/adapters/snssqs/snssqstest"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/functions/republish"
)

// subjects counts the published events of each user.
func subjects(t testing.TB, published []snssqstest.Message) map[string]int {
	t.Helper()
	counts := make(map[string]int)
	for _, m := range published {
		var event struct{ Subject string }
		if err := json.Unmarshal(m.Body, &event); err != nil {
			t.Fatal(err)
		}
		counts[event.Subject]++
	}
	return counts
}

// slowRecords delays each page.
type slowRecords struct {
	user.RecordStore
	delay time.Duration
}

func (r slowRecords) Scan(ctx context.Context, after string, limit int) (user.ScanPage, error) {
	time.Sleep(r.delay)
	return r.RecordStore.Scan(ctx, after, limit)
}

// TestUnfinishedRuns resumes runs that have no time for the whole table: together they publish each user once.
func TestUnfinishedRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const users = 4500
		from, topic := slowRecords{seed(t, users), 7 * time.Minute}, new(snssqstest.Topic)
		request, runs := []byte(`{}`), 0
		for next := "-"; next != ""; runs++ {
			ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
			got := invoke(ctx, from, topic, io.Discard, request)
			late := ctx.Err()
			cancel()
			var result republish.Result
			if err := json.Unmarshal(got.Response, &result); err != nil || got.Error != "" || late != nil {
				t.Fatalf("%s, %s, %v, %v", got.Response, got.Error, err, late)
			}
			next = result.Next
			request, _ = json.Marshal(republish.Request{After: next})
		}
		counts := subjects(t, topic.Messages())
		for i := range users {
			if n := counts[string(userID(i))]; n != 1 {
				t.Errorf("user %d: published %d times", i, n)
			}
		}
		if runs != 3 { // of two pages of 1,000 each
			t.Errorf("%d runs, want 3", runs)
		}
	})
}

// TestPanic checks that the error of a run that panicked, in one batch or several, has the request that resumes it.
func TestPanic(t *testing.T) {
	t.Parallel()
	for _, users := range []int{1, 200} {
		topic := new(snssqstest.Topic)
		topic.Outcome = func(string) string { panic("poison") }
		got := invoke(t.Context(), seed(t, users), topic, io.Discard, []byte(`{}`))
		if !strings.HasPrefix(got.Error, "republish: stopped, resume with {") || !strings.Contains(got.Error, "panic: poison") {
			t.Errorf("%d users: error %q", users, got.Error)
		}
	}
}

// TestMustFinish checks that a run returns an error if it has not enough time and MustFinish is set.
func TestMustFinish(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		from, topic := portsFor(t, "everything", 2000)
		got := invoke(ctx, slowRecords{from, 50 * time.Second}, topic, io.Discard, []byte(`{"whole":true}`))
		if !strings.Contains(got.Error, `,"whole":true}: not enough time for the whole table`) || len(got.Published) == 0 {
			t.Errorf("error %q after %d events", got.Error, len(got.Published))
		}
		if got = invoke(t.Context(), from, topic, io.Discard, []byte(`{"whole":true}`)); got.Error != "" {
			t.Errorf("with enough time: %s", got.Error)
		}
	})
}

// TestTimeout checks that a run against an unavailable service responds before its deadline.
func TestTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		from, topic := portsFor(t, "everything-sns-down", 3)
		got := invoke(ctx, slowRecords{from, 58500 * time.Millisecond}, topic, io.Discard, []byte(`{}`))
		if !strings.Contains(got.Error, `resume with {"raise":false,"after":""}`) || ctx.Err() != nil {
			t.Errorf("error %q, %v", got.Error, ctx.Err())
		}
	})
}

// TestManyUnreadable checks that the result has at most MaxUnreadable ids, and the log their number.
func TestManyUnreadable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	got := invoke(t.Context(), unreadable{}, new(snssqstest.Topic), &out, []byte(`{}`))
	var result republish.Result
	if err := json.Unmarshal(got.Response, &result); err != nil || len(result.Unreadable) != republish.MaxUnreadable {
		t.Errorf("%d unreadable, %v, %s", len(result.Unreadable), err, got.Error)
	}
	if !strings.Contains(out.String(), `"unreadable":1700,`) {
		t.Errorf("log:\n%s", out.String())
	}
}

type unreadable struct{ user.RecordStore }

func (unreadable) Scan(context.Context, string, int) (user.ScanPage, error) {
	return user.ScanPage{Unreadable: make([]string, 1700)}, nil
}

// TestInvalidProfiles checks that invalid profiles are neither published nor bumped, and that the result has their ids.
func TestInvalidProfiles(t *testing.T) {
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
	for _, request := range []string{`{}`, `{"raise":true}`} {
		topic := new(snssqstest.Topic)
		from := &failingRecords{RecordStore: store}
		got := invoke(t.Context(), from, topic, io.Discard, []byte(request))
		var result republish.Result
		if err := json.Unmarshal(got.Response, &result); err != nil || got.Error != "" {
			t.Fatalf("%s: %v, %s", request, err, got.Error)
		}
		for _, n := range []int{901, 902, 903} {
			if !slices.Contains(result.Unreadable, string(userID(n))) {
				t.Errorf("%s: %s is not in %v", request, userID(n), result.Unreadable)
			}
			if subjects(t, topic.Messages())[string(userID(n))] > 0 {
				t.Errorf("%s: %s is published", request, userID(n))
			}
		}
		if result.Bumped != 0 && result.Bumped != result.Published {
			t.Errorf("%s: %d bumped, %d published", request, result.Bumped, result.Published)
		}
	}
}

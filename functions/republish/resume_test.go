package republish_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sns"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory/memoryusers"
	"rental.example/adapters/snssqs"
	"rental.example/adapters/snssqs/snssqstest"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/functions/republish"
)

// TestResume cancels runs at random times and makes any call fail. The request that resumes a run covers all unpublished
// records, and in the end all are published.
func TestResume(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newUnreliable(t, seed).run(t) })
		})
	}
}

// unreliable is a store and a topic whose calls fail at random.
type unreliable struct {
	user.RecordStore
	store *memoryusers.Store
	topic snssqstest.Topic
	bump  bool

	mu      sync.Mutex
	random  *rand.Rand
	period  int // the mean number of calls between two of the most frequent failures
	changed map[domain.UserID]bool

	checked   int // messages
	published map[string]bool
}

func newUnreliable(t *testing.T, n uint64) *unreliable {
	random := rand.New(rand.NewPCG(n, 0))
	u := &unreliable{
		random: random, period: 5 + random.IntN(200), bump: random.IntN(2) == 0,
		changed: make(map[domain.UserID]bool), published: make(map[string]bool),
	}
	u.store = seed(t, 1+random.IntN(3000))
	u.topic.Outcome = u.outcome
	return u
}

// chance returns true once in n*u.period calls on average.
func (u *unreliable) chance(n int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.random.IntN(n*u.period) == 0
}

// outcome fails entries and makes calls panic.
func (u *unreliable) outcome(string) string {
	switch {
	case u.chance(10):
		return "InternalError"
	case u.chance(20):
		return snssqstest.NoResult
	case u.chance(100):
		return snssqstest.Panic
	}
	return snssqstest.Published
}

// PublishBatch fails calls, and loses responses of others.
func (u *unreliable) PublishBatch(ctx context.Context, in *sns.PublishBatchInput, options ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	u.wait(300)
	if u.chance(1) {
		return nil, errDown
	}
	out, err := u.topic.PublishBatch(ctx, in, options...)
	if u.chance(5) {
		return nil, errDown
	}
	return out, err
}

func (u *unreliable) wait(most int) {
	u.mu.Lock()
	d := u.random.IntN(most)
	u.mu.Unlock()
	time.Sleep(time.Duration(d) * time.Millisecond)
}

func (u *unreliable) Scan(ctx context.Context, after string, limit int) (user.ScanPage, error) {
	u.wait(60_000)
	if u.chance(1) {
		return user.ScanPage{}, errDown
	}
	return u.store.Scan(ctx, after, limit)
}

func (u *unreliable) BumpVersion(ctx context.Context, s user.Record, stamp domain.Stamp) (user.Record, error) {
	switch {
	case u.chance(10):
		return user.Record{}, errDown
	case u.chance(50):
		u.mu.Lock()
		defer u.mu.Unlock()
		u.changed[s.ID()] = true
		return user.Record{}, domain.ErrConflict
	}
	return u.store.BumpVersion(ctx, s, stamp)
}

var resumeWith = regexp.MustCompile(`resume with (\{.*?\}):`)

func (u *unreliable) run(t *testing.T) {
	f := republish.New(u, snssqs.NewTopic(u, "arn"), republish.Config{
		Now: clock, Logger: slog.New(slog.DiscardHandler), Metrics: cloudwatch.NewMetrics(io.Discard, "rental", "republish", clock),
	})
	request, published := republish.Request{BumpVersions: u.bump}, 0
	for runs := 0; ; runs++ {
		if runs == 300 { // no failures any more
			u.mu.Lock()
			u.period = 1 << 40
			u.mu.Unlock()
		}
		ctx, cancel := u.limited(t.Context())
		result, err := f.Handle(invocation(ctx), request)
		cancel()
		published += result.Published
		if n := len(u.topic.Messages()); published > n {
			t.Fatalf("%d reported as published, of %d", published, n)
		}
		request.After = result.Next
		u.check(t, request, err)
		if err == nil && result.Next == "" {
			return
		}
	}
}

// limited returns a context with a deadline, one that is cancelled, or ctx.
func (u *unreliable) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	u.mu.Lock()
	defer u.mu.Unlock()
	d := time.Duration(u.random.IntN(300_000)) * time.Millisecond
	switch u.random.IntN(3) {
	case 0:
		return context.WithTimeout(ctx, d)
	case 1:
		ctx, cancel := context.WithCancel(ctx)
		stop := time.AfterFunc(d, cancel).Stop
		return ctx, func() { stop(); cancel() }
	}
	return ctx, func() {}
}

// check checks that each user is published or covered by the next request, which an error contains.
func (u *unreliable) check(t *testing.T, request republish.Request, failed error) {
	t.Helper()
	rest := make(map[domain.UserID]bool)
	if failed != nil || request.After != "" {
		page, err := u.store.Scan(t.Context(), request.After, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Records {
			rest[s.ID()] = true
		}
	}
	if failed != nil {
		want, _ := json.Marshal(request)
		if named := resumeWith.FindStringSubmatch(failed.Error()); named == nil || named[1] != string(want) {
			t.Fatalf("want %s in %v", want, failed)
		}
	}
	u.addPublished(t)
	all, err := u.store.Scan(t.Context(), "", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all.Records {
		if id := s.ID(); !u.published[string(id)] && !rest[id] && !u.changed[id] {
			t.Fatalf("%s is neither published nor covered by %+v, %v", id, request, failed)
		}
	}
}

// addPublished adds the users of messages since the last check. Bumped records are published with the id of this
// invocation.
func (u *unreliable) addPublished(t *testing.T) {
	t.Helper()
	messages := u.topic.Messages()
	for _, m := range messages[u.checked:] {
		if bumped := strings.Contains(string(m.Body), `"correlationid":"`+requestID+`"`); bumped != u.bump {
			t.Fatalf("bumped: %t, want %t: %s", bumped, u.bump, m.Body)
		}
	}
	for id := range subjects(t, messages[u.checked:]) {
		u.published[id] = true
	}
	u.checked = len(messages)
}

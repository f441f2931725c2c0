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
	"rental.example/adapters/memory"
	"rental.example/adapters/snssqs"
	"rental.example/adapters/snssqs/snssqstest"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/functions/republish"
)

// TestResume: whatever fails and whenever runs are cancelled, what a run leaves to do holds every record that is not
// published, and in the end every record is.
func TestResume(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { newUnreliable(t, seed).resumeToTheEnd(t) })
		})
	}
}

// unreliable is a table and a topic of which any call may fail.
type unreliable struct {
	user.RecordStore
	store *memory.Users
	topic snssqstest.Topic
	raise bool

	mu      sync.Mutex
	random  *rand.Rand
	trouble int // the most frequent one is met once in so many calls
	changed map[domain.UserID]bool

	checked   int // messages
	published map[string]bool
}

func newUnreliable(t *testing.T, n uint64) *unreliable {
	random := rand.New(rand.NewPCG(n, 0))
	u := &unreliable{
		random: random, trouble: 5 + random.IntN(200), raise: random.IntN(2) == 0,
		changed: make(map[domain.UserID]bool), published: make(map[string]bool),
	}
	u.store = seed(t, 1+random.IntN(3000))
	u.topic.Outcome = u.outcome
	return u
}

// chance is true once in n times u.trouble calls.
func (u *unreliable) chance(n int) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.random.IntN(n*u.trouble) == 0
}

// outcome fails entries, and makes a call panic.
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

// PublishBatch fails whole calls; of some the response is lost after they have taken effect.
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

var goOn = regexp.MustCompile(`go on with the order (\{.*?\}):`)

func (u *unreliable) resumeToTheEnd(t *testing.T) {
	f := republish.New(u, snssqs.NewTopic(u, "arn"), republish.Config{
		Now: clock, Logger: slog.New(slog.DiscardHandler), Metrics: cloudwatch.NewMetrics(io.Discard, "rental", "republish", clock),
	})
	order, published := republish.Request{Raise: u.raise}, 0
	for runs := 0; ; runs++ {
		if runs == 300 { // trouble ends
			u.mu.Lock()
			u.trouble = 1 << 40
			u.mu.Unlock()
		}
		ctx, cancel := u.limited(t.Context())
		report, err := f.Handle(invocation(ctx), order)
		cancel()
		published += report.Published
		if n := len(u.topic.Messages()); published > n {
			t.Fatalf("%d reported as published, of %d", published, n)
		}
		order.After = report.Next
		u.check(t, order, err)
		if err == nil && report.Next == "" {
			return
		}
	}
}

// limited is a context that ends by its deadline, by being cancelled, or not at all.
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

// check holds what is left to do against what is published. A run that ended with an error says the same in its text.
func (u *unreliable) check(t *testing.T, order republish.Request, failed error) {
	t.Helper()
	left := make(map[domain.UserID]bool)
	if failed != nil || order.After != "" {
		page, err := u.store.Scan(t.Context(), order.After, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Records {
			left[s.ID()] = true
		}
	}
	if failed != nil {
		want, _ := json.Marshal(order)
		if named := goOn.FindStringSubmatch(failed.Error()); named == nil || named[1] != string(want) {
			t.Fatalf("want the order %s in %v", want, failed)
		}
	}
	u.takeNew(t)
	all, err := u.store.Scan(t.Context(), "", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all.Records {
		if id := s.ID(); !u.published[string(id)] && !left[id] && !u.changed[id] {
			t.Fatalf("%s is neither published nor left to do after %+v, %v", id, order, failed)
		}
	}
}

// takeNew adds the users of messages since the last check. Where records are raised, each is published as this
// invocation has written it.
func (u *unreliable) takeNew(t *testing.T) {
	t.Helper()
	messages := u.topic.Messages()
	for _, m := range messages[u.checked:] {
		if raised := strings.Contains(string(m.Body), `"correlationid":"`+requestID+`"`); raised != u.raise {
			t.Fatalf("raised: %t, want %t: %s", raised, u.raise, m.Body)
		}
	}
	for id := range subjects(t, messages[u.checked:]) {
		u.published[id] = true
	}
	u.checked = len(messages)
}

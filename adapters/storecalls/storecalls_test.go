package storecalls_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/adapters/storecalls"
)

// slow answers each request after the times that its head and its body take, or fails after that of the head.
type slow struct {
	head, body time.Duration
	err        error
}

func (s slow) send(*http.Request) (*http.Response, error) {
	time.Sleep(s.head)
	if s.err != nil {
		return nil, s.err
	}
	return &http.Response{StatusCode: http.StatusOK, Body: &slowBody{s.body, strings.NewReader("{}")}}, nil
}

type slowBody struct {
	delay time.Duration
	io.Reader
}

func (b *slowBody) Read(p []byte) (int, error) {
	time.Sleep(b.delay)
	b.delay = 0
	return b.Reader.Read(p)
}

func (b *slowBody) Close() error { return nil }

// call sends a request and reads the response to its end.
func call(ctx context.Context, t *testing.T, client *storecalls.Counted) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://store.invalid", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(r)
	if err != nil {
		return
	}
	if got, err := io.ReadAll(resp.Body); err != nil || string(got) != "{}" {
		t.Errorf("body %q, %v", got, err)
	}
	_ = resp.Body.Close()
}

// calling does one thing of a test under a context of Watch, or of none.
type calling func(ctx context.Context, t *testing.T)

func one(store storecalls.Store, s slow) calling {
	return func(ctx context.Context, t *testing.T) { t.Helper(); call(ctx, t, storecalls.Count(store, s.send)) }
}

// atOnce calls a store from several goroutines, each later than the one before.
func atOnce(n int, store storecalls.Store, s slow, later time.Duration) calling {
	return func(ctx context.Context, t *testing.T) {
		t.Helper()
		client := storecalls.Count(store, s.send)
		var group sync.WaitGroup
		for i := range n {
			group.Go(func() {
				time.Sleep(time.Duration(i) * later)
				call(ctx, t, client)
			})
		}
		group.Wait()
	}
}

func TestAttr(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, test := range map[string]struct {
		calls []calling
		want  string
	}{
		"none":              {nil, "=<nil>"},
		"head and body":     {[]calling{one(storecalls.DynamoDB, slow{head: 3 * ms, body: 4 * ms})}, "stores=[dynamodb=[calls=1 ms=7]]"},
		"one after another": {[]calling{one(storecalls.SNS, slow{head: ms}), one(storecalls.SNS, slow{head: 2 * ms})}, "stores=[sns=[calls=2 ms=3]]"},
		"failed":            {[]calling{one(storecalls.SQS, slow{head: 5 * ms, err: errors.New("reset")})}, "stores=[sqs=[calls=1 ms=5]]"},
		"at once":           {[]calling{atOnce(16, storecalls.DynamoDB, slow{head: 9 * ms}, 0)}, "stores=[dynamodb=[calls=16 ms=9]]"},
		"overlapping":       {[]calling{atOnce(3, storecalls.OpenSearch, slow{head: 9 * ms}, 4*ms)}, "stores=[opensearch=[calls=3 ms=17]]"},
		"with a pause":      {[]calling{atOnce(2, storecalls.OpenSearch, slow{head: 9 * ms}, 20*ms)}, "stores=[opensearch=[calls=2 ms=18]]"},
		"of two stores":     {[]calling{one(storecalls.SNS, slow{head: ms}), one(storecalls.DynamoDB, slow{head: 1500 * time.Microsecond})}, "stores=[dynamodb=[calls=1 ms=1.5] sns=[calls=1 ms=1]]"},
		"of another context": {[]calling{func(ctx context.Context, t *testing.T) {
			t.Helper()
			call(storecalls.Watch(ctx), t, storecalls.Count(storecalls.SNS, slow{}.send))
		}}, "=<nil>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := storecalls.Watch(t.Context())
				for _, c := range test.calls {
					c(ctx, t)
					time.Sleep(time.Hour) // between calls nothing is waited for
				}
				if got := storecalls.Attr(ctx).String(); got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
			})
		})
	}
}

// TestInFlight: a call that has not ended counts up to now; one that ends twice, at its body's end and at Close, counts once.
func TestInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := storecalls.Watch(t.Context())
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://store.invalid", nil)
		resp, err := storecalls.Count(storecalls.SQS, slow{}.send).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(4 * time.Millisecond)
		if got := storecalls.Attr(ctx).String(); got != "stores=[sqs=[calls=1 ms=4]]" {
			t.Errorf("in flight: %s", got)
		}
		_ = resp.Body.Close()
		_ = resp.Body.Close()
		one(storecalls.SQS, slow{head: time.Millisecond})(ctx, t)
		if got := storecalls.Attr(ctx).String(); got != "stores=[sqs=[calls=2 ms=5]]" {
			t.Errorf("after the end: %s", got)
		}
	})
}

// TestWithoutWatch: what no invocation waits for is sent, and counted nowhere.
func TestWithoutWatch(t *testing.T) {
	t.Parallel()
	one(storecalls.DynamoDB, slow{})(t.Context(), t)
	if got := storecalls.Attr(t.Context()); got.Key != "" {
		t.Errorf("got %s", got)
	}
}

// TestWatchAllocates once, since every request pays for it.
func TestWatchAllocates(t *testing.T) {
	var ctx context.Context
	if got := testing.AllocsPerRun(100, func() { ctx = storecalls.Watch(context.Background()) }); got != 1 {
		t.Errorf("%v allocations, want 1", got)
	}
	if ctx.Err() != nil || ctx.Value("another key") != nil {
		t.Error("it is no context")
	}
}

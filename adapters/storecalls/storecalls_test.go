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

// slow responds to each request after the delays of its head and body, or fails after that of the head.
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
func call(ctx context.Context, t *testing.T, client *storecalls.Transport) {
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

// step is a step of a test.
type step func(ctx context.Context, t *testing.T)

func callOne(store storecalls.Store, s slow) step {
	return func(ctx context.Context, t *testing.T) {
		t.Helper()
		call(ctx, t, storecalls.NewTransport(store, s.send))
	}
}

// callConcurrently calls a store from n goroutines, each started interval after the one before.
func callConcurrently(n int, store storecalls.Store, s slow, interval time.Duration) step {
	return func(ctx context.Context, t *testing.T) {
		t.Helper()
		client := storecalls.NewTransport(store, s.send)
		var group sync.WaitGroup
		for i := range n {
			group.Go(func() {
				time.Sleep(time.Duration(i) * interval)
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
		calls []step
		want  string
	}{
		"none":              {nil, "=<nil>"},
		"head and body":     {[]step{callOne(storecalls.DynamoDB, slow{head: 3 * ms, body: 4 * ms})}, "stores=[dynamodb=[calls=1 ms=7]]"},
		"one after another": {[]step{callOne(storecalls.SNS, slow{head: ms}), callOne(storecalls.SNS, slow{head: 2 * ms})}, "stores=[sns=[calls=2 ms=3]]"},
		"failed":            {[]step{callOne(storecalls.SQS, slow{head: 5 * ms, err: errors.New("reset")})}, "stores=[sqs=[calls=1 ms=5]]"},
		"concurrent":        {[]step{callConcurrently(16, storecalls.DynamoDB, slow{head: 9 * ms}, 0)}, "stores=[dynamodb=[calls=16 ms=9]]"},
		"overlapping":       {[]step{callConcurrently(3, storecalls.OpenSearch, slow{head: 9 * ms}, 4*ms)}, "stores=[opensearch=[calls=3 ms=17]]"},
		"with a pause":      {[]step{callConcurrently(2, storecalls.OpenSearch, slow{head: 9 * ms}, 20*ms)}, "stores=[opensearch=[calls=2 ms=18]]"},
		"of two stores":     {[]step{callOne(storecalls.SNS, slow{head: ms}), callOne(storecalls.DynamoDB, slow{head: 1500 * time.Microsecond})}, "stores=[dynamodb=[calls=1 ms=1.5] sns=[calls=1 ms=1]]"},
		"of another context": {[]step{func(ctx context.Context, t *testing.T) {
			t.Helper()
			call(storecalls.NewContext(ctx), t, storecalls.NewTransport(storecalls.SNS, slow{}.send))
		}}, "=<nil>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := storecalls.NewContext(t.Context())
				for _, c := range test.calls {
					c(ctx, t)
					time.Sleep(time.Hour) // the time between calls does not count
				}
				if got := storecalls.Attr(ctx).String(); got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
			})
		})
	}
}

// TestInFlight checks that a call in flight counts up to now, and that a body closed twice ends the call once.
func TestInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := storecalls.NewContext(t.Context())
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://store.invalid", nil)
		resp, err := storecalls.NewTransport(storecalls.SQS, slow{}.send).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(4 * time.Millisecond)
		if got := storecalls.Attr(ctx).String(); got != "stores=[sqs=[calls=1 ms=4]]" {
			t.Errorf("in flight: %s", got)
		}
		_ = resp.Body.Close()
		_ = resp.Body.Close()
		callOne(storecalls.SQS, slow{head: time.Millisecond})(ctx, t)
		if got := storecalls.Attr(ctx).String(); got != "stores=[sqs=[calls=2 ms=5]]" {
			t.Errorf("after the end: %s", got)
		}
	})
}

// TestWithoutContext checks that a request without NewContext is sent and not counted.
func TestWithoutContext(t *testing.T) {
	t.Parallel()
	callOne(storecalls.DynamoDB, slow{})(t.Context(), t)
	if got := storecalls.Attr(t.Context()); got.Key != "" {
		t.Errorf("got %s", got)
	}
}

// TestNewContextAllocations limits the cost that NewContext adds to every request.
func TestNewContextAllocations(t *testing.T) {
	var ctx context.Context
	if got := testing.AllocsPerRun(100, func() { ctx = storecalls.NewContext(context.Background()) }); got != 1 {
		t.Errorf("%v allocations, want 1", got)
	}
	if ctx.Err() != nil || ctx.Value("another key") != nil {
		t.Error("Err or Value differ from those of the parent")
	}
}

package snssqs_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rental.example/adapters/snssqs"
	"rental.example/domain"
)

// configFor returns the configuration for a test server.
func configFor(endpoint string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("AKID", "SECRET", ""),
	}
}

// calls returns the errors of a call of a Topic and one of a Queue.
func calls(ctx context.Context, t *testing.T, url string) map[string]error {
	t.Helper()
	topic := snssqs.NewTopic(snssqs.NewTopicClient(configFor(url)), "arn:aws:sns:us-east-1:123456789012:topic")
	queue := snssqs.NewQueue(snssqs.NewQueueClient(configFor(url)), url+"/123456789012/queue")
	return map[string]error{"topic": topic.Publish(ctx, newEvents(1))[0], "queue": queue.Send(ctx, []byte("{}"), nil)}
}

// TestTrace checks that both clients send the X-Ray trace of the invocation.
func TestTrace(t *testing.T) {
	const trace = "Root=1-5e5b1e5c-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled=1"
	t.Setenv("AWS_LAMBDA_FUNCTION_NAME", "userevents")
	t.Setenv("_X_AMZN_TRACE_ID", trace)
	var traced atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Amzn-Trace-Id") == trace {
			traced.Add(1)
		}
		w.WriteHeader(http.StatusForbidden)
	}))
	defer server.Close()
	calls(t.Context(), t, server.URL)
	if got := traced.Load(); got != 2 {
		t.Errorf("%d of 2 requests have the trace", got)
	}
}

// TestFailures checks that every failed call is unavailable, and retried only if a retry may help.
func TestFailures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status   int
		body     string
		attempts int32 // for both calls
	}{
		"server error":    {http.StatusInternalServerError, "", 6},
		"throttled":       {http.StatusBadRequest, `<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>`, 4}, // SQS speaks JSON
		"forbidden":       {http.StatusForbidden, `{"__type":"AccessDenied"}`, 2},
		"empty":           {http.StatusOK, "", 2},
		"not JSON":        {http.StatusOK, "Welcome to the hotel's network", 2},
		"not the service": {http.StatusNotFound, "<html>", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var attempts atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				attempts.Add(1)
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			}))
			defer server.Close()
			for port, err := range calls(t.Context(), t, server.URL) {
				if !errors.Is(err, domain.ErrUnavailable) {
					t.Errorf("%s: %v", port, err)
				}
			}
			if got := attempts.Load(); got != test.attempts {
				t.Errorf("%d attempts, want %d", got, test.attempts)
			}
		})
	}
}

// TestConnectionRefused checks that a call ends with its context, and within MaxCallTime.
func TestConnectionRefused(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
	defer cancel()
	for port, err := range calls(ctx, t, "http://127.0.0.1:1") {
		if !errors.Is(err, domain.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s with a done context: %v", port, err)
		}
	}
	start := time.Now()
	for port, err := range calls(t.Context(), t, "http://127.0.0.1:1") {
		if !errors.Is(err, domain.ErrUnavailable) {
			t.Errorf("%s: %v", port, err)
		}
	}
	if took := time.Since(start); took > 2*snssqs.MaxCallTime {
		t.Errorf("both took %v, longer than twice %v", took, snssqs.MaxCallTime)
	}
}

// TestConnections checks that InFlight concurrent calls reuse their connections.
func TestConnections(t *testing.T) {
	t.Parallel()
	var opened atomic.Int32
	var arrived sync.WaitGroup // all calls of a round are in flight before one gets its response
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived.Done()
		arrived.Wait()
		w.WriteHeader(http.StatusForbidden)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	topic := newTopic(snssqs.NewTopicClient(configFor(server.URL)))
	for range 3 {
		arrived.Add(snssqs.InFlight)
		var all sync.WaitGroup
		for range snssqs.InFlight {
			all.Go(func() { topic.Publish(t.Context(), newEvents(1)) })
		}
		all.Wait()
	}
	if got := opened.Load(); got != snssqs.InFlight {
		t.Errorf("%d connections for %d calls in flight", got, snssqs.InFlight)
	}
}

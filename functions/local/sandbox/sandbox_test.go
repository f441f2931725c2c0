package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/functions/local/sandbox"
)

func function(handle func(context.Context, string) (string, error)) sandbox.Function {
	return sandbox.Function{Name: "TestFunction", Timeout: 10 * time.Second, New: func() lambda.Handler { return lambda.NewHandler(handle) }}
}

// TestInvocation: the context has what the runtime sets, and Record gets event and response.
func TestInvocation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var recorded string
		s := &sandbox.Service{Logger: slog.New(slog.DiscardHandler), Record: func(name string, event, response []byte) {
			recorded = fmt.Sprintf("%s %s %s", name, event, response)
		}}
		f := function(func(ctx context.Context, in string) (string, error) {
			lc, _ := lambdacontext.FromContext(ctx)
			end, _ := ctx.Deadline()
			return fmt.Sprint(in, " ", lc.AwsRequestID, " ", lc.InvokedFunctionArn, " ", sandbox.Trace(ctx), " ", time.Until(end)), nil
		})
		const want = `"hello r1 arn:aws:lambda:us-east-1:123456789012:function:TestFunction Root=1 10s"`
		for range 1000 { // the response must win over the contexts in select
			got, err := s.Invoke(t.Context(), f, sandbox.Invocation{Event: []byte(`"hello"`), RequestID: "r1", Trace: "Root=1"})
			if string(got) != want || err != nil {
				t.Fatalf("%s, %v", got, err)
			}
		}
		if recorded != `TestFunction "hello" `+want {
			t.Errorf("recorded: %s", recorded)
		}
	})
}

// TestTraceHeader: a request must have exactly one tracing header, of the right form.
func TestTraceHeader(t *testing.T) {
	t.Parallel()
	const good = "Root=1-5e5b1e5c-0123456789abcdef01234567"
	for _, tt := range []struct {
		sent []string
		want string
	}{
		{nil, ""}, {[]string{good}, good}, {[]string{good + ";Sampled=1"}, good + ";Sampled=1"},
		{[]string{"Root=jane@example.com"}, ""}, {[]string{good + ";jane@example.com"}, ""},
		{[]string{good, "Root=INJ4 jane@example.com"}, ""}, {[]string{"jane@example.com", good}, ""}, {[]string{good, good}, ""},
	} {
		if got := sandbox.TraceHeader(http.Header{"X-Amzn-Trace-Id": tt.sent}); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.sent, got, tt.want)
		}
	}
}

// TestInvokeErrors: panics, functions that ignore their deadline, and canceled callers.
func TestInvokeErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		s := &sandbox.Service{Logger: slog.New(slog.NewTextHandler(&log, nil))}
		in := sandbox.Invocation{Event: []byte(`""`), RequestID: "r1"}
		_, err := s.Invoke(t.Context(), function(func(context.Context, string) (string, error) { panic("broken") }), in)
		var panicked *sandbox.PanicError
		if !errors.As(err, &panicked) || err.Error() != "broken" || !strings.Contains(log.String(), "sandbox_test.go") {
			t.Errorf("panic: %v\n%s", err, log.String())
		}
		var ended atomic.Int32
		slow := function(func(ctx context.Context, _ string) (string, error) {
			<-ctx.Done()
			time.Sleep(time.Minute)
			ended.Add(1)
			return "", nil
		})
		_, err = s.Invoke(t.Context(), slow, in)
		var timeout *sandbox.TimeoutError
		if !errors.As(err, &timeout) || err.Error() != "RequestId: r1 Error: Task timed out after 10.00 seconds" {
			t.Errorf("timeout: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err = s.Invoke(ctx, slow, in); !errors.Is(err, sandbox.ErrCallerCanceled) || time.Since(start) != time.Second {
			t.Errorf("caller canceled: %v after %v", err, time.Since(start))
		}
		if s.Wait(); ended.Load() != 2 {
			t.Errorf("%d functions had ended after Wait", ended.Load())
		}
	})
}

// TestResponseSize: a response may have MaxResponseSize bytes, and no more.
func TestResponseSize(t *testing.T) {
	t.Parallel()
	s := &sandbox.Service{Logger: slog.New(slog.DiscardHandler)}
	for size, ok := range map[int]bool{sandbox.MaxResponseSize: true, sandbox.MaxResponseSize + 1: false} {
		response := strings.Repeat("x", size-len(`""`))
		_, err := s.Invoke(t.Context(), function(func(context.Context, string) (string, error) { return response, nil }), sandbox.Invocation{Event: []byte(`""`)})
		var tooLarge *sandbox.ResponseTooLargeError
		if ok != (err == nil) || !ok && (!errors.As(err, &tooLarge) || !strings.Contains(err.Error(), "6291556 bytes")) {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	worked := 0
	f := sandbox.WithFaults(function(func(context.Context, string) (string, error) { worked++; return "", nil }),
		[]sandbox.Fault{{From: 2, To: 3}, {From: 5, To: 5, AfterWork: true}})
	s := &sandbox.Service{Logger: slog.New(slog.DiscardHandler)}
	for n, want := range []error{nil, sandbox.ErrFaultBeforeWork, sandbox.ErrFaultBeforeWork, nil, sandbox.ErrFaultAfterWork, nil} {
		if _, err := s.Invoke(t.Context(), f, sandbox.Invocation{Event: []byte(`""`)}); !errors.Is(err, want) {
			t.Errorf("invocation %d: %v, want %v", n+1, err, want)
		}
	}
	if worked != 4 {
		t.Errorf("worked %d times", worked)
	}
}

// Package sandbox stands in for AWS Lambda: it runs handlers as the service's runtime does, each event in
// a sandbox of its own.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

// Region and AccountID are in every ARN.
const (
	Region    = "us-east-1"
	AccountID = "123456789012"
)

// The largest event of a synchronous invocation, and the largest response, in bytes.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	MaxRequestSize  = 6 << 20
	MaxResponseSize = 6<<20 + 100
)

// Function is a Lambda function.
type Function struct {
	Name    string        // its logical id in template.yaml
	Timeout time.Duration // what template.yaml gives it
	// New gives the handler of one invocation. A sandbox of Lambda serves one event at a time, and those that
	// lambda.NewHandler makes rely on that: two events in one of them may get each other's answers.
	New func() lambda.Handler
}

// ARN is the function's.
func (f Function) ARN() string {
	return "arn:aws:lambda:" + Region + ":" + AccountID + ":function:" + f.Name
}

// TimeoutError tells that a function's time was up.
type TimeoutError struct {
	RequestID string
	After     time.Duration
}

// Error is the text that Lambda gives such an end.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", e.RequestID, e.After.Seconds())
}

// ResponseTooLargeError is the end of a function whose response is larger than Lambda passes on.
type ResponseTooLargeError struct{}

// Error is the text that Lambda gives such an end.
func (*ResponseTooLargeError) Error() string {
	return fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxResponseSize)
}

// PanicError is a function's panic, which ends its invocation and, here, nothing else.
type PanicError struct {
	Value any
	Stack []byte
}

// Error is the panic's value; the stack is for the log.
func (e *PanicError) Error() string { return fmt.Sprint(e.Value) }

// Invocation is an event on its way to a function.
type Invocation struct {
	Event     []byte
	RequestID string // the function_request_id of log lines
	Trace     string // the X-Ray tracing header; may be empty
}

// Service invokes functions. Record may be nil.
type Service struct {
	Logger *slog.Logger // what goes wrong inside functions
	// Record gets every event that was answered, with its answer.
	Record func(function string, event, answer []byte)

	running sync.WaitGroup
}

// Wait returns once every function that was invoked has returned, those included whose time was up.
func (s *Service) Wait() { s.running.Wait() }

type result struct {
	answer []byte
	err    error
}

// ErrNotAwaited is the end of the caller's context, which the function does not hear of: it goes on.
var ErrNotAwaited = errors.New("the function was not waited for")

// Invoke runs f and waits for its answer, as long as ctx and the function's timeout let it. One that goes on
// after that is left to end, as a sandbox is that Lambda takes away; Wait waits for it. The error is a
// *TimeoutError, a *PanicError, a *ResponseTooLargeError, one that wraps ErrNotAwaited and that of ctx, or what f returned.
func (s *Service) Invoke(ctx context.Context, f Function, in Invocation) ([]byte, error) {
	late := time.NewTimer(f.Timeout)
	defer late.Stop()
	done := make(chan result, 1)
	s.running.Go(func() {
		own, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.Timeout)
		defer cancel()
		answer, err := run(own, f, in)
		done <- result{answer, err}
	})
	var res result
	select {
	case res = <-done:
	case <-late.C:
		res.err = &TimeoutError{RequestID: in.RequestID, After: f.Timeout}
	case <-ctx.Done():
		res.err = fmt.Errorf("%w: %w", ErrNotAwaited, ctx.Err())
	}
	if res.err == nil && len(res.answer) > MaxResponseSize {
		res.err = &ResponseTooLargeError{}
	}
	if res.err != nil {
		s.log(f, in, res.err)
		return nil, res.err
	}
	if s.Record != nil {
		s.Record(f.Name, in.Event, res.answer)
	}
	return res.answer, nil
}

func (s *Service) log(f Function, in Invocation, err error) {
	attrs := []any{"function", f.Name, "function_request_id", in.RequestID, "error", err}
	var panicked *PanicError
	if errors.As(err, &panicked) {
		attrs = append(attrs, "stack", string(panicked.Stack))
	}
	s.Logger.Error("function failed", attrs...)
}

// traceKey is where the Lambda runtime of aws-lambda-go keeps the tracing header in a context.
var traceKey any = "x-amzn-trace-id"

// Trace is the tracing header of the invocation that ctx belongs to; empty without one.
func Trace(ctx context.Context) string {
	header, _ := ctx.Value(traceKey).(string)
	return header
}

// tracing is the form of a tracing header. What a client writes otherwise would get into logs.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
var tracing = regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24}(;(Parent=[0-9a-f]{16}|Sampled=[01]))*$`)

// TraceOf is the tracing header among the headers of a request; empty unless there is exactly one, of the right form.
func TraceOf(h http.Header) string {
	if lines := h.Values("X-Amzn-Trace-Id"); len(lines) == 1 && tracing.MatchString(lines[0]) {
		return lines[0]
	}
	return ""
}

// NewTrace is a tracing header as the services make it: the time in seconds and 96 bits, those of a UUID,
// both in hexadecimal.
func NewTrace(now time.Time, uuid string) string {
	return fmt.Sprintf("Root=1-%08x-%s", now.Unix(), strings.ReplaceAll(uuid, "-", "")[:24])
}

func run(ctx context.Context, f Function, in Invocation) (answer []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: in.RequestID, InvokedFunctionArn: f.ARN()})
	return f.New().Invoke(context.WithValue(ctx, traceKey, in.Trace), in.Event)
}

// Package sandbox simulates AWS Lambda: it runs handlers like the service's runtime, each event in a sandbox of its own.
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

// Region and AccountID are part of every ARN.
const (
	Region    = "us-east-1"
	AccountID = "123456789012"
)

// The maximum sizes of the event of a synchronous invocation and of its response, in bytes.
// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const (
	MaxRequestSize  = 6 << 20
	MaxResponseSize = 6<<20 + 100
)

// Function is a Lambda function.
type Function struct {
	Name    string        // its logical id in template.yaml
	Timeout time.Duration // in template.yaml
	// New returns the handler of one invocation. A sandbox of Lambda serves one event at a time, and handlers of
	// lambda.NewHandler rely on that: with concurrent events, a response can go to the wrong caller.
	New func() lambda.Handler
}

// ARN returns the ARN of the function.
func (f Function) ARN() string {
	return "arn:aws:lambda:" + Region + ":" + AccountID + ":function:" + f.Name
}

// TimeoutError means that a function exceeded its timeout.
type TimeoutError struct {
	RequestID string
	After     time.Duration
}

// Error returns the message of Lambda.
func (e *TimeoutError) Error() string {
	return fmt.Sprintf("RequestId: %s Error: Task timed out after %.2f seconds", e.RequestID, e.After.Seconds())
}

// ResponseTooLargeError means that a function's response exceeds MaxResponseSize.
type ResponseTooLargeError struct{}

// Error returns the message of Lambda.
func (*ResponseTooLargeError) Error() string {
	return fmt.Sprintf("Response payload size exceeded maximum allowed payload size (%d bytes).", MaxResponseSize)
}

// PanicError means that a function panicked, which ends only its invocation.
type PanicError struct {
	Value any
	Stack []byte
}

// Error returns the value of the panic; the stack is for the log.
func (e *PanicError) Error() string { return fmt.Sprint(e.Value) }

// Invocation is the event of an invocation with its context.
type Invocation struct {
	Event     []byte
	RequestID string // the function_request_id of log lines
	Trace     string // the X-Ray tracing header; may be empty
}

// Service invokes functions.
type Service struct {
	Logger *slog.Logger // of failed functions
	// Record is called with every event that has a response, and the response. It may be nil.
	Record func(function string, event, response []byte)

	running sync.WaitGroup
}

// Wait returns when every invoked function has returned, including those that exceeded their timeout.
func (s *Service) Wait() { s.running.Wait() }

type result struct {
	response []byte
	err      error
}

// ErrCallerCanceled means that the caller's context ended. The function is not interrupted.
var ErrCallerCanceled = errors.New("the caller stopped waiting for the function")

// Invoke runs f and waits for its response until ctx ends or the function times out. A function that runs on is not
// stopped; Wait waits for it. The error is a *TimeoutError, a *PanicError, a *ResponseTooLargeError, one that wraps
// ErrCallerCanceled and the error of ctx, or the error of f.
func (s *Service) Invoke(ctx context.Context, f Function, in Invocation) ([]byte, error) {
	timeout := time.NewTimer(f.Timeout)
	defer timeout.Stop()
	done := make(chan result, 1)
	s.running.Go(func() {
		functionCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), f.Timeout)
		defer cancel()
		response, err := run(functionCtx, f, in)
		done <- result{response, err}
	})
	var res result
	select {
	case res = <-done:
	case <-timeout.C:
		res.err = &TimeoutError{RequestID: in.RequestID, After: f.Timeout}
	case <-ctx.Done():
		res.err = fmt.Errorf("%w: %w", ErrCallerCanceled, ctx.Err())
	}
	if res.err == nil && len(res.response) > MaxResponseSize {
		res.err = &ResponseTooLargeError{}
	}
	if res.err != nil {
		s.log(f, in, res.err)
		return nil, res.err
	}
	if s.Record != nil {
		s.Record(f.Name, in.Event, res.response)
	}
	return res.response, nil
}

func (s *Service) log(f Function, in Invocation, err error) {
	attrs := []any{"function", f.Name, "function_request_id", in.RequestID, "error", err}
	var panicked *PanicError
	if errors.As(err, &panicked) {
		attrs = append(attrs, "stack", string(panicked.Stack))
	}
	s.Logger.Error("function failed", attrs...)
}

// traceKey is the context key of the tracing header in the Lambda runtime of aws-lambda-go.
var traceKey any = "x-amzn-trace-id"

// Trace returns the tracing header of the invocation of ctx, or "".
func Trace(ctx context.Context) string {
	header, _ := ctx.Value(traceKey).(string)
	return header
}

// traceForm is the form of a tracing header. Other values of a client must not get into logs.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
var traceForm = regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24}(;(Parent=[0-9a-f]{16}|Sampled=[01]))*$`)

// TraceHeader returns the tracing header of a request, or "" unless there is exactly one, of the right form.
func TraceHeader(h http.Header) string {
	if lines := h.Values("X-Amzn-Trace-Id"); len(lines) == 1 && traceForm.MatchString(lines[0]) {
		return lines[0]
	}
	return ""
}

// NewTrace returns a new tracing header: the time in seconds and 96 bits of a UUID, in hexadecimal.
func NewTrace(now time.Time, uuid string) string {
	return fmt.Sprintf("Root=1-%08x-%s", now.Unix(), strings.ReplaceAll(uuid, "-", "")[:24])
}

func run(ctx context.Context, f Function, in Invocation) (response []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	ctx = lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: in.RequestID, InvokedFunctionArn: f.ARN()})
	return f.New().Invoke(context.WithValue(ctx, traceKey, in.Trace), in.Event)
}

package sandbox

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/aws/aws-lambda-go/lambda"
)

// Fault is a range of invocations that fail: From to To, counted from 1.
type Fault struct {
	From, To  int
	AfterWork bool // fail after the handler has returned, so that its response is lost; else before it is called
}

func (f Fault) matches(n int, afterWork bool) bool {
	return f.AfterWork == afterWork && f.From <= n && n <= f.To
}

// Errors of injected faults.
var (
	ErrFaultBeforeWork = errors.New("injected fault before the work (-fail)")
	ErrFaultAfterWork  = errors.New("injected fault after the work (-fail)")
)

// WithFaults returns f with faults injected.
func WithFaults(f Function, faults []Fault) Function {
	if len(faults) == 0 {
		return f
	}
	newHandler, invocations := f.New, new(atomic.Int64)
	f.New = func() lambda.Handler {
		return faultyHandler{handler: newHandler(), faults: faults, n: int(invocations.Add(1))}
	}
	return f
}

// faultyHandler is the handler of invocation n.
type faultyHandler struct {
	handler lambda.Handler
	faults  []Fault
	n       int
}

// Invoke implements lambda.Handler.
func (h faultyHandler) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	for _, f := range h.faults {
		if f.matches(h.n, false) {
			return nil, ErrFaultBeforeWork
		}
	}
	response, err := h.handler.Invoke(ctx, event)
	for _, f := range h.faults {
		if err == nil && f.matches(h.n, true) {
			return nil, ErrFaultAfterWork
		}
	}
	return response, err
}

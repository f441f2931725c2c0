package sandbox

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/aws/aws-lambda-go/lambda"
)

// Crash is when a function is to fail: at its invocations From to To, counted from 1.
type Crash struct {
	From, To int
	// AfterWork has it fail once its work is done, so that nobody learns of that; else before it begins.
	AfterWork bool
}

// What a function that crashes returns.
var (
	ErrCrashedAtStart   = errors.New("made to fail before its work (-fail)")
	ErrCrashedAfterWork = errors.New("made to fail after its work (-fail)")
)

// Crashing is f as it is, but for the crashes.
func Crashing(f Function, crashes []Crash) Function {
	if len(crashes) == 0 {
		return f
	}
	sound, invocations := f.New, new(atomic.Int64)
	f.New = func() lambda.Handler {
		return crashing{handler: sound(), crashes: crashes, n: int(invocations.Add(1))}
	}
	return f
}

// crashing is the handler of the n-th invocation.
type crashing struct {
	handler lambda.Handler
	crashes []Crash
	n       int
}

// Invoke implements lambda.Handler.
func (c crashing) Invoke(ctx context.Context, event []byte) ([]byte, error) {
	if c.due(false) {
		return nil, ErrCrashedAtStart
	}
	answer, err := c.handler.Invoke(ctx, event)
	if err == nil && c.due(true) {
		return nil, ErrCrashedAfterWork
	}
	return answer, err
}

func (c crashing) due(afterWork bool) bool {
	for _, crash := range c.crashes {
		if crash.AfterWork == afterWork && crash.From <= c.n && c.n <= crash.To {
			return true
		}
	}
	return false
}

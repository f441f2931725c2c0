// Package lambdafn has what every Lambda function needs, whatever invokes it: the id of the invocation, recovery
// from panics, and the time reserved for the response.
package lambdafn

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"
)

// ResponseReserve is the part of a function's time that is reserved for its response. Calls to stores end earlier.
const ResponseReserve = 500 * time.Millisecond

// RequestID returns the id of the invocation, or "" outside of one.
func RequestID(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}

// PanicError is a panic that Recover turned into an error.
type PanicError struct {
	Value any
	Stack []byte
}

// Error returns the value of the panic and its stack.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.Value, e.Stack) }

// Recover calls do and returns its error. If do panics, it returns a *PanicError: a panic must not end the process,
// which serves other invocations, nor fail the other messages of a batch.
func Recover(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return do()
}

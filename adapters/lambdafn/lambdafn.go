// Package lambdafn has what every Lambda function needs, whatever invokes it: the id of the invocation, the stamps of its
// writes, recovery from panics, and the time reserved for the response.
package lambdafn

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/domain"
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

// Clock stamps the writes of a function.
type Clock struct {
	Now    func() time.Time
	Logger *slog.Logger
}

// Stamp returns the stamp of a write now, by the invocation of ctx.
func (c Clock) Stamp(ctx context.Context) domain.Stamp {
	return domain.Stamp{Time: c.Now(), RequestID: RequestID(ctx)}
}

// LogSkew logs an error if the clock lags far below the version that was written. Versions stay in order, but they and the
// times in responses are ahead of the true time.
func (c Clock) LogSkew(ctx context.Context, written domain.Version) {
	if skew, excessive := domain.ClockSkew(written, c.Now()); excessive {
		c.Logger.ErrorContext(ctx, "clock behind stored versions", "seconds", skew.Seconds())
	}
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

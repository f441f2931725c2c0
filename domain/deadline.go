package domain

import (
	"context"
	"time"
)

// WithReserve returns a copy of ctx that ends d before ctx does, so that d is left to report a failure. Without a
// deadline it returns ctx itself. Call cancel when done.
func WithReserve(ctx context.Context, d time.Duration) (reserved context.Context, cancel context.CancelFunc) {
	if end, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, end.Add(-d))
	}
	return ctx, func() {}
}

package domain

import (
	"context"
	"time"
)

// Spare returns a context that ends d before ctx does, for calls whose failure has to be told in time; where
// ctx has no end, this has none. Cancel it when done.
func WithReserve(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if end, ok := ctx.Deadline(); ok {
		return context.WithDeadline(ctx, end.Add(-d))
	}
	return ctx, func() {}
}

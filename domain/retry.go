package domain

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Backoff sleeps a random time below base<<(attempt-1) before retry number attempt; attempt 0 returns at once. The
// random part keeps writers that collided from colliding again. It returns ErrUnavailable if ctx ends first.
func Backoff(ctx context.Context, attempt int, base time.Duration) error {
	if attempt == 0 {
		return nil
	}
	timer := time.NewTimer(rand.N(base << (attempt - 1)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("backoff: %w: %w", ErrUnavailable, ctx.Err())
	}
}

// Retry calls f up to attempts times, with Backoff in between, while f fails with an error that is retryable. It returns
// the last error.
func Retry(ctx context.Context, attempts int, base time.Duration, retryable error, f func() error) (err error) {
	for attempt := range attempts {
		if err := Backoff(ctx, attempt, base); err != nil {
			return err
		}
		if err = f(); !errors.Is(err, retryable) {
			return err
		}
	}
	return err
}

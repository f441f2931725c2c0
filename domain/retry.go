package domain

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// BackoffDelay returns a random delay below base<<(attempt-1) for retry number attempt, 1 for the first. It is random, so
// that writers that collided do not collide again, and clients that were throttled together do not retry together.
func BackoffDelay(attempt int, base time.Duration) time.Duration {
	return rand.N(base << (attempt - 1))
}

// Backoff sleeps for BackoffDelay before retry number attempt; attempt 0 returns at once. It returns ErrUnavailable if ctx
// ends first.
func Backoff(ctx context.Context, attempt int, base time.Duration) error {
	if attempt == 0 {
		return nil
	}
	timer := time.NewTimer(BackoffDelay(attempt, base))
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

const (
	conflictAttempts = 8
	conflictBackoff  = 4 * time.Millisecond // upper limit of the random delay before the first retry; doubles with each retry
)

// RetryConflicts calls f, which reads a record and writes it if it is still the same, until it does not return ErrConflict,
// at most 8 times. It returns the last error.
func RetryConflicts(ctx context.Context, f func() error) error {
	return Retry(ctx, conflictAttempts, conflictBackoff, ErrConflict, f)
}

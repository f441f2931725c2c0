package domain

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Pause waits before the repetition of something that lost a race: at most base before the first, twice
// that before the next and so on, and a random part of it, so that those who met once do not meet again.
// The first attempt, 0, does not wait.
// A context that ends first is ErrUnavailable.
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
		return fmt.Errorf("waiting to try again: %w: %w", ErrUnavailable, ctx.Err())
	}
}

// Retry repeats once while it fails with an error that is again, attempts times in all, and pauses in between as Pause
// does. It returns the last error.
func Retry(ctx context.Context, attempts int, base time.Duration, again error, once func() error) (err error) {
	for attempt := range attempts {
		if err := Backoff(ctx, attempt, base); err != nil {
			return err
		}
		if err = once(); !errors.Is(err, again) {
			return err
		}
	}
	return err
}

package people

import (
	"context"
	"errors"
	"time"

	"rental.example/domain"
)

const (
	attempts = 8
	backoff  = 200 * time.Millisecond // what domain.Pause begins with
)

// again repeats what is unavailable, such as a table that throttles while it grows.
func again(ctx context.Context, once func() error) (err error) {
	for attempt := range attempts {
		if err := domain.Pause(ctx, attempt, backoff); err != nil {
			return err
		}
		if err = once(); !errors.Is(err, domain.ErrUnavailable) {
			return err
		}
	}
	return err
}

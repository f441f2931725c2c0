package people

import (
	"context"
	"time"

	"rental.example/domain"
)

const (
	attempts = 8
	backoff  = 200 * time.Millisecond // what domain.Retry begins with
)

// again repeats what is unavailable, such as a table that throttles while it grows.
func again(ctx context.Context, once func() error) error {
	return domain.Retry(ctx, attempts, backoff, domain.ErrUnavailable, once)
}

package people

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/domain"
	"rental.example/domain/user"
)

// RestoreConfig configures RestoreUsers.
type RestoreConfig struct {
	Source, Live *dynamousers.Store // the table restored from a backup, and the one in use
	Erased       func(id string) bool
	Now          time.Time
	Logf         func(format string, args ...any)
}

// RestoreResult counts the records of the source by outcome.
type RestoreResult struct {
	Read, Written int
	Newer         int // not written: the live table has the same version or a newer one
	Erased        int // not written: the user was erased
	Expired       int // not written: expired tombstones
	Unreadable    []string
}

const (
	scanPage       = 500
	restoreWriters = 32
	retryAttempts  = 8
	retryBackoff   = 200 * time.Millisecond // before the first retry at most; doubled for each one
)

// retry retries f while it fails with domain.ErrUnavailable, as a table does that throttles while it scales up.
func retry(ctx context.Context, f func() error) error {
	return domain.Retry(ctx, retryAttempts, retryBackoff, domain.ErrUnavailable, f)
}

// RestoreUsers copies each record from the source to the live table unless that has the same version or a newer one.
// Writes since the backup are kept, and deleted or erased profiles stay so. It is idempotent.
func RestoreUsers(ctx context.Context, c RestoreConfig) (RestoreResult, error) {
	var result RestoreResult
	for after := ""; ; {
		var page user.ScanPage
		err := retry(ctx, func() (err error) {
			page, err = c.Source.Scan(ctx, after, scanPage)
			return err
		})
		if err != nil {
			return result, err
		}
		if err := c.write(ctx, page.Records, &result); err != nil {
			return result, err
		}
		result.Unreadable = append(result.Unreadable, page.Unreadable...)
		c.Logf("%d read, %d written", result.Read, result.Written)
		if after = page.Next; after == "" {
			return result, nil
		}
	}
}

// write restores the records of a page concurrently.
func (c RestoreConfig) write(ctx context.Context, states []user.Record, result *RestoreResult) (failure error) {
	var writers sync.WaitGroup
	var mu sync.Mutex
	slots := make(chan struct{}, restoreWriters)
	for _, s := range states {
		slots <- struct{}{}
		writers.Go(func() {
			defer func() { <-slots }()
			counter, err := c.restore(ctx, s, result)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failure = err
				return
			}
			result.Read++
			*counter++
		})
	}
	writers.Wait()
	return failure
}

// restore restores one record and returns the counter of its outcome.
func (c RestoreConfig) restore(ctx context.Context, s user.Record, result *RestoreResult) (counter *int, err error) {
	switch {
	case c.Erased(string(s.ID())):
		return &result.Erased, nil
	case s.Tombstone != nil && s.Tombstone.ExpiresAt().Before(c.Now):
		return &result.Expired, nil
	}
	counter = &result.Newer
	err = retry(ctx, func() error {
		written, err := c.Live.Restore(ctx, s)
		if written {
			counter = &result.Written
		}
		return err
	})
	return counter, err
}

// String returns the counts as a line of text.
func (r RestoreResult) String() string {
	report := fmt.Sprintf("read: %d, written: %d, newer in the live table: %d, erased: %d, expired tombstones: %d, unreadable: %d",
		r.Read, r.Written, r.Newer, r.Erased, r.Expired, len(r.Unreadable))
	if len(r.Unreadable) > 0 {
		report += " (" + strings.Join(r.Unreadable, ", ") + ")"
	}
	return report
}

package user

import (
	"context"

	"rental.example/domain"
)

// Records is all that a Store holds, tombstones included, for telling it again to those who missed an event.
// Implementations are safe for concurrent use. Each method may return an error that wraps
// domain.ErrUnavailable. usertest.RunRecords is the contract in executable form.
type Records interface {
	// Scan returns a page of about limit records, 1 or more, behind after, an earlier page's Next or
	// empty. The order is the store's own. All pages together hold each record once that stays unchanged
	// from the first to the last, and each other one as of some moment between, or not at all where it
	// was made in that time. domain.ErrInvalid for an after that no page had.
	Scan(ctx context.Context, after string, limit int) (Scanned, error)

	// Raise writes the record again as it is in s, under the version that follows its own at the stamp's
	// time; RequestID becomes the stamp's. domain.ErrConflict when the record is no longer the one in s.
	Raise(ctx context.Context, s State, stamp domain.Stamp) (State, error)
}

// Scanned is a page of a scan. A page may be empty and yet not the last.
type Scanned struct {
	States []State
	// Unreadable are the ids of records that are neither profile nor tombstone: written by hand, or by a
	// version of the code that is not this one.
	Unreadable []string
	Next       string // empty when there is nothing more
}

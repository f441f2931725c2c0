package user

import (
	"context"

	"rental.example/domain"
)

// Records is all that a Store holds, tombstones included, for telling it again to those who missed an event.
// Implementations are safe for concurrent use. Each method may return an error that wraps
// domain.ErrUnavailable. usertest.RunRecords is the contract in executable form.
type RecordStore interface {
	// Scan returns a page of about limit records, 1 or more, behind after, an earlier page's Next or
	// empty. The order is the store's own. All pages together hold each record once that stays unchanged
	// from the first to the last, and each other one as of some moment between, or not at all where it
	// was made in that time. domain.ErrInvalid for an after that no page had.
	Scan(ctx context.Context, after string, limit int) (ScanPage, error)

	// Raise writes the record again as it is in s, under the version that follows its own at the stamp's
	// time; RequestID becomes the stamp's. domain.ErrConflict when the record is no longer the one in s;
	// raising it again with the same stamp is the repetition of a write whose answer was lost, and gets that
	// write's answer.
	BumpVersion(ctx context.Context, s Record, stamp domain.Stamp) (Record, error)
}

// Scanned is a page of a scan. A page may be empty and yet not the last.
type ScanPage struct {
	Records []Record
	// Unreadable are the ids of records that are neither profile nor tombstone: written by hand, or by a
	// version of the code that is not this one.
	Unreadable []string
	Next       string // empty when there is nothing more
}

// ID is whose record s is; empty where there is none.
func (s Record) ID() domain.UserID {
	switch {
	case s.Profile != nil:
		return s.Profile.ID
	case s.Tombstone != nil:
		return s.Tombstone.ID
	}
	return ""
}

// Version is the record's version; zero where there is none.
func (s Record) Version() domain.Version {
	switch {
	case s.Profile != nil:
		return s.Profile.Version
	case s.Tombstone != nil:
		return s.Tombstone.Version
	}
	return 0
}

// RequestID is the request that wrote the record; empty where there is none.
func (s Record) RequestID() string {
	switch {
	case s.Profile != nil:
		return s.Profile.RequestID
	case s.Tombstone != nil:
		return s.Tombstone.RequestID
	}
	return ""
}

// Raised is a copy of s as Raise has it written.
func (s Record) Bumped(stamp domain.Stamp) Record {
	switch {
	case s.Profile != nil:
		p := *s.Profile
		p.Version, p.RequestID = p.Version.Next(stamp.Time), stamp.RequestID
		return Record{Profile: &p, LastDeleted: s.LastDeleted, Deletions: s.Deletions}
	case s.Tombstone != nil:
		t := *s.Tombstone
		t.Version, t.RequestID = t.Version.Next(stamp.Time), stamp.RequestID
		return Record{Tombstone: &t, Deletions: s.Deletions}
	}
	return Record{}
}

package user

import (
	"context"
	"time"

	"rental.example/domain"
)

// Store stores profiles. Implementations are safe for concurrent use, copy values in and out, and make each method atomic
// for its one profile.
//
// Besides the errors named below, each method may return one that wraps domain.ErrUnavailable (a write may then have taken
// effect) or the context's error. usertest.Run is the contract suite.
type Store interface {
	// Get returns the profile as of the latest acknowledged write. It returns domain.ErrNotFound if there is none or it
	// was deleted.
	Get(ctx context.Context, id domain.UserID) (Profile, error)

	// Save creates or replaces the profile of p.ID if the current record satisfies cond. It returns the saved profile and
	// whether it was created. The version is p.Version, but greater than any earlier version of this id. CreatedAt is the
	// current profile's, or the version's time on creation.
	//
	// It returns domain.ErrNotFound if cond needs a profile and there is none; domain.ErrPreconditionFailed if cond fails
	// otherwise; ErrTooManyDeletions if there is no profile and Deletions is exhausted for the day of p.Version; and
	// domain.ErrConflict if concurrent writes prevented it. A retry under the current profile's non-empty RequestID
	// changes nothing and returns the first attempt's result.
	Save(ctx context.Context, p Profile, cond domain.Condition) (saved Profile, created bool, err error)

	// Delete deletes the profile with all personal data if it satisfies cond, and returns the Tombstone that remains for
	// TombstoneLife. It returns domain.ErrNotFound if there is no profile; domain.ErrPreconditionFailed and
	// domain.ErrConflict as Save does. A retry under the tombstone's non-empty RequestID returns the tombstone.
	Delete(ctx context.Context, id domain.UserID, cond domain.Condition, s domain.Stamp) (Tombstone, error)

	// List returns profiles by time of creation, those of the same microsecond in a stable order. It may not show recent writes.
	List(ctx context.Context, q ListQuery) (Page, error)
}

// ListQuery selects one page of profiles. NewListQuery returns valid queries.
type ListQuery struct {
	Type  Type      // empty: all types
	Limit int       // at least 1
	After *Position // the previous page's Next; nil: the first page
}

// Position is the place after a profile in a list, whether or not that profile still exists.
type Position struct {
	CreatedAt time.Time
	Type      Type
	ID        domain.UserID
}

// Page is a page of a list.
type Page struct {
	Profiles []Public
	Next     *Position // nil on the last page
}

// TombstoneLife is how long tombstones are kept. It must exceed the lifetime of every message about the profile, the clock
// skew, and the age of the oldest backup (35 days), so that no deleted profile comes back.
const TombstoneLife = 40 * 24 * time.Hour

// Tombstone is what remains of a deleted profile, without personal data. A profile created later with this id gets a
// greater version.
type Tombstone struct {
	ID        domain.UserID
	Version   domain.Version
	DeletedAt time.Time // UTC, whole microseconds
	RequestID string    // of the request that deleted the profile
}

// NewTombstone returns the tombstone of a profile whose version is v and that s deletes.
func NewTombstone(id domain.UserID, v domain.Version, s domain.Stamp) Tombstone {
	return Tombstone{ID: id, Version: v.Next(s.Time), DeletedAt: domain.Micros(s.Time), RequestID: s.RequestID}
}

// ExpiresAt returns when a store may remove t.
func (t Tombstone) ExpiresAt() time.Time {
	latest := t.DeletedAt
	if v := t.Version.Time(); v.After(latest) {
		latest = v
	}
	return latest.Add(TombstoneLife)
}

// MaxDeletions is how often a profile may be deleted on one day and still be created again on that day. It limits the work
// of the events' consumers.
const MaxDeletions = 20

// ErrTooManyDeletions refuses to create a profile that was deleted MaxDeletions times today.
var ErrTooManyDeletions = &domain.CodedError{Kind: domain.ErrConflict, Code: "too_many_deletions",
	Message: "You have deleted your profile 20 times today. Create it again tomorrow (UTC)."}

// Deletions counts the deletions of a profile on one day. The store keeps it beside profile and tombstone. Concurrent
// deletions may count as one.
type Deletions struct {
	Day   int64 // since 1970, UTC
	Count int64
}

// DayOf returns the day of t, in days since 1970 in UTC.
func DayOf(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

// Next returns d after one more deletion at t.
func (d Deletions) Next(t time.Time) Deletions {
	if day := DayOf(t); d.Day != day {
		d = Deletions{Day: day}
	}
	d.Count++
	return d
}

// Exhausted reports whether MaxDeletions forbids to create the profile at t.
func (d Deletions) Exhausted(t time.Time) bool { return d.Day == DayOf(t) && d.Count >= MaxDeletions }

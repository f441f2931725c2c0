package user

import (
	"context"
	"time"

	"rental.example/domain"
)

// Store keeps profiles. Implementations are safe for concurrent use; values are copied in and out.
//
// Each method is atomic for its one profile. Beside the errors named below, each may return one that
// wraps domain.ErrUnavailable, after which it is unknown whether a write took effect, or the context's
// own error wrapped in it. usertest.Run is the contract in executable form.
type Store interface {
	// Get returns the profile of id as of the latest acknowledged write. A deleted profile is like
	// one that never was: domain.ErrNotFound.
	Get(ctx context.Context, id domain.UserID) (Profile, error)

	// Save makes or replaces the profile of p.ID, if the present state satisfies cond. The version
	// becomes p.Version, or one more than any version that this id ever had, whichever is greater;
	// the time of creation stays that of the present profile, and is that of the version where there
	// is none. It returns the profile as saved, and whether there was none before.
	//
	// domain.ErrNotFound when cond needs a profile and there is none; domain.ErrPreconditionFailed
	// when cond is not satisfied otherwise; ErrTooManyDeletions when there is none and Deletions of the
	// day of p.Version are exhausted; domain.ErrConflict when other writers kept winning.
	// Saving again under the RequestID of the present profile is the repetition of a write whose
	// answer was lost: it changes nothing and gets that write's answer.
	Save(ctx context.Context, p Profile, cond domain.Condition) (saved Profile, created bool, err error)

	// Delete removes the profile of id, if it satisfies cond, and everything personal with it. What
	// stays for TombstoneLife is a Tombstone, which is returned: it keeps later versions above.
	//
	// domain.ErrNotFound when there is none, domain.ErrPreconditionFailed and domain.ErrConflict as
	// for Save. Deleting again under the RequestID of the tombstone gets that deletion's answer.
	Delete(ctx context.Context, id domain.UserID, cond domain.Condition, s domain.Stamp) (Tombstone, error)

	// List returns profiles in the order of their creation, those of the same microsecond in an
	// order that stays the same. It may lag behind writes by a moment.
	List(ctx context.Context, q ListQuery) (Page, error)
}

// Listing asks for one page of profiles.
type ListQuery struct {
	Type  Type      // only profiles of this type; empty means all
	Limit int       // at most so many; 1 or more
	After *Position // where the previous page ended; nil means from the start
}

// Position is a place in a listing: behind the profile that it describes, whether that still exists
// or not.
type Position struct {
	CreatedAt time.Time
	Type      Type
	ID        domain.UserID
}

// Page is a part of a listing.
type Page struct {
	Profiles []Public
	Next     *Position // nil when there is nothing more
}

// TombstoneLife is how long a deleted profile's last version is remembered. It has to outlast every
// message about the profile that may still be on its way, the lag of every clock, and the oldest state that the
// table can be restored to, which is 35 days: a profile that was deleted since must not come back.
const TombstoneLife = 40 * 24 * time.Hour

// Tombstone is what is left of a deleted profile: nothing personal, but the version below which no
// profile of this id may ever be made again.
type Tombstone struct {
	ID        domain.UserID
	Version   domain.Version
	DeletedAt time.Time // UTC, whole microseconds
	RequestID string    // the request that deleted the profile
}

// Bury is the tombstone of the profile id, deleted with stamp s at version v or later.
func NewTombstone(id domain.UserID, v domain.Version, s domain.Stamp) Tombstone {
	return Tombstone{ID: id, Version: v.Next(s.Time), DeletedAt: domain.VersionAt(s.Time).Time(), RequestID: s.RequestID}
}

// MaxDeletions is how often a profile may be deleted in a day and still be created again on that day. Each turn is work
// for everybody who consumes the events of profiles.
const MaxDeletions = 20

// ErrTooManyDeletions refuses the creation of a profile that was deleted MaxDeletions times on this day.
var ErrTooManyDeletions = &domain.CodedError{Kind: domain.ErrConflict, Code: "too_many_deletions",
	Message: "You have deleted your profile 20 times today. Create it again tomorrow (UTC)."}

// Deletions counts how often a profile was deleted in one day. The store keeps it beside profile and tombstone.
// Deletions at the same moment may count as one.
type Deletions struct {
	Day   int64 // since 1970, UTC
	Count int64
}

// DayOf is the day of t, in days since 1970 in UTC.
func DayOf(t time.Time) int64 { return t.Unix() / (24 * 60 * 60) }

// Next counts one more, at t.
func (d Deletions) Next(t time.Time) Deletions {
	if day := DayOf(t); d.Day != day {
		d = Deletions{Day: day}
	}
	d.Count++
	return d
}

// Exhausted reports whether no profile may be created at t.
func (d Deletions) Exhausted(t time.Time) bool { return d.Day == DayOf(t) && d.Count >= MaxDeletions }

// ExpiresAt is when a store may forget t.
func (t Tombstone) ExpiresAt() time.Time {
	latest := t.DeletedAt
	if v := t.Version.Time(); v.After(latest) {
		latest = v
	}
	return latest.Add(TombstoneLife)
}

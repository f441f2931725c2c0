package item

import (
	"cmp"
	"time"

	"rental.example/domain"
)

// Owner is a user as the items service knows it from events: the newest profile and the last deletion. The zero Owner with
// an ID is an unknown one.
type Owner struct {
	ID          domain.UserID
	Version     domain.Version // of the newest profile; 0 if there is none or it was deleted
	Name        string         // empty without a Version
	Ratings     float64        // 0 without a Version
	LastDeleted domain.Version // of the last deletion; 0 if there is none
	// DeletionReceived is when this service first received that deletion, before merging it: UTC, whole microseconds;
	// zero without one. Requests that read the owner after that merge see the deletion.
	DeletionReceived time.Time
}

// Equal reports whether o and other are the same in every field.
func (o Owner) Equal(other Owner) bool {
	sameTime := o.DeletionReceived.Equal(other.DeletionReceived)
	other.DeletionReceived = o.DeletionReceived
	return sameTime && o == other
}

// OwnerEvent is a change of an owner's profile.
type OwnerEvent struct {
	OwnerID domain.UserID
	Version domain.Version
	Deleted bool
	Name    string  // empty when Deleted
	Ratings float64 // zero when Deleted
	// LastDeleted is the version of the deletion before this profile; 0 if there was none or the event does not contain
	// it. It makes up for a lost event of that deletion.
	LastDeleted domain.Version
	Received    time.Time // when this service received e, before merging it; set by Registry.Apply
}

// ReportedDeletion returns the version of the newest deletion that e reports: its own, or LastDeleted; 0 if there is none.
func (e OwnerEvent) ReportedDeletion() domain.Version {
	if e.Deleted {
		return e.Version
	}
	return e.LastDeleted
}

// Limits of an owner's fields. Never lower these below a limit that profiles ever had: events of existing profiles would
// be rejected.
const (
	MaxOwnerNameLength = 100 // characters
	MaxOwnerRatings    = 100.0
)

// Check returns a *domain.ValidationError if e is not a possible event of a profile. It rejects a version more than
// domain.MaxVersionLead ahead of now, which would win over every later event.
func (e OwnerEvent) Check(now time.Time) error {
	var problems domain.Problems
	problems.CheckVersions(e.Version, e.LastDeleted, now)
	if !e.Deleted {
		problems.CheckRequiredText("name", e.Name, MaxOwnerNameLength)
		if !(e.Ratings >= 0 && e.Ratings <= MaxOwnerRatings) { // also true for NaN
			problems.Add("ratings", domain.CodeOutOfRange, "must be a number from 0 to 100")
		}
	}
	return problems.Err()
}

// Merge returns o updated by e: the newest profile and the highest deletion of both. A profile older than the deletion is
// dropped with its personal data. Merge is commutative, associative and idempotent, so events may arrive late, repeatedly
// and in any order. Of repeated events of one deletion, the earliest Received is kept.
func (o Owner) Merge(e OwnerEvent) Owner {
	received := domain.Micros(e.Received)
	if d := e.ReportedDeletion(); d > 0 && o.isNewerDeletion(d, received) {
		o.LastDeleted, o.DeletionReceived = d, received
	}
	if newer := (Owner{ID: o.ID, Version: e.Version, Name: e.Name, Ratings: e.Ratings}); !e.Deleted && o.compareProfile(newer) < 0 {
		o.Version, o.Name, o.Ratings = newer.Version, newer.Name, newer.Ratings
	}
	if o.Version < o.LastDeleted {
		o.Version, o.Name, o.Ratings = 0, "", 0
	}
	return o
}

// compareProfile orders profiles by version. Profiles of the same version should not differ; if they do, the order is
// still total, so that Merge stays commutative.
func (o Owner) compareProfile(other Owner) int {
	return cmp.Or(cmp.Compare(o.Version, other.Version), cmp.Compare(o.Name, other.Name), cmp.Compare(o.Ratings, other.Ratings))
}

// isNewerDeletion reports whether a deletion replaces the last one of o: a higher version, or the same version received
// earlier.
func (o Owner) isNewerDeletion(v domain.Version, received time.Time) bool {
	return v > o.LastDeleted || v == o.LastDeleted && received.Before(o.DeletionReceived)
}

// HasProfile reports whether the owner has a known profile.
func (o Owner) HasProfile() bool { return o.Version > 0 }

// IsDeleted reports whether the owner's last known change is a deletion.
func (o Owner) IsDeleted() bool { return o.LastDeleted > 0 && !o.HasProfile() }

// ETagVersion returns the owner's part of an item's ETag. It changes whenever Name, Ratings or IsDeleted change.
func (o Owner) ETagVersion() domain.Version { return max(o.Version, o.LastDeleted) }

// Hides reports whether i is a hidden item: its owner's profile was deleted after i was created.
//
// An item created after the profile was recreated, but before the deletion was merged here, has the old OwnerVersion. It is
// hidden until the event of the recreated profile is merged; then its CreatedAt makes it visible.
func (o Owner) Hides(i Item) bool { return o.hides(i.OwnerVersion, i.CreatedAt) }

func (o Owner) hides(ownerVersion domain.Version, createdAt time.Time) bool {
	return ownerVersion < o.LastDeleted && (o.IsDeleted() || o.deletedSince(createdAt))
}

// deletedSince reports whether the last deletion was at or after t.
func (o Owner) deletedSince(t time.Time) bool { return domain.VersionAt(t) <= o.LastDeleted }

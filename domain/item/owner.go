package item

import (
	"cmp"
	"time"

	"rental.example/domain"
)

// Owner is what items know of the user who lists them: the newest profile and the last deletion that
// events have told of, each by its version. The zero Owner, but for its ID, is one that nothing is known
// of.
type Owner struct {
	ID          domain.UserID
	Version     domain.Version // of the newest profile, unless a deletion followed; else 0
	Name        string         // empty without a Version
	Ratings     float64        // 0 without a Version
	LastDeleted domain.Version // of the last deletion; 0: none known
	// DeletedKnown is when that deletion began to be merged: UTC, whole microseconds; zero without one. A
	// request that reads the owner later than that merge took knows of it.
	DeletionReceived time.Time
}

// OwnerEvent is what happened to an owner's profile.
type OwnerEvent struct {
	OwnerID domain.UserID
	Version domain.Version
	Deleted bool
	Name    string  // empty when Deleted
	Ratings float64 // zero when Deleted
	// LastDeleted is the version of the deletion before this profile was made; 0 where there was none, or
	// the event is no news of it. It makes up for that deletion's own event, should it have been lost.
	LastDeleted domain.Version
	Received    time.Time // when it came to be merged
}

// Deletion is the version of the last deletion that e tells of; 0 for none.
func (e OwnerEvent) LatestDeletion() domain.Version {
	if e.Deleted {
		return e.Version
	}
	return e.LastDeleted
}

// Limits of an owner's fields: at least those that a profile had when it was written. Whoever lowers a limit of profiles
// leaves these, or the events of the profiles above it would be refused.
const (
	MaxOwnerNameLength = 100 // characters
	MaxOwnerRatings    = 100.0
)

// Check returns what no profile can say, as a *domain.ValidationError: the source is trusted for who publishes there,
// not for what. A version ahead of now by more than domain.MaxVersionLead would win over every later event.
func (e OwnerEvent) Check(now time.Time) error {
	var problems domain.Problems
	problems.CheckVersions(e.Version, e.LastDeleted, now)
	if !e.Deleted {
		problems.CheckRequiredText("name", e.Name, MaxOwnerNameLength)
		if !(e.Ratings >= 0 && e.Ratings <= MaxOwnerRatings) { // NaN is not in any range
			problems.Add("ratings", domain.CodeOutOfRange, "must be a number from 0 to 100")
		}
	}
	return problems.Err()
}

// Merge is what is known after e: the newest profile and the highest deletion of both. The content of a
// profile that is older than its deletion is dropped, so that nothing personal outlives it. Merging is
// commutative, associative and idempotent, so events may come late, twice and in any order. Of one deletion
// that comes twice, the time of the first stays.
func (o Owner) Merge(e OwnerEvent) Owner {
	known := domain.VersionAt(e.Received).Time()
	if d := e.LatestDeletion(); d > 0 && o.compareDeletion(d, known) < 0 {
		o.LastDeleted, o.DeletionReceived = d, known
	}
	if newer := (Owner{ID: o.ID, Version: e.Version, Name: e.Name, Ratings: e.Ratings}); !e.Deleted && o.compareProfile(newer) < 0 {
		o.Version, o.Name, o.Ratings = newer.Version, newer.Name, newer.Ratings
	}
	if o.Version < o.LastDeleted {
		o.Version, o.Name, o.Ratings = 0, "", 0
	}
	return o
}

// compareProfile orders profiles by version. Two of one version cannot differ; should they, all the same
// one of them must win everywhere.
func (o Owner) compareProfile(other Owner) int {
	return cmp.Or(cmp.Compare(o.Version, other.Version), cmp.Compare(o.Name, other.Name), cmp.Compare(o.Ratings, other.Ratings))
}

// compareDeletion orders deletions by version, and the earlier known above the later.
func (o Owner) compareDeletion(version domain.Version, known time.Time) int {
	return cmp.Or(cmp.Compare(o.LastDeleted, version), known.Compare(o.DeletionReceived))
}

// Known reports whether there is a profile to show.
func (o Owner) HasProfile() bool { return o.Version > 0 }

// Gone reports whether the last that is known of the owner is a deletion.
func (o Owner) IsDeleted() bool { return o.LastDeleted > 0 && !o.HasProfile() }

// DocumentVersion changes whenever what is known of the owner does: the second half of an item's tag.
func (o Owner) DocumentVersion() domain.Version { return max(o.Version, o.LastDeleted) }

// Buries reports whether it is dead: listed under a profile that has been deleted since. An item that was
// listed after the profile was made again, and before events told so, is spared by the time of its
// creation.
func (o Owner) Hides(it Item) bool { return o.hides(it.OwnerVersion, it.CreatedAt) }

func (o Owner) hides(listedUnder domain.Version, createdAt time.Time) bool {
	return listedUnder < o.LastDeleted && (o.Version < o.LastDeleted || o.deletedAfter(createdAt))
}

// deletedAfter reports whether what was created at t was there when the owner was deleted.
func (o Owner) deletedAfter(t time.Time) bool { return domain.VersionAt(t) <= o.LastDeleted }

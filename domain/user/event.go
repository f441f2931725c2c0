package user

import (
	"context"
	"errors"
	"time"

	"rental.example/domain"
)

// EventKind is what happened to a profile.
type EventKind string

// The kinds of event.
const (
	Created EventKind = "created"
	Updated EventKind = "updated"
	Deleted EventKind = "deleted"
)

// Event tells other contexts what happened to a profile. It holds what they may show of a user and
// never an e-mail address. Events of one user are ordered by Version, whatever order they arrive in.
type Event struct {
	ID        string // the event's own: one that is told again has the same; empty until it is told
	Kind      EventKind
	UserID    domain.UserID
	Version   domain.Version
	Name      string  // empty when Deleted
	Type      Type    // empty when Deleted
	Ratings   float64 // zero when Deleted
	RequestID string  // the request that caused it; empty when none did
	// LastDeleted is, when Created or told again, the version of the deletion before; 0 without one. So who
	// missed the deletion's own event learns of it all the same.
	LastDeleted domain.Version
}

// State is what a store holds under an id at one moment: a profile, the tombstone of one, or neither.
type Record struct {
	Profile   *Profile
	Tombstone *Tombstone
	// LastDeleted is, beside a Profile, the version of the last tombstone before it; 0 where there was none.
	LastDeleted domain.Version
	Deletions   Deletions
}

// EventOf tells what the change from one state to another means to others; ok is false when it means
// nothing. A profile that vanished without a tombstone was removed by hand: a deletion right after its
// last version. A tombstone that vanishes has only expired.
func ChangeEvent(before, after Record) (e Event, ok bool) {
	switch {
	case after.Profile != nil:
		if before.Profile != nil {
			return profileEvent(Updated, *after.Profile), true
		}
		e = profileEvent(Created, *after.Profile)
		e.LastDeleted = after.LastDeleted
		return e, true
	case after.Tombstone != nil:
		t := after.Tombstone
		return Event{Kind: Deleted, UserID: t.ID, Version: t.Version, RequestID: t.RequestID}, true
	case before.Profile != nil:
		return Event{Kind: Deleted, UserID: before.Profile.ID, Version: before.Profile.Version + 1}, true
	}
	return Event{}, false
}

// Retold is the event that tells of s those who may have missed what led there; ok is false for nothing.
func ReplayEvent(s Record) (e Event, ok bool) {
	e, ok = ChangeEvent(s, s)
	e.LastDeleted = s.LastDeleted
	return e, ok
}

func profileEvent(kind EventKind, p Profile) Event {
	return Event{
		Kind: kind, UserID: p.ID, Version: p.Version,
		Name: p.Name, Type: p.Type, Ratings: p.Ratings, RequestID: p.RequestID,
	}
}

// Limits of an event's fields: those that a profile had when it was written. Whoever lowers a limit of profiles leaves
// these, or the events of the profiles above it would be refused. Consumers take no more (item.OwnerEvent.Check): an
// event above them would be published and become a dead letter there.
const (
	maxEventName    = 100 // characters
	maxEventRatings = 100.0
)

// Check returns what no event of a profile can say, as a *domain.ValidationError: a record that was written by hand can
// hold anything, and a version in the future would win over every later event.
func (e Event) Check(now time.Time) error {
	var problems domain.Problems
	problems.CheckVersions(e.Version, e.LastDeleted, now)
	if e.Kind != Deleted {
		problems.CheckRequiredText("name", e.Name, maxEventName)
		if !(e.Ratings >= 0 && e.Ratings <= maxEventRatings) { // NaN is not in any range
			problems.Add("ratings", domain.CodeOutOfRange, "must be a number from 0 to 100")
		}
	}
	return problems.Err()
}

// ErrUnpublishable: an event can never be told, however often that is tried.
var ErrUnpublishable = errors.New("unpublishable")

// Publisher tells other contexts of events. Implementations are safe for concurrent use.
type Publisher interface {
	// Publish tells each of events at least once, in no certain order; all have an ID. It returns an error
	// for each, in their order: nil for one that has been told, else one that wraps ErrUnpublishable or
	// domain.ErrUnavailable. Of the latter it is unknown whether others have heard of it.
	Publish(ctx context.Context, events []Event) []error
}

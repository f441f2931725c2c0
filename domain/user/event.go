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

// Event is a change of a profile, with the fields that other contexts may show, never an e-mail address. Version orders
// the events of one user, however they arrive.
type Event struct {
	ID        string // the same when published again; empty until published
	Kind      EventKind
	UserID    domain.UserID
	Version   domain.Version
	Name      string  // empty when Deleted
	Type      Type    // empty when Deleted
	Ratings   float64 // zero when Deleted
	RequestID string  // of the request that caused it; empty if none did
	// LastDeleted is the version of the deletion before this profile, if Created or replayed; 0 if there was none. It lets
	// consumers that missed that deletion's event catch up.
	LastDeleted domain.Version
}

// ChangeEvent returns the event of the change from before to after; ok is false if nothing is to be published. A profile
// that disappeared without a tombstone was removed by hand: a deletion at the next version. A tombstone that disappeared
// has expired.
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

// ReplayEvent returns the event describing the current record, for consumers that missed earlier events; ok is false if
// there is no record.
func ReplayEvent(r Record) (e Event, ok bool) {
	e, ok = ChangeEvent(r, r)
	e.LastDeleted = r.LastDeleted
	return e, ok
}

func profileEvent(kind EventKind, p Profile) Event {
	return Event{
		Kind: kind, UserID: p.ID, Version: p.Version,
		Name: p.Name, Type: p.Type, Ratings: p.Ratings, RequestID: p.RequestID,
	}
}

// Limits of an event's fields, the same as consumers check in item.OwnerEvent.Check. They must stay at least as high as
// the limits that any stored profile was written under.
const (
	maxEventName    = 100 // characters
	maxEventRatings = 100.0
)

// Check returns a *domain.ValidationError if e is not a possible event of a profile: records written by hand can have any
// content, and a version in the future would win over every later event.
func (e Event) Check(now time.Time) error {
	var problems domain.Problems
	problems.CheckVersions(e.Version, e.LastDeleted, now)
	if e.Kind != Deleted {
		problems.CheckRequiredText("name", e.Name, maxEventName)
		if !(e.Ratings >= 0 && e.Ratings <= maxEventRatings) { // also true for NaN
			problems.Add("ratings", domain.CodeOutOfRange, "must be a number from 0 to 100")
		}
	}
	return problems.Err()
}

// ErrUnpublishable: the event can never be published; retries are useless.
var ErrUnpublishable = errors.New("unpublishable")

// Publisher publishes events to other contexts. Implementations are safe for concurrent use.
type Publisher interface {
	// Publish publishes each of events, which all have an ID, at least once and in no particular order. It returns one
	// error for each, in their order: nil if published, else one that wraps ErrUnpublishable or domain.ErrUnavailable.
	// After domain.ErrUnavailable the event may have been published.
	Publish(ctx context.Context, events []Event) []error
}

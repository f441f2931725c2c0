package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
	"rental.example/functions/itemsync"
)

// expectedState records what happened, and the first violation. It does not use the rules of item.Owner, but only when
// requests began and what was written when.
type expectedState struct {
	violation   error
	history     map[domain.UserID][]profileState
	applied     map[domain.UserID]applied // by successful merges
	ownerLosses int                       // how often all owners were lost
	creations   map[instance]creation
	// acknowledged has the items whose creation was reported as a success.
	acknowledged     map[instance]bool
	removalRequested map[item.ID]bool
	ended            map[string]time.Time // requests to profiles, by ID
	// removals are those after the grace period, while no newer profile was known.
	removals map[domain.UserID][]removal
	exempt   int // items that such a removal may have deleted
}

// profileState is a state of a profile in the table.
type profileState struct {
	profile     *user.Profile // nil: deleted
	version     domain.Version
	requestTime time.Time
	requestID   string
	created     bool // there was no profile before
}

type applied struct {
	profile, deletion domain.Version
}

// instance identifies one creation of an item. Another item with the same ID has another creation time.
type instance struct {
	id        item.ID
	createdAt time.Time
}

type creation struct {
	owner        domain.UserID
	ownerVersion domain.Version
	requestTime  time.Time
	requestID    string
}

type removal struct {
	end         time.Time
	lastDeleted domain.Version
}

func newExpectedState() expectedState {
	return expectedState{
		history: map[domain.UserID][]profileState{}, applied: map[domain.UserID]applied{}, creations: map[instance]creation{},
		acknowledged: map[instance]bool{}, removalRequested: map[item.ID]bool{}, ended: map[string]time.Time{}, removals: map[domain.UserID][]removal{},
	}
}

func (w *world) violate(format string, args ...any) {
	if w.violation == nil {
		w.violation = fmt.Errorf(format, args...)
		w.log("VIOLATION: %v", w.violation)
	}
}

// recordChange is called for each write to the users table.
func (w *world) recordChange(before, after user.Record) {
	if err := w.stream.add(before, after); err != nil {
		w.violate("a change without a stream record: %w", err)
	}
	s := profileState{
		profile: after.Profile, version: after.Version(), requestID: after.RequestID(),
		created: before.Profile == nil && after.Profile != nil,
	}
	s.requestTime = s.version.Time() // of republish
	for _, p := range w.running {
		if p.id == s.requestID {
			s.requestTime = p.begun
		}
	}
	id := after.ID()
	w.history[id] = append(w.history[id], s)
	w.log("the table has %s at version %d, deleted %t, by %s", id[:4], s.version, s.profile == nil, s.requestID)
}

func (w *world) recordCreation(ctx context.Context, itm item.Item, err error) {
	key := instance{itm.ID, itm.CreatedAt}
	if _, known := w.creations[key]; err == nil && !known {
		p := processOf(ctx)
		w.creations[key] = creation{owner: itm.OwnerID, ownerVersion: itm.OwnerVersion, requestTime: p.begun, requestID: p.id}
	}
}

func (w *world) recordMerge(e item.OwnerEvent, owner item.Owner) {
	a := w.applied[e.OwnerID]
	a.deletion = max(a.deletion, e.ReportedDeletion())
	if !e.Deleted {
		a.profile = max(a.profile, e.Version)
	}
	w.applied[e.OwnerID] = a
	w.log("owner %s: version %d, last deleted %d", e.OwnerID[:4], owner.Version, owner.LastDeleted)
	if e.ReportedDeletion() > 0 && e.ReportedDeletion() == owner.LastDeleted && owner.Version < owner.LastDeleted && w.clock.Sub(owner.DeletionReceived) > itemsync.GracePeriod {
		w.removals[e.OwnerID] = append(w.removals[e.OwnerID], removal{end: w.clock.Add(30 * time.Second), lastDeleted: owner.LastDeleted})
	}
}

// snapshotApplied returns what is applied now, for a later check of a response. It returns zeros once all owners are lost.
func (w *world) snapshotApplied() func(domain.UserID) applied {
	all, losses := maps.Clone(w.applied), w.ownerLosses
	return func(id domain.UserID) applied {
		if w.ownerLosses > losses {
			return applied{}
		}
		return all[id]
	}
}

func (w *world) last(id domain.UserID) profileState {
	if h := w.history[id]; len(h) > 0 {
		return h[len(h)-1]
	}
	return profileState{}
}

func (w *world) hasProfile(id domain.UserID) bool { return w.last(id).profile != nil }

// writes returns the writes of a request. There are several if the first response was lost, and another request wrote
// before the retry.
func (w *world) writes(requestID string, id domain.UserID) (writes []profileState) {
	for _, s := range w.history[id] {
		if s.requestID == requestID {
			writes = append(writes, s)
		}
	}
	return writes
}

// checkWriteError checks that no successful write is reported as rejected.
func (w *world) checkWriteError(ctx context.Context, id domain.UserID, err error) {
	requestID := processOf(ctx).id
	for _, kind := range []error{domain.ErrPreconditionFailed, domain.ErrNotFound, domain.ErrConflict} {
		if errors.Is(err, kind) && len(w.writes(requestID, id)) > 0 {
			w.violate("%s has written, and fails: %v", requestID, err)
		}
	}
}

// checkCreated checks that the creation of a profile is reported as such.
func (w *world) checkCreated(ctx context.Context, id domain.UserID, created bool, err error) {
	requestID := processOf(ctx).id
	if writes := w.writes(requestID, id); err == nil && len(writes) == 1 && writes[0].created != created {
		w.violate("%s: the response says created %t", requestID, created)
	}
}

// checkAdded records an acknowledged item: a new one, or an existing one that was not known as deleted at the request.
func (w *world) checkAdded(ctx context.Context, i item.WithOwner, created bool, before func(domain.UserID) applied) {
	requestID, key := processOf(ctx).id, instance{i.Item.ID, i.Item.CreatedAt}
	c, known := w.creations[key]
	if !known {
		w.violate("%s: the response has an item that was never written", requestID)
	}
	if c.requestID == requestID && i.Item.RequestID == requestID && !created {
		w.violate("%s created an item, and the response says that it existed", requestID)
	}
	if w.deletedBy(c, before(c.owner).deletion) {
		w.violate("%s: the response has the item of %s, which was deleted", requestID, c.requestID)
	}
	w.acknowledged[key] = true
}

// deletedBy reports whether the owner was deleted, at that version or before, after the item was created as far as the
// clock of its creator can tell. An item is exempt if its creation began before, and then read the new profile.
func (w *world) deletedBy(c creation, deletion domain.Version) bool {
	requestTime := c.requestTime.Add(max(-w.clockLag, 0))
	for _, s := range w.history[c.owner] {
		if s.profile == nil && s.version <= deletion && requestTime.Before(s.requestTime) && c.ownerVersion < s.version {
			return true
		}
	}
	return false
}

// checkShown compares a returned item with what was applied when it was requested.
func (w *world) checkShown(i item.WithOwner, before func(domain.UserID) applied) {
	known := before(i.Item.OwnerID)
	c := w.creations[instance{i.Item.ID, i.Item.CreatedAt}]
	if w.deletedBy(c, known.deletion) {
		w.violate("an item of %s is shown, and its owner's deletion was applied", c.requestID)
	}
	for _, s := range w.history[i.Item.OwnerID] {
		if i.Owner.Version == s.version && s.profile != nil && i.Owner.Name != s.profile.Name {
			w.violate("an owner is shown as %q, whose name was %q", i.Owner.Name, s.profile.Name)
		}
	}
	if known.deletion > known.profile && i.Owner.Version <= known.deletion {
		w.violate("an item of %s is shown, and its owner is deleted", c.requestID)
	}
	if known.profile > known.deletion && i.Owner.Version < known.profile {
		w.violate("an owner is shown at version %d, and %d was applied", i.Owner.Version, known.profile)
	}
}

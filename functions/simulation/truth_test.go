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

// truth is what really happened, and the first thing that did not fit. It knows nothing of item.Owner's rules:
// only of when requests began, and of what was written when.
type truth struct {
	violation error
	history   map[domain.UserID][]chapter
	applied   map[domain.UserID]applied // by merges that have taken effect
	losses    int                       // of all that was known of owners
	births    map[instance]birth
	acked     map[instance]bool
	removed   map[item.ID]bool
	ended     map[string]time.Time // requests to profiles, by id
	// sweeps are those that took all for dead, since they knew of no newer profile.
	sweeps map[domain.UserID][]sweep
	exempt int // items that were
}

// chapter is a state of a profile in the table.
type chapter struct {
	profile   *user.Profile // nil: deleted
	version   domain.Version
	stamped   time.Time // when its request began
	committed time.Time
	request   string
	first     bool // of its life: there was none before
}

type applied struct {
	profile, deletion domain.Version
}

// instance is an item from its listing on; another one under its id is made at another time.
type instance struct {
	id        item.ID
	createdAt time.Time
}

type birth struct {
	owner        domain.UserID
	ownerVersion domain.Version
	begun        time.Time
	request      string
}

type sweep struct {
	end     time.Time
	deleted domain.Version
}

func newTruth() truth {
	return truth{
		history: map[domain.UserID][]chapter{}, applied: map[domain.UserID]applied{}, births: map[instance]birth{},
		acked: map[instance]bool{}, removed: map[item.ID]bool{}, ended: map[string]time.Time{}, sweeps: map[domain.UserID][]sweep{},
	}
}

func (w *world) violate(format string, args ...any) {
	if w.violation == nil {
		w.violation = fmt.Errorf(format, args...)
		w.log("VIOLATION: %v", w.violation)
	}
}

// noteChange is told of each write to the users table, at its moment.
func (w *world) noteChange(before, after user.Record) {
	if err := w.stream.add(before, after); err != nil {
		w.violate("a change that the stream cannot tell: %w", err)
	}
	c := chapter{committed: w.clock, first: before.Profile == nil && after.Profile != nil}
	var id domain.UserID
	if p := after.Profile; p != nil {
		id, c.profile, c.version, c.request = p.ID, p, p.Version, p.RequestID
	} else {
		id, c.version, c.request = after.Tombstone.ID, after.Tombstone.Version, after.Tombstone.RequestID
	}
	c.stamped = c.version.Time() // of a record that was raised
	for _, p := range w.running {
		if p.id == c.request {
			c.stamped = p.begun
		}
	}
	w.history[id] = append(w.history[id], c)
	w.log("the table has %s at version %d, deleted %t, by %s", id[:4], c.version, c.profile == nil, c.request)
}

func (w *world) noteBirth(ctx context.Context, it item.Item, err error) {
	key := instance{it.ID, it.CreatedAt}
	if _, known := w.births[key]; err == nil && !known {
		p := processOf(ctx)
		w.births[key] = birth{owner: it.OwnerID, ownerVersion: it.OwnerVersion, begun: p.begun, request: p.id}
	}
}

func (w *world) noteMerge(_ context.Context, e item.OwnerEvent, owner item.Owner) {
	a := w.applied[e.OwnerID]
	a.deletion = max(a.deletion, e.LatestDeletion())
	if !e.Deleted {
		a.profile = max(a.profile, e.Version)
	}
	w.applied[e.OwnerID] = a
	w.log("known of %s: version %d, deleted %d", e.OwnerID[:4], owner.Version, owner.LastDeleted)
	if e.LatestDeletion() > 0 && e.LatestDeletion() == owner.LastDeleted && owner.Version < owner.LastDeleted && w.clock.Sub(owner.DeletionReceived) > itemsync.GracePeriod {
		w.sweeps[e.OwnerID] = append(w.sweeps[e.OwnerID], sweep{end: w.clock.Add(30 * time.Second), deleted: owner.LastDeleted})
	}
}

// appliedNow is for holding later what is shown against; of it, nothing counts any more if all gets lost.
func (w *world) appliedNow() func(domain.UserID) applied {
	all, losses := maps.Clone(w.applied), w.losses
	return func(id domain.UserID) applied {
		if w.losses > losses {
			return applied{}
		}
		return all[id]
	}
}

func (w *world) last(id domain.UserID) chapter {
	if h := w.history[id]; len(h) > 0 {
		return h[len(h)-1]
	}
	return chapter{}
}

func (w *world) lives(id domain.UserID) bool { return w.last(id).profile != nil }

func (w *world) lastWriter(id domain.UserID) string { return w.last(id).request }

func (w *world) wrote(request string, id domain.UserID) bool { return len(w.writes(request, id)) > 0 }

// writes are what a request has written: more than once where its first answer was lost, and others wrote
// before it came again.
func (w *world) writes(request string, id domain.UserID) (writes []chapter) {
	for _, c := range w.history[id] {
		if c.request == request {
			writes = append(writes, c)
		}
	}
	return writes
}

// checkRefusal: nobody is told that a write was refused that has happened.
func (w *world) checkRefusal(ctx context.Context, id domain.UserID, err error) {
	request := processOf(ctx).id
	for _, kind := range []error{domain.ErrPreconditionFailed, domain.ErrNotFound, domain.ErrConflict} {
		if errors.Is(err, kind) && w.wrote(request, id) {
			w.violate("%s is told %v, and has written", request, err)
		}
	}
}

// checkCreated: who has made a profile is told so.
func (w *world) checkCreated(ctx context.Context, id domain.UserID, created bool, err error) {
	request := processOf(ctx).id
	if writes := w.writes(request, id); err == nil && len(writes) == 1 && writes[0].first != created {
		w.violate("%s is told that it created a profile: %t", request, created)
	}
}

// checkListed notes an item that somebody was promised: a new one, or one that was there and not dead, as far
// as was known when they asked.
func (w *world) checkListed(ctx context.Context, l item.WithOwner, created bool, before func(domain.UserID) applied) {
	key := instance{l.Item.ID, l.Item.CreatedAt}
	b, known := w.births[key]
	if !known {
		w.violate("%s is promised an item that was never written", processOf(ctx).id)
	}
	if b.request == processOf(ctx).id && l.Item.RequestID == b.request && !created {
		w.violate("%s has made an item, and is told that it was there", b.request)
	}
	if w.deadUnder(b, before(b.owner).deletion) {
		w.violate("%s is promised the item of %s, which was dead", processOf(ctx).id, b.request)
	}
	w.acked[key] = true
}

// deadUnder: the item was there when its owner was deleted, at that version or before, as far as the clock of
// those who list can tell; and it was not listed by one who began before, and then read that the owner is back.
func (w *world) deadUnder(b birth, deletion domain.Version) bool {
	begun := b.begun.Add(max(-w.lag, 0))
	for _, c := range w.history[b.owner] {
		if c.profile == nil && c.version <= deletion && begun.Before(c.stamped) && b.ownerVersion < c.version {
			return true
		}
	}
	return false
}

// checkShown holds an item that somebody is shown against what had been applied when they asked.
func (w *world) checkShown(l item.WithOwner, before func(domain.UserID) applied) {
	known := before(l.Item.OwnerID)
	b := w.births[instance{l.Item.ID, l.Item.CreatedAt}]
	if w.deadUnder(b, known.deletion) {
		w.violate("an item of %s is shown, whose owner's deletion was applied", b.request)
	}
	for _, c := range w.history[l.Item.OwnerID] {
		if l.Owner.Version == c.version && c.profile != nil && l.Owner.Name != c.profile.Name {
			w.violate("an owner is shown as %q, who was %q then", l.Owner.Name, c.profile.Name)
		}
	}
	if known.deletion > known.profile && l.Owner.Version <= known.deletion {
		w.violate("an item of %s is shown, and its owner is gone", b.request)
	}
	if known.profile > known.deletion && l.Owner.Version < known.profile {
		w.violate("an owner is shown at version %d, and %d was applied", l.Owner.Version, known.profile)
	}
}

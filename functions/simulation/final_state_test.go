package simulation_test

import (
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

// checkFinalState checks, once the system is idle, that the owners equal the users table, that the items of deleted owners
// are removed, and that no other item is missing.
func (w *world) checkFinalState() {
	for id := range w.history {
		w.checkOwner(id)
	}
	catalog := item.NewCatalog(w.items.Items, w.items.Items, w.owners.memory, w.randomBits)
	for key, c := range w.creations {
		stored, err := w.items.Items.Get(w.ctx, key.id)
		exists := err == nil && stored.Item.CreatedAt.Equal(key.createdAt)
		switch {
		case exists && w.mustNotExist(c):
			w.violate("the item of %s is left over", c.requestID)
		case !w.mustExist(key, c):
		case !exists:
			w.violate("the item of %s is lost", c.requestID)
		default:
			if _, err := catalog.Get(w.ctx, key.id); err != nil {
				w.violate("the item of %s is hidden: %v", c.requestID, err)
			}
		}
	}
}

func (w *world) checkOwner(id domain.UserID) {
	owners, err := w.owners.memory.Owners(w.ctx, []domain.UserID{id})
	if err != nil {
		w.violate("%v", err)
	}
	want := item.Owner{ID: id, LastDeleted: w.lastDeleted(id), DeletionReceived: owners[id].DeletionReceived}
	if p := w.last(id).profile; p != nil {
		want.Version, want.Name, want.Ratings = p.Version, p.Name, p.Ratings
	}
	if !owners[id].Equal(want) {
		w.violate("in the end, the owner is %+v, want %+v", owners[id], want)
	}
}

// lastDeleted returns the version of the last deletion; 0 for none.
func (w *world) lastDeleted(id domain.UserID) (last domain.Version) {
	for _, s := range w.history[id] {
		if s.profile == nil {
			last = s.version
		}
	}
	return last
}

// mustNotExist reports whether the owner is deleted, or was deleted after the item was created.
func (w *world) mustNotExist(c creation) bool {
	if len(w.history[c.owner]) > 0 && !w.hasProfile(c.owner) {
		return true
	}
	return w.deletedBy(c, w.last(c.owner).version)
}

// mustExist reports whether an item was acknowledged, no request to remove it was made, and its owner was never deleted,
// or had the response to a new profile before the item was created. There are two exceptions, both for items created
// before the event of the new profile was applied: those removed before it was, and those with a creation time from a
// clock that lags.
func (w *world) mustExist(key instance, c creation) bool {
	if !w.acknowledged[key] || w.removalRequested[key.id] {
		return false
	}
	var existsSince time.Time // zero: never deleted
	for _, s := range w.history[c.owner] {
		switch {
		case s.profile == nil:
			existsSince = w.clock
		case s.created && !existsSince.IsZero():
			existsSince = w.ended[s.requestID]
		}
	}
	if c.requestTime.Before(existsSince) {
		return false
	}
	if w.clockLag > 0 && !existsSince.IsZero() && c.ownerVersion < w.lastDeleted(c.owner) {
		return false
	}
	for _, r := range w.removals[c.owner] {
		if !r.end.Before(c.requestTime) && c.ownerVersion < r.lastDeleted {
			w.exempt++
			return false
		}
	}
	return true
}

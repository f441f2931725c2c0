package simulation_test

import (
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

// checkEnd: once everything is at rest, what the items know is what the users' table says, nothing of what
// is gone is left, and nothing is missing.
func (w *world) checkEnd() {
	for id := range w.history {
		w.checkOwner(id)
	}
	for key, b := range w.births {
		stored, err := w.items.Items.Get(w.ctx, key.id)
		present := err == nil && stored.Item.CreatedAt.Equal(key.createdAt)
		switch {
		case present && w.mustBeGone(b):
			w.violate("the item of %s is left over", b.request)
		case !w.mustBeThere(key, b):
		case !present:
			w.violate("the item of %s is lost", b.request)
		case !w.visible(stored.Item):
			w.violate("the item of %s is hidden", b.request)
		}
	}
}

func (w *world) checkOwner(id domain.UserID) {
	known, err := w.owners.memory.Owners(w.ctx, []domain.UserID{id})
	if err != nil {
		w.violate("%v", err)
	}
	want := item.Owner{ID: id, LastDeleted: w.deletion(id), DeletionReceived: known[id].DeletionReceived}
	if p := w.last(id).profile; p != nil {
		want.Version, want.Name, want.Ratings = p.Version, p.Name, p.Ratings
	}
	if known[id] != want {
		w.violate("in the end, the items know of %+v; true is %+v", known[id], want)
	}
}

// deletion is the version of the last one; 0 for none.
func (w *world) deletion(id domain.UserID) (last domain.Version) {
	for _, c := range w.history[id] {
		if c.profile == nil {
			last = c.version
		}
	}
	return last
}

// mustBeGone: its owner is, or has been deleted since it was listed.
func (w *world) mustBeGone(b birth) bool {
	if len(w.history[b.owner]) > 0 && !w.lives(b.owner) {
		return true
	}
	return w.deadUnder(b, w.last(b.owner).version)
}

// mustBeThere: somebody was promised it, nobody wanted it removed, and its owner was not deleted, or had been
// told of a new profile before the item was listed. Two are excepted, both listed before the news of the new
// profile came: those that were swept away before it did, and those that a clock which is behind dated back.
func (w *world) mustBeThere(key instance, b birth) bool {
	if !w.acked[key] || w.removed[key.id] {
		return false
	}
	var alive time.Time // since when, for all to know; never deleted: always
	for _, c := range w.history[b.owner] {
		switch {
		case c.profile == nil:
			alive = w.clock
		case c.first && !alive.IsZero():
			alive = w.ended[c.request]
		}
	}
	if b.begun.Before(alive) {
		return false
	}
	if w.lag > 0 && !alive.IsZero() && b.ownerVersion < w.deletion(b.owner) {
		return false
	}
	for _, s := range w.sweeps[b.owner] {
		if !s.end.Before(b.begun) && b.ownerVersion < s.deleted {
			w.exempt++
			return false
		}
	}
	return true
}

func (w *world) visible(it item.Item) bool {
	_, err := item.NewCatalog(w.items.Items, w.items.Items, w.owners.memory).Get(w.ctx, it.ID)
	return err == nil
}

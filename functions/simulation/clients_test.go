package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
	"rental.example/functions/itemsync"
)

// client sends requests sequentially.
type client struct {
	owner     domain.UserID
	send      func(ctx context.Context, c *client)
	remaining int // requests
	inFlight  bool
	exclusive bool           // sends only while no process runs, since it advances the clock
	key       domain.Key     // of its items
	lastSeen  domain.Version // of the profile
}

// addClients adds, for each owner, one client that writes the profile, two that write items and one that reads.
func (w *world) addClients() {
	for _, owner := range ownerIDs[:1+w.choose(2)] {
		w.clients = append(w.clients,
			&client{owner: owner, send: w.changeProfile, remaining: 2 + w.choose(4)},
			&client{owner: owner, send: w.changeItems, remaining: 2 + w.choose(4), key: "a"},
			&client{owner: owner, send: w.changeItems, remaining: w.choose(4), key: "b"},
			&client{owner: owner, send: w.read, remaining: 3},
		)
	}
	if w.faultless {
		w.clients = append(w.clients, &client{owner: ownerIDs[0], send: w.recreate, remaining: 8 + w.choose(8), exclusive: true})
	}
}

func (w *world) clientsBusy() bool {
	for _, c := range w.clients {
		if c.remaining > 0 || c.inFlight {
			return true
		}
	}
	return false
}

// clientActions returns the requests that may begin.
func (w *world) clientActions() (actions []func()) {
	for _, c := range w.clients {
		if c.remaining > 0 && !c.inFlight && !(c.exclusive && len(w.running) > 0) {
			actions = append(actions, func() {
				c.remaining--
				c.inFlight = true
				id := fmt.Sprintf("request-%d", w.started+1)
				w.start("request", 10*time.Second, func() { c.inFlight = false; w.ended[id] = w.clock }, func(ctx context.Context) { c.send(ctx, c) })
			})
		}
	}
	return actions
}

func stampOf(ctx context.Context) domain.Stamp {
	p := processOf(ctx)
	return domain.Stamp{Time: p.begun, RequestID: p.id}
}

// changeProfile creates, changes or deletes the profile.
func (w *world) changeProfile(ctx context.Context, c *client) {
	caller, s := domain.Caller{ID: c.owner, Identified: true}, stampOf(ctx)
	var cond domain.Condition
	if c.lastSeen > 0 && w.chance(3) {
		cond = domain.MustBe(c.lastSeen)
	}
	name := "Name " + processOf(ctx).id
	var err error
	created := false
	switch kind := w.choose(10); {
	case !w.hasProfile(c.owner) || kind < 2:
		var p user.Profile
		draft := user.Draft{Name: name, Email: "a@example.com", Type: "rentee"}
		p, created, err = w.directory.Save(ctx, caller, domain.Condition{}, draft, s)
		c.lastSeen = max(c.lastSeen, p.Version)
		w.checkCreated(ctx, c.owner, created, err)
	case kind < 7:
		var p user.Profile
		p, err = w.directory.Change(ctx, caller, cond, user.Patch{Name: domain.Some(name)}, s)
		c.lastSeen = max(c.lastSeen, p.Version)
	default:
		_, err = w.directory.Remove(ctx, caller, cond, s)
	}
	if errors.Is(err, domain.ErrInvalid) || errors.Is(err, domain.ErrUnauthenticated) {
		w.violate("%s is refused: %v", s.RequestID, err)
	}
	if processOf(ctx).pause() == nil {
		w.checkWriteError(ctx, c.owner, err)
	}
}

// recreate deletes or creates the profile, each time within the grace period of the last deletion.
func (w *world) recreate(ctx context.Context, c *client) {
	w.clock = w.clock.Add(time.Duration(w.choose(int(itemsync.GracePeriod/time.Second))) * time.Second / 2)
	s := domain.Stamp{Time: w.clock, RequestID: processOf(ctx).id}
	processOf(ctx).begun, processOf(ctx).deadline = w.clock, w.clock.Add(10*time.Second)
	caller := domain.Caller{ID: c.owner, Identified: true}
	var err error
	if w.hasProfile(c.owner) {
		_, err = w.directory.Remove(ctx, caller, domain.Condition{}, s)
	} else {
		draft := user.Draft{Name: "Recreated", Email: "a@example.com", Type: "rentee"}
		_, _, err = w.directory.Save(ctx, caller, domain.Condition{}, draft, s)
	}
	w.log("%s recreate: %v", s.RequestID, err)
}

// changeItems adds an item, mostly with an idempotency key, or changes or removes one.
func (w *world) changeItems(ctx context.Context, c *client) {
	caller, s := domain.Caller{ID: c.owner}, stampOf(ctx)
	s.Time = s.Time.Add(-w.clockLag)
	id := item.KeyedID(c.owner, c.key)
	switch w.choose(8) {
	case 0:
		name := "Renamed by " + s.RequestID
		_, err := w.catalog.Change(ctx, id, caller, domain.Condition{}, item.Patch{Name: domain.Some(name)}, s)
		w.log("%s change: %v", s.RequestID, err)
	case 1:
		w.removalRequested[id] = true // whatever the response
		err := w.catalog.Remove(ctx, id, caller, domain.Condition{})
		w.log("%s remove: %v", s.RequestID, err)
	case 2, 3:
		w.add(ctx, "", caller, s)
	default:
		w.add(ctx, c.key, caller, s)
	}
}

func (w *world) add(ctx context.Context, key domain.Key, caller domain.Caller, s domain.Stamp) {
	lat, lng := 52.5, 13.4
	applied := w.snapshotApplied()
	added, created, err := w.catalog.Add(ctx, caller, key, item.Draft{Name: "Drill", Lat: &lat, Lng: &lng}, s)
	if processOf(ctx).pause() != nil {
		return
	}
	w.log("%s add %s: created %t, %v", s.RequestID, added.Item.ID, created, err)
	if err == nil {
		w.checkAdded(ctx, added, created, applied)
	} else if errors.Is(err, domain.ErrKeyReused) {
		w.violate("%s: a retry is taken for another request: %v", s.RequestID, err)
	}
}

// read gets one item, or searches all of an owner.
func (w *world) read(ctx context.Context, c *client) {
	applied := w.snapshotApplied()
	if w.chance(2) {
		got, err := w.catalog.Get(ctx, item.KeyedID(c.owner, "a"))
		if err == nil {
			w.checkShown(got, applied)
		}
		return
	}
	found, err := w.catalog.Search(ctx, item.Query{OwnerID: c.owner, Sort: item.ByNewest, Limit: item.DefaultLimit})
	if err != nil {
		return
	}
	for _, i := range found.Items {
		w.checkShown(i, applied)
	}
}

package simulation_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
	"rental.example/functions/itemsync"
)

// client sends one request after the other.
type client struct {
	owner   domain.UserID
	send    func(ctx context.Context, c *client)
	left    int // requests
	waiting bool
	alone   bool           // sends only while nothing else runs, since it lets time pass
	key     string         // of the item that it lists
	known   domain.Version // of the profile that it has seen last
}

// addClients has, for each owner, one at the profile and two at the items, one of them in the shop, too.
func (w *world) addClients() {
	for _, owner := range ownerIDs[:1+w.choose(2)] {
		w.clients = append(w.clients,
			&client{owner: owner, send: w.changeProfile, left: 2 + w.choose(4)},
			&client{owner: owner, send: w.changeItems, left: 2 + w.choose(4), key: "a"},
			&client{owner: owner, send: w.changeItems, left: w.choose(4), key: "b"},
			&client{owner: owner, send: w.read, left: 3},
		)
	}
	if w.calm {
		w.clients = append(w.clients, &client{owner: ownerIDs[0], send: w.flap, left: 8 + w.choose(8), alone: true})
	}
}

func (w *world) busyClients() bool {
	for _, c := range w.clients {
		if c.left > 0 || c.waiting {
			return true
		}
	}
	return false
}

// clientTurns are the requests that may begin.
func (w *world) clientTurns() (turns []func()) {
	for _, c := range w.clients {
		if c.left > 0 && !c.waiting && !(c.alone && len(w.running) > 0) {
			turns = append(turns, func() {
				c.left--
				c.waiting = true
				id := fmt.Sprintf("request-%d", w.started+1)
				w.start("request", 10*time.Second, func() { c.waiting = false; w.ended[id] = w.clock }, func(ctx context.Context) { c.send(ctx, c) })
			})
		}
	}
	return turns
}

func stampOf(ctx context.Context) domain.Stamp {
	p := processOf(ctx)
	return domain.Stamp{Time: p.begun, RequestID: p.id}
}

// changeProfile makes, changes or deletes the profile.
func (w *world) changeProfile(ctx context.Context, c *client) {
	caller, s := domain.Caller{ID: c.owner}, stampOf(ctx)
	var cond domain.Condition
	if c.known > 0 && w.chance(3) {
		cond = domain.MustBe(c.known)
	}
	name := "Name " + processOf(ctx).id
	var err error
	created := false
	switch kind := w.choose(10); {
	case !w.lives(c.owner) || kind < 2:
		var p user.Profile
		if p, err = user.New(caller, user.Draft{Name: name, Email: "a@example.com", Type: "rentee"}, s); err != nil {
			w.violate("%v", err)
		}
		p, created, err = w.users.Save(ctx, p, domain.Condition{})
		c.known = max(c.known, p.Version)
		w.checkCreated(ctx, c.owner, created, err)
	case kind < 7:
		var p user.Profile
		p, err = user.Update(ctx, w.users, c.owner, cond, func(p user.Profile) (user.Profile, error) {
			return p.Change(caller, user.Patch{Name: domain.Some(name)}, s)
		})
		c.known = max(c.known, p.Version)
	default:
		_, err = w.users.Delete(ctx, c.owner, cond, s)
	}
	if processOf(ctx).step() == nil {
		w.checkRefusal(ctx, c.owner, err)
	}
}

// flap deletes the profile or makes it again, each time before the deletion before has settled.
func (w *world) flap(ctx context.Context, c *client) {
	w.clock = w.clock.Add(time.Duration(w.choose(int(itemsync.GracePeriod/time.Second))) * time.Second / 2)
	s := domain.Stamp{Time: w.clock, RequestID: processOf(ctx).id}
	processOf(ctx).begun, processOf(ctx).end = w.clock, w.clock.Add(10*time.Second)
	var err error
	if w.lives(c.owner) {
		_, err = w.users.Delete(ctx, c.owner, domain.Condition{}, s)
	} else {
		var p user.Profile
		if p, err = user.New(domain.Caller{ID: c.owner}, user.Draft{Name: "Flapping", Email: "a@example.com", Type: "rentee"}, s); err == nil {
			_, _, err = w.users.Save(ctx, p, domain.Condition{})
		}
	}
	w.log("%s flaps: %v", s.RequestID, err)
}

// changeItems lists an item, mostly under one of two keys, changes or removes one.
func (w *world) changeItems(ctx context.Context, c *client) {
	caller, s := domain.Caller{ID: c.owner}, stampOf(ctx)
	s.Time = s.Time.Add(-w.lag)
	id := item.KeyedID(c.owner, c.key)
	switch w.choose(8) {
	case 0:
		name := "Renamed by " + s.RequestID
		_, err := w.catalog.Change(ctx, id, caller, domain.Condition{}, item.Patch{Name: domain.Some(name)}, s)
		w.log("%s change: %v", s.RequestID, err)
	case 1:
		w.removed[id] = true // or will be, or not: nobody knows
		err := w.catalog.Remove(ctx, id, caller, domain.Condition{})
		w.log("%s remove: %v", s.RequestID, err)
	case 2, 3:
		var random [10]byte
		binary.BigEndian.PutUint64(random[:], uint64(processOf(ctx).number))
		w.list(ctx, item.NewID(s.Time, random), caller, s)
	default:
		w.list(ctx, id, caller, s)
	}
}

func (w *world) list(ctx context.Context, id item.ID, caller domain.Caller, s domain.Stamp) {
	lat, lng := 52.5, 13.4
	applied := w.appliedNow()
	l, created, err := w.catalog.Add(ctx, id, caller, item.Draft{Name: "Drill", Lat: &lat, Lng: &lng}, s)
	if processOf(ctx).step() != nil {
		return
	}
	w.log("%s list %s: created %t, %v", s.RequestID, id, created, err)
	if err == nil {
		w.checkListed(ctx, l, created, applied)
	} else if errors.Is(err, item.ErrKeyReused) {
		w.violate("%s: a repeated request is taken for another: %v", s.RequestID, err)
	}
}

// read looks at one item, or at all of an owner's.
func (w *world) read(ctx context.Context, c *client) {
	applied := w.appliedNow()
	if w.chance(2) {
		l, err := w.catalog.Get(ctx, item.KeyedID(c.owner, "a"))
		if err == nil {
			w.checkShown(l, applied)
		}
		return
	}
	found, err := w.catalog.Search(ctx, item.Query{OwnerID: c.owner, Sort: item.ByNewest, Limit: item.DefaultLimit})
	if err != nil {
		return
	}
	for _, l := range found.Items {
		w.checkShown(l, applied)
	}
}

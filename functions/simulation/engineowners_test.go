package simulation_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"sync"
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
)

// owner is somebody whose profile changes all the time, and what they may rely on.
type owner struct {
	caller domain.Caller

	mu     sync.Mutex
	alive  time.Time // since when the profile is there without a break, for all to know; zero while it is not
	listed map[item.ID]addedItem
}

// addedItem is an item that was listed, under what was known of its owner then.
type addedItem struct {
	begun time.Time
	under domain.Version
}

// live makes, changes and deletes the profile, n times in all; deletions is how often it was deleted.
func (o *owner) live(ctx context.Context, t *testing.T, store user.Store, n int) {
	exists := false
	for i := range n {
		stamp := domain.Stamp{Time: time.Now(), RequestID: rand.Text()}
		name := fmt.Sprintf("%s %d", o.caller.ID[:8], i)
		var err error
		switch {
		case !exists:
			var p user.Profile
			p, err = user.New(o.caller, user.Draft{Name: name, Email: "jane@example.com", Type: "rentee"}, stamp)
			if err == nil {
				_, _, err = store.Save(ctx, p, domain.Condition{})
			}
			exists = true
			o.setAlive(time.Now())
		case mathrand.N(4) == 0:
			o.setAlive(time.Time{})
			_, err = store.Delete(ctx, o.caller.ID, domain.Condition{}, stamp)
			exists = false
		default:
			_, err = user.Update(ctx, store, o.caller.ID, domain.Condition{}, func(p user.Profile) (user.Profile, error) {
				return p.Change(o.caller, user.Patch{Name: domain.Some(name)}, stamp)
			})
		}
		if err != nil {
			t.Errorf("%s: %v", o.caller.ID, err)
		}
		waitFor(ctx, mathrand.N(800*time.Millisecond))
	}
}

func (o *owner) setAlive(since time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.alive = since
}

// list puts an item into the catalog; one in ten requests is killed.
func (o *owner) list(ctx context.Context, t *testing.T, catalog *item.Catalog) {
	limit := requestTime
	if mathrand.N(10) == 0 {
		limit = mathrand.N(50 * time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	begun, lat, lng := time.Now(), 52.5, 13.4
	id := item.NewID(begun, [10]byte([]byte(rand.Text())[:10]))
	l, _, err := catalog.Add(ctx, id, o.caller, item.Draft{Name: "Drill", Lat: &lat, Lng: &lng}, domain.Stamp{Time: begun, RequestID: rand.Text()})
	switch {
	case err == nil:
		o.mu.Lock()
		defer o.mu.Unlock()
		o.listed[l.Item.ID] = addedItem{begun, l.Item.OwnerVersion}
	case !errors.Is(err, item.ErrOwnerDeleted) && !errors.Is(err, domain.ErrUnavailable):
		t.Errorf("listing: %v", err)
	}
}

// checkOwner holds what the items service has of o against the users' table, and returns how many items that is.
func (s *system) checkOwner(t *testing.T, o *owner) int {
	t.Helper()
	known, err := s.owners.Owners(t.Context(), []domain.UserID{o.caller.ID})
	must(t, err)
	must(t, s.holdings.Refresh(t.Context()))
	held, err := s.holdings.ListOwned(t.Context(), o.caller.ID, 1<<62, "", item.MaxHoldings)
	must(t, err)
	profile, err := s.store.Get(t.Context(), o.caller.ID)
	if errors.Is(err, domain.ErrNotFound) {
		if got := known[o.caller.ID]; !got.IsDeleted() || len(held) > 0 {
			t.Errorf("%s is gone; known of it is %+v, and %d items are left", o.caller.ID, got, len(held))
		}
		return 0
	}
	must(t, err)
	if got := known[o.caller.ID]; got.Version != profile.Version || got.Name != profile.Name {
		t.Errorf("%s: known is %q at %d, true %q at %d", o.caller.ID, got.Name, got.Version, profile.Name, profile.Version)
	}
	there := map[item.ID]bool{}
	for _, h := range held {
		there[h.ID] = true
		if domain.VersionAt(h.CreatedAt) <= known[o.caller.ID].LastDeleted {
			t.Errorf("%s: an item from before the profile was made again is left", o.caller.ID)
		}
	}
	for id, p := range o.listed { // but for those that were listed before the news of the new profile came
		if p.begun.After(o.alive) && p.under >= known[o.caller.ID].LastDeleted && !there[id] {
			t.Errorf("%s: item %s was promised, and is lost", o.caller.ID, id)
		}
	}
	return len(held)
}

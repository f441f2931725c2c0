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

// owner is a user whose profile changes repeatedly, and the items that must exist in the end.
type owner struct {
	caller domain.Caller

	mu          sync.Mutex
	existsSince time.Time // the response to the last creation of the profile; zero while it is deleted
	added       map[item.ID]addedItem
}

// addedItem is an acknowledged item.
type addedItem struct {
	requestTime  time.Time
	ownerVersion domain.Version
}

// changeProfile creates, changes or deletes the profile n times.
func (o *owner) changeProfile(ctx context.Context, t *testing.T, store user.Store, n int) {
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
			o.setExistsSince(time.Now())
		case mathrand.N(4) == 0:
			o.setExistsSince(time.Time{})
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
		sleep(ctx, mathrand.N(800*time.Millisecond))
	}
}

func (o *owner) setExistsSince(since time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.existsSince = since
}

// add adds an item; one in ten requests is killed.
func (o *owner) add(ctx context.Context, t *testing.T, catalog *item.Catalog) {
	limit := requestTime
	if mathrand.N(10) == 0 {
		limit = mathrand.N(50 * time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	begun, lat, lng := time.Now(), 52.5, 13.4
	added, _, err := catalog.Add(ctx, o.caller, "", item.Draft{Name: "Drill", Lat: &lat, Lng: &lng}, domain.Stamp{Time: begun, RequestID: rand.Text()})
	switch {
	case err == nil:
		o.mu.Lock()
		defer o.mu.Unlock()
		o.added[added.Item.ID] = addedItem{begun, added.Item.OwnerVersion}
	case !errors.Is(err, item.ErrOwnerDeleted) && !errors.Is(err, domain.ErrUnavailable):
		t.Errorf("add: %v", err)
	}
}

// checkOwner compares the owner and the items in the index with the users table, and returns the number of items.
func (s *system) checkOwner(t *testing.T, o *owner) int {
	t.Helper()
	owners, err := s.owners.Owners(t.Context(), []domain.UserID{o.caller.ID})
	must(t, err)
	current := owners[o.caller.ID]
	must(t, s.holdings.Refresh(t.Context()))
	holdings, err := s.holdings.ListOwned(t.Context(), o.caller.ID, 1<<62, "", item.MaxHoldings)
	must(t, err)
	profile, err := s.store.Get(t.Context(), o.caller.ID)
	if errors.Is(err, domain.ErrNotFound) {
		if !current.IsDeleted() || len(holdings) > 0 {
			t.Errorf("%s is deleted; its owner is %+v, and %d items are left", o.caller.ID, current, len(holdings))
		}
		return 0
	}
	must(t, err)
	if current.Version != profile.Version || current.Name != profile.Name {
		t.Errorf("%s: the owner is %q at %d, want %q at %d", o.caller.ID, current.Name, current.Version, profile.Name, profile.Version)
	}
	exists := map[item.ID]bool{}
	for _, h := range holdings {
		exists[h.ID] = true
		if domain.VersionAt(h.CreatedAt) <= current.LastDeleted {
			t.Errorf("%s: an item from before the last deletion is left", o.caller.ID)
		}
	}
	for id, p := range o.added { // except those added before the event of the new profile was applied
		if p.requestTime.After(o.existsSince) && p.ownerVersion >= current.LastDeleted && !exists[id] {
			t.Errorf("%s: the acknowledged item %s is lost", o.caller.ID, id)
		}
	}
	return len(holdings)
}

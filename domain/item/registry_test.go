package item_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

const gracePeriod = time.Minute

// fakePorts is a Registry with its ports, for one owner, jane. It uses the clock, so tests run in a synctest bubble.
type fakePorts struct {
	*item.Registry
	owner  item.Owner
	merged item.Owner // the owner as of the last Merge
	items  map[item.ID]item.Holding
	listed map[item.ID]item.Holding // the items as of the last Refresh
	calls  []string
	before func(call string) error // runs before each call of a port; its error is the call's
}

func newFakePorts(items ...item.Holding) *fakePorts {
	p := &fakePorts{owner: item.Owner{ID: jane}, items: make(map[item.ID]item.Holding)}
	p.Registry = item.NewRegistry(p, p, gracePeriod, time.Now)
	for _, h := range items {
		p.items[h.ID] = h
	}
	return p
}

func (p *fakePorts) called(name string) error {
	p.calls = append(p.calls, name)
	if p.before == nil {
		return nil
	}
	return p.before(name)
}

func (p *fakePorts) Owners(context.Context, []domain.UserID) (map[domain.UserID]item.Owner, error) {
	err := p.called("owners")
	return map[domain.UserID]item.Owner{jane: p.owner}, err
}

func (p *fakePorts) Merge(_ context.Context, e item.OwnerEvent) (item.Owner, error) {
	if err := p.called("merge"); err != nil {
		return item.Owner{}, err
	}
	p.owner = p.owner.Merge(e)
	p.merged = p.owner
	return p.owner, nil
}

func (p *fakePorts) Refresh(context.Context) error {
	if err := p.called("refresh"); err != nil {
		return err
	}
	p.listed = maps.Clone(p.items)
	return nil
}

func (p *fakePorts) ListOwned(_ context.Context, owner domain.UserID, below domain.Version, after item.ID, limit int) ([]item.Holding, error) {
	if err := p.called("list"); err != nil {
		return nil, err
	}
	var found []item.Holding
	for _, h := range p.listed {
		if owner == jane && h.OwnerVersion < below && h.ID > after {
			found = append(found, h)
		}
	}
	slices.SortFunc(found, func(a, b item.Holding) int { return cmp.Compare(a.ID, b.ID) })
	return found[:min(limit, len(found))], nil
}

func (p *fakePorts) Remove(_ context.Context, holdings []item.Holding) (changed int, err error) {
	if err := p.called("remove"); err != nil {
		return 0, err
	}
	for _, h := range holdings {
		if present, ok := p.items[h.ID]; ok && present.Revision != h.Revision {
			changed++
		} else {
			delete(p.items, h.ID)
		}
	}
	return changed, nil
}

// change gives every item another revision.
func (p *fakePorts) change() {
	for id, h := range p.items {
		h.Revision += "'"
		p.items[id] = h
	}
}

// wantItems checks which items are left.
func (p *fakePorts) wantItems(t *testing.T, want ...item.ID) {
	t.Helper()
	if left := slices.Sorted(maps.Keys(p.items)); !slices.Equal(left, want) {
		t.Errorf("%d items are left, %q..., want %q", len(left), left[:min(5, len(left))], want)
	}
}

// holding returns an item created at the time of a version, with an owner version.
func holding(id item.ID, ownerVersion, created domain.Version) item.Holding {
	return item.Holding{ID: id, OwnerVersion: ownerVersion, CreatedAt: created.Time(), Revision: "1"}
}

// holdings returns n items that the deletion 20 hides.
func holdings(n int) []item.Holding {
	var all []item.Holding
	for i := range n {
		all = append(all, holding(item.ID(fmt.Sprintf("%05d", i)), 5, 10))
	}
	return all
}

func profile(v domain.Version) item.OwnerEvent {
	return item.OwnerEvent{OwnerID: jane, Version: v, Name: "Jane"}
}

// recreated returns the event of a profile created again after a deletion.
func recreated(v, lastDeleted domain.Version) item.OwnerEvent {
	e := profile(v)
	e.LastDeleted = lastDeleted
	return e
}

func deletion(v domain.Version) item.OwnerEvent {
	return item.OwnerEvent{OwnerID: jane, Version: v, Deleted: true}
}

// withFakeTime runs test in a synctest bubble.
func withFakeTime(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, test)
}

// apply applies e and checks the error and how many items are removed.
func (p *fakePorts) apply(t *testing.T, e item.OwnerEvent, removed int, want error) {
	t.Helper()
	applied, err := p.Apply(t.Context(), e)
	if !errors.Is(err, want) || applied.Removed != removed || !applied.Owner.Equal(p.merged) {
		t.Errorf("Apply(%d) = %+v, %v; want %d removed, %v", e.Version, applied, err, removed, want)
	}
}

func TestApplyProfile(t *testing.T) {
	withFakeTime(t, func(t *testing.T) {
		p := newFakePorts(holdings(2)...)
		p.apply(t, item.OwnerEvent{OwnerID: jane, Version: 5, Name: "Jane", Ratings: 3}, 0, nil)
		if want := (item.Owner{ID: jane, Version: 5, Name: "Jane", Ratings: 3}); !p.owner.Equal(want) {
			t.Errorf("owner %+v, want %+v", p.owner, want)
		}
		if !slices.Equal(p.calls, []string{"merge"}) {
			t.Errorf("calls %q", p.calls)
		}
	})
}

// TestApplyDeletion delivers one deletion until it is acknowledged, and once more.
func TestApplyDeletion(t *testing.T) {
	withFakeTime(t, func(t *testing.T) {
		received := domain.Micros(time.Now())
		p := newFakePorts(holding("before", 5, 10), holding("late", 5, 30), holding("unknown owner", 0, 20))
		for _, step := range []struct {
			wait    time.Duration
			added   item.ID
			removed int
			want    error
			left    []item.ID
		}{
			{0, "", 2, item.ErrRedeliver, []item.ID{"late"}}, // created after the deletion: the profile may exist again
			{gracePeriod / 2, "in flight", 1, item.ErrRedeliver, []item.ID{"late"}},
			{gracePeriod / 2, "", 0, item.ErrRedeliver, []item.ID{"late"}},
			{time.Microsecond, "last", 2, nil, nil},
			{time.Hour, "", 0, nil, nil},
		} {
			time.Sleep(step.wait)
			if step.added != "" {
				p.items[step.added] = holding(step.added, 5, 19)
			}
			p.calls = nil
			p.apply(t, deletion(20), step.removed, step.want)
			if calls := strings.Join(p.calls, " "); !strings.HasPrefix(calls+" ", "merge refresh list ") {
				t.Errorf("calls %s", calls)
			}
			p.wantItems(t, step.left...)
		}
		if !p.owner.DeletionReceived.Equal(received) {
			t.Errorf("deletion received at %v, want %v", p.owner.DeletionReceived, received)
		}
	})
}

// TestApplyGracePeriod: a removal that begins within the grace period and ends after it does not acknowledge the event.
func TestApplyGracePeriod(t *testing.T) {
	withFakeTime(t, func(t *testing.T) {
		p := newFakePorts(holding("late", 5, 30))
		for _, slow := range []string{"refresh", "list", "owners", "remove"} {
			p.items["in flight"] = holding("in flight", 5, 19)
			p.before = func(call string) error {
				if call == slow {
					time.Sleep(gracePeriod)
				}
				return nil
			}
			p.owner = p.owner.Merge(deletion(20))
			p.owner.DeletionReceived = domain.Micros(time.Now().Add(-gracePeriod))
			p.apply(t, deletion(20), 1, item.ErrRedeliver)
			p.wantItems(t, "late")
		}
	})
}

// TestApplyWhileCreatedAgain: items that become visible during the last removal are not removed.
func TestApplyWhileCreatedAgain(t *testing.T) {
	withFakeTime(t, func(t *testing.T) {
		for _, during := range []string{"refresh", "list", "owners"} {
			p := newFakePorts(holding("late", 5, 30))
			p.apply(t, deletion(20), 0, item.ErrRedeliver)
			time.Sleep(2 * gracePeriod)
			p.items["before"] = holding("before", 5, 10)
			p.before = func(call string) error {
				if call == during {
					p.owner = p.owner.Merge(profile(25))
				}
				return nil
			}
			p.apply(t, deletion(20), 1, nil)
			p.wantItems(t, "late")
		}
	})
}

// TestApplyKeepsNewItems: items created under a later profile are kept, in whatever order the events arrive.
func TestApplyKeepsNewItems(t *testing.T) {
	withFakeTime(t, func(t *testing.T) {
		for name, events := range map[string][]item.OwnerEvent{
			"deletion, then profile":    {deletion(20), profile(25)},
			"profile, then deletion":    {profile(25), deletion(20)},
			"an older deletion":         {deletion(20), profile(25), deletion(15)},
			"profile with its deletion": {recreated(25, 20)},
			"and an old profile":        {profile(5), deletion(20), recreated(25, 20), profile(5)},
		} {
			p := newFakePorts(holding("before", 5, 10), holding("old owner version", 5, 23), holding("new owner version", 25, 30), holding("unknown owner", 0, 1))
			for range 2 {
				for _, e := range events {
					if _, err := p.Apply(t.Context(), e); err != nil && !errors.Is(err, item.ErrRedeliver) {
						t.Errorf("%s: Apply = %v", name, err)
					}
				}
				time.Sleep(2 * gracePeriod)
			}
			if p.owner.Version != 25 || p.owner.LastDeleted != 20 {
				t.Errorf("%s: owner %+v", name, p.owner)
			}
			p.wantItems(t, "new owner version", "old owner version")
		}
	})
}

// TestApplyOlderDeletion: an older deletion's event is acknowledged at once; the last one's event removes the items of both.
func TestApplyOlderDeletion(t *testing.T) {
	withFakeTime(t, func(t *testing.T) {
		p := newFakePorts(holding("of the first profile", 5, 8), holding("between", 12, 15))
		p.apply(t, deletion(10), 1, item.ErrRedeliver)
		p.wantItems(t, "between")
		p.items["late"] = holding("late", 5, 16)
		p.apply(t, deletion(20), 2, item.ErrRedeliver)
		for range 2 {
			p.apply(t, deletion(10), 0, nil)
			p.apply(t, recreated(12, 10), 0, nil)
		}
		p.items["later"] = holding("later", 5, 30)
		time.Sleep(gracePeriod + time.Second)
		p.apply(t, deletion(20), 1, nil)
		p.wantItems(t)
	})
}

func TestApplyPages(t *testing.T) {
	withFakeTime(t, func(t *testing.T) {
		for n, pages := range map[int]int{0: 1, 1: 1, item.MaxHoldings - 1: 1, item.MaxHoldings: 2, item.MaxHoldings + 1: 2, 3 * item.MaxHoldings: 4} {
			p := newFakePorts(holdings(n)...)
			p.items["00000+"] = holding("00000+", 5, 30) // kept, on the first page
			delete(p.items, "00000")
			p.apply(t, deletion(20), max(0, n-1), item.ErrRedeliver)
			if lists := len(slices.DeleteFunc(p.calls, func(call string) bool { return call != "list" })); lists != pages {
				t.Errorf("%d items: %d pages, want %d", n, lists, pages)
			}
			p.wantItems(t, "00000+")
		}
	})
}

// TestApplyConcurrentWrites changes items between ListOwned and Remove, a few times and always.
func TestApplyConcurrentWrites(t *testing.T) {
	withFakeTime(t, func(t *testing.T) {
		for changes, test := range map[int]struct {
			removed int
			want    error
		}{1: {3, item.ErrRedeliver}, 3: {3, item.ErrRedeliver}, 1000: {0, domain.ErrConflict}} {
			p := newFakePorts(holdings(3)...)
			p.before = func(call string) error {
				if call == "remove" && changes > 0 {
					changes--
					p.change()
				}
				return nil
			}
			p.apply(t, deletion(20), test.removed, test.want)
			if len(p.items) != 3-test.removed {
				t.Errorf("%d items left", len(p.items))
			}
		}
	})
}

// TestApplyFailures lets one call after the other fail and redelivers the event: in the end, each item is removed once.
func TestApplyFailures(t *testing.T) {
	withFakeTime(t, func(t *testing.T) {
		p := newFakePorts(holdings(2*item.MaxHoldings + 1)...)
		removed := 0
		for failing := 1; ; failing++ {
			calls := 0
			p.before = func(string) error {
				if calls++; calls == failing {
					return domain.ErrUnavailable
				}
				return nil
			}
			applied, err := p.Apply(t.Context(), deletion(20))
			removed += applied.Removed
			if calls < failing {
				if !errors.Is(err, item.ErrRedeliver) {
					t.Errorf("Apply = %v, want %v", err, item.ErrRedeliver)
				}
				break
			}
			if calls > failing || !errors.Is(err, domain.ErrUnavailable) {
				t.Errorf("call %d of %d failed: Apply = %v, want %v", failing, calls, err, domain.ErrUnavailable)
			}
		}
		if p.wantItems(t); removed != 2*item.MaxHoldings+1 {
			t.Errorf("%d removals", removed)
		}
	})
}

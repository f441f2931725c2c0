package item_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

const settling = time.Minute

// office is a Registry with its ports: what is known of jane, and what she holds. It goes by the clock, so its
// tests run in a bubble.
type office struct {
	*item.Registry
	owner item.Owner
	// What is there, and what a search finds of it since the last refresh.
	items, found map[item.ID]item.Holding
	calls        []string
	// before is called ahead of what a port does, with the name of the call; its error is the port's.
	before func(call string) error
}

func newOffice(items ...item.Holding) *office {
	o := &office{owner: item.Owner{ID: jane}, items: make(map[item.ID]item.Holding)}
	o.Registry = item.NewRegistry(o, o, settling, time.Now)
	for _, h := range items {
		o.items[h.ID] = h
	}
	return o
}

func (o *office) called(name string) error {
	o.calls = append(o.calls, name)
	if o.before == nil {
		return nil
	}
	return o.before(name)
}

func (o *office) Owners(context.Context, []domain.UserID) (map[domain.UserID]item.Owner, error) {
	err := o.called("owners")
	return map[domain.UserID]item.Owner{jane: o.owner}, err
}

func (o *office) Merge(_ context.Context, e item.OwnerEvent) (item.Owner, error) {
	if err := o.called("merge"); err != nil {
		return item.Owner{}, err
	}
	o.owner = o.owner.Merge(e)
	return o.owner, nil
}

func (o *office) Refresh(context.Context) error {
	if err := o.called("refresh"); err != nil {
		return err
	}
	o.found = make(map[item.ID]item.Holding)
	for id, h := range o.items {
		o.found[id] = h
	}
	return nil
}

func (o *office) ListOwned(_ context.Context, owner domain.UserID, below domain.Version, after item.ID, limit int) ([]item.Holding, error) {
	if err := o.called("held"); err != nil {
		return nil, err
	}
	var held []item.Holding
	for _, h := range o.found {
		if owner == jane && h.OwnerVersion < below && h.ID > after {
			held = append(held, h)
		}
	}
	slices.SortFunc(held, func(a, b item.Holding) int { return cmp.Compare(a.ID, b.ID) })
	return held[:min(limit, len(held))], nil
}

func (o *office) Remove(_ context.Context, held []item.Holding) (changed int, err error) {
	if err := o.called("remove"); err != nil {
		return 0, err
	}
	for _, h := range held {
		if present, ok := o.items[h.ID]; ok && present.Revision != h.Revision {
			changed++
		} else {
			delete(o.items, h.ID)
		}
	}
	return changed, nil
}

// change has every item be in another state.
func (o *office) change() {
	for id, h := range o.items {
		h.Revision += "'"
		o.items[id] = h
	}
}

// wantItems checks what is left.
func (o *office) wantItems(t *testing.T, want ...item.ID) {
	t.Helper()
	var left []item.ID
	for id := range o.items {
		left = append(left, id)
	}
	slices.Sort(left)
	if !slices.Equal(left, want) {
		t.Errorf("left are %d, %.100q..., want %q", len(left), left, want)
	}
}

// holding is an item listed under a version of jane's profile, at the time of another.
func holding(id item.ID, under, created domain.Version) item.Holding {
	return item.Holding{ID: id, OwnerVersion: under, CreatedAt: created.Time(), Revision: "1"}
}

// holdings are n items that the deletion 20 kills.
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

// recreated is the event of a profile that was made again after a deletion.
func recreated(v, lastDeleted domain.Version) item.OwnerEvent {
	e := profile(v)
	e.LastDeleted = lastDeleted
	return e
}

func deletion(v domain.Version) item.OwnerEvent {
	return item.OwnerEvent{OwnerID: jane, Version: v, Deleted: true}
}

// inTime runs test where time passes only while all sleep.
func inTime(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, test)
}

func TestApplyProfile(t *testing.T) {
	inTime(t, func(t *testing.T) {
		o := newOffice(holdings(2)...)
		applied, err := o.Apply(t.Context(), item.OwnerEvent{OwnerID: jane, Version: 5, Name: "Jane", Ratings: 3})
		if want := (item.Applied{Owner: item.Owner{ID: jane, Version: 5, Name: "Jane", Ratings: 3}}); err != nil || applied != want {
			t.Errorf("Apply = %+v, %v; want %+v", applied, err, want)
		}
		if !slices.Equal(o.calls, []string{"merge"}) {
			t.Errorf("it called %q", o.calls)
		}
	})
}

// TestApplyDeletion delivers one deletion as often as it takes.
func TestApplyDeletion(t *testing.T) {
	inTime(t, func(t *testing.T) {
		began := domain.VersionAt(time.Now()).Time()
		o := newOffice(holding("before", 5, 10), holding("late", 5, 30), holding("unknowing", 0, 20))
		for _, step := range []struct {
			wait    time.Duration
			added   item.ID
			removed int
			want    error
			left    []item.ID
		}{
			{0, "", 2, item.ErrRedeliver, []item.ID{"late"}}, // created after the deletion: maybe there is news
			{settling / 2, "in flight", 1, item.ErrRedeliver, []item.ID{"late"}},
			{settling / 2, "", 0, item.ErrRedeliver, []item.ID{"late"}},
			{time.Microsecond, "last", 2, nil, nil},
			{time.Hour, "", 0, nil, nil},
		} {
			time.Sleep(step.wait)
			if step.added != "" {
				o.items[step.added] = holding(step.added, 5, 19)
			}
			o.calls = nil
			applied, err := o.Apply(t.Context(), deletion(20))
			if !errors.Is(err, step.want) || applied.Removed != step.removed || applied.Owner != o.owner {
				t.Errorf("Apply = %+v, %v; want %d removed, %v", applied, err, step.removed, step.want)
			}
			if calls := strings.Join(o.calls, " "); !strings.HasPrefix(calls+" ", "merge refresh held ") {
				t.Errorf("it called %s", calls)
			}
			o.wantItems(t, step.left...)
		}
		if !o.owner.DeletionReceived.Equal(began) {
			t.Errorf("known since %v, want %v", o.owner.DeletionReceived, began)
		}
	})
}

// TestApplyTooEarly: a sweep that ends late enough, and began too early, settles nothing.
func TestApplyTooEarly(t *testing.T) {
	inTime(t, func(t *testing.T) {
		o := newOffice(holding("before", 5, 10), holding("late", 5, 30))
		_, _ = o.Apply(t.Context(), deletion(20))
		time.Sleep(settling)
		for _, slow := range []string{"refresh", "held", "owners", "remove"} {
			o.items["in flight"] = holding("in flight", 5, 19)
			o.before = func(call string) error {
				if call == slow {
					time.Sleep(settling)
				}
				return nil
			}
			o.owner.DeletionReceived = domain.VersionAt(time.Now().Add(-settling)).Time()
			if _, err := o.Apply(t.Context(), deletion(20)); !errors.Is(err, item.ErrRedeliver) {
				t.Errorf("a slow %s: Apply = %v, want %v", slow, err, item.ErrRedeliver)
			}
			o.wantItems(t, "late")
		}
	})
}

// TestApplyAmongNews: what comes to be shown while the last sweep is at work is not removed by it.
func TestApplyAmongNews(t *testing.T) {
	for _, coming := range []string{"refresh", "held", "owners"} {
		t.Run(coming, func(t *testing.T) {
			inTime(t, func(t *testing.T) {
				o := newOffice(holding("before", 5, 10), holding("late", 5, 30))
				_, _ = o.Apply(t.Context(), deletion(20))
				time.Sleep(2 * settling)
				o.items["before"] = holding("before", 5, 10)
				o.before = func(call string) error {
					if call == coming {
						o.owner = o.owner.Merge(profile(25))
					}
					return nil
				}
				if _, err := o.Apply(t.Context(), deletion(20)); err != nil {
					t.Errorf("news ahead of %s: Apply = %v", coming, err)
				}
				o.wantItems(t, "late")
			})
		})
	}
}

// TestApplySpares: what was made under a later profile lives, however late the deletion is told.
func TestApplySpares(t *testing.T) {
	inTime(t, func(t *testing.T) {
		for name, events := range map[string][]item.OwnerEvent{
			"deletion, then profile":         {deletion(20), profile(25)},
			"profile, then deletion":         {profile(25), deletion(20)},
			"an older deletion":              {deletion(20), profile(25), deletion(15)},
			"deletion told by the profile":   {recreated(25, 20)},
			"all of it, and an old profile ": {profile(5), deletion(20), recreated(25, 20), profile(5)},
		} {
			o := newOffice(holding("before", 5, 10), holding("on the old news", 5, 23), holding("on the new news", 25, 30), holding("unknowing", 0, 1))
			for range 2 {
				for _, e := range events {
					if _, err := o.Apply(t.Context(), e); err != nil && !errors.Is(err, item.ErrRedeliver) {
						t.Errorf("%s: Apply = %v", name, err)
					}
				}
				time.Sleep(2 * settling)
			}
			if o.owner.Version != 25 || o.owner.LastDeleted != 20 {
				t.Errorf("%s: known is %+v", name, o.owner)
			}
			o.wantItems(t, "on the new news", "on the old news")
		}
	})
}

// TestApplyOlderDeletion: an event of a deletion before the last one is done when it is merged, whether it comes after
// the last one's event or again beside it; that event removes the items of both.
func TestApplyOlderDeletion(t *testing.T) {
	inTime(t, func(t *testing.T) {
		o := newOffice(holding("under the first profile", 5, 8), holding("between", 12, 15))
		if _, err := o.Apply(t.Context(), deletion(10)); !errors.Is(err, item.ErrRedeliver) {
			t.Errorf("Apply of 10 = %v, want %v", err, item.ErrRedeliver)
		}
		o.wantItems(t, "between")
		o.items["late"] = holding("late", 5, 16)
		if _, err := o.Apply(t.Context(), deletion(20)); !errors.Is(err, item.ErrRedeliver) {
			t.Errorf("Apply of 20 = %v, want %v", err, item.ErrRedeliver)
		}
		for range 2 {
			if applied, err := o.Apply(t.Context(), deletion(10)); err != nil || applied.Removed != 0 {
				t.Errorf("Apply of 10 after 20 = %+v, %v; want it done", applied, err)
			}
		}
		o.items["later"] = holding("later", 5, 30)
		time.Sleep(settling + time.Second)
		if applied, err := o.Apply(t.Context(), deletion(20)); err != nil || applied.Removed != 1 {
			t.Errorf("Apply of 20 = %+v, %v; want one removed", applied, err)
		}
		o.wantItems(t)
	})
}

// TestApplyFlapping: however often a profile is deleted and made again within the time that a deletion settles in, each
// event is done at its second delivery, all but the last of them at once.
func TestApplyFlapping(t *testing.T) {
	inTime(t, func(t *testing.T) {
		const turns = 20
		o := newOffice(holding("before", 5, 8))
		for n := range domain.Version(turns) {
			at := 10 + 10*n
			if _, err := o.Apply(t.Context(), deletion(at)); !errors.Is(err, item.ErrRedeliver) {
				t.Fatalf("Apply of %d = %v, want %v", at, err, item.ErrRedeliver)
			}
			if _, err := o.Apply(t.Context(), recreated(at+5, at)); !errors.Is(err, item.ErrRedeliver) {
				t.Fatalf("Apply of %d = %v, want %v", at+5, err, item.ErrRedeliver)
			}
			if n > 0 {
				for _, e := range []item.OwnerEvent{deletion(at - 10), recreated(at-5, at-10)} {
					if _, err := o.Apply(t.Context(), e); err != nil {
						t.Fatalf("Apply of %d, again: %v", e.Version, err)
					}
				}
			}
			time.Sleep(settling / 2)
		}
		time.Sleep(settling)
		if _, err := o.Apply(t.Context(), deletion(10*turns)); err != nil {
			t.Errorf("Apply of the last: %v", err)
		}
		o.wantItems(t)
	})
}

func TestApplyPages(t *testing.T) {
	inTime(t, func(t *testing.T) {
		for n, pages := range map[int]int{0: 1, 1: 1, item.MaxHoldings - 1: 1, item.MaxHoldings: 2, item.MaxHoldings + 1: 2, 3 * item.MaxHoldings: 4} {
			o := newOffice(holdings(n)...)
			o.items["00000+"] = holding("00000+", 5, 30) // spared, on the first page
			delete(o.items, "00000")
			applied, err := o.Apply(t.Context(), deletion(20))
			searches := len(slices.DeleteFunc(o.calls, func(call string) bool { return call != "held" }))
			if want := max(0, n-1); !errors.Is(err, item.ErrRedeliver) || applied.Removed != want || searches != pages {
				t.Errorf("%d items: %+v, %v by %d searches; want %d removed by %d", n, applied, err, searches, want, pages)
			}
			o.wantItems(t, "00000+")
		}
	})
}

// TestApplyAgainstWriters has items change between search and removal, once and for ever.
func TestApplyAgainstWriters(t *testing.T) {
	inTime(t, func(t *testing.T) {
		for changes, want := range map[int]error{1: item.ErrRedeliver, 3: item.ErrRedeliver, 1000: domain.ErrConflict} {
			o := newOffice(holdings(3)...)
			left := changes
			o.before = func(call string) error {
				if call == "remove" && left > 0 {
					left--
					o.change()
				}
				return nil
			}
			applied, err := o.Apply(t.Context(), deletion(20))
			if !errors.Is(err, want) || applied.Removed+len(o.items) != 3 || (len(o.items) > 0) != errors.Is(want, domain.ErrConflict) {
				t.Errorf("after %d changes: %+v, %v, left are %d; want %v", changes, applied, err, len(o.items), want)
			}
		}
	})
}

// TestApplyThroughTrouble fails one call after another, the event coming again each time: in the end, all is
// done, and once.
func TestApplyThroughTrouble(t *testing.T) {
	inTime(t, func(t *testing.T) {
		o := newOffice(holdings(2*item.MaxHoldings + 1)...)
		removed := 0
		for failing := 1; ; failing++ {
			calls := 0
			o.before = func(string) error {
				if calls++; calls == failing {
					return fmt.Errorf("call %d: %w", calls, domain.ErrUnavailable)
				}
				return nil
			}
			applied, err := o.Apply(t.Context(), deletion(20))
			if removed += applied.Removed; !errors.Is(err, domain.ErrUnavailable) {
				if calls >= failing || !errors.Is(err, item.ErrRedeliver) {
					t.Errorf("Apply = %v, though call %d of %d failed", err, failing, calls)
				}
				break
			}
			if calls != failing {
				t.Errorf("it went on from call %d to %d", failing, calls)
			}
		}
		if o.wantItems(t); removed != 2*item.MaxHoldings+1 {
			t.Errorf("it told of %d removals", removed)
		}
	})
}

package domaintest

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"
)

// List is a list of records of a Store. It may lag: it is read until it is up to date or 20 seconds have passed.
type List[R any, P comparable] struct {
	// Page returns at most limit records after a position. next is zero on the last page; no page but the first is empty.
	Page func(ctx context.Context, limit int, after P) (records []R, next P, err error)
	// Has reports whether the list has r.
	Has func(r R) bool
	// Listed returns r with those fields alone that the list has. Nil: r.
	Listed func(r R) R
	// Order compares two records as the list orders them, 0 where any order will do as long as it stays. Nil: always 0.
	Order func(a, b R) int
}

// readAll reads all pages of a list, and calls write, if not nil, after each but the last. It checks that no page exceeds
// the limit or is empty without need, and that the records are unique and in order.
func (t storeTrial[R, P]) readAll(name string, limit int, write func(page []R)) (all []R) {
	t.Helper()
	list, seen := t.Lists[name], make(map[string]bool)
	var after, zero P
	for pages := 0; pages == 0 || after != zero; pages++ {
		page, next, err := list.Page(t.Context(), limit, after)
		empty := len(page) == 0 && (next != zero || pages > 0 && write == nil)
		if err != nil || len(page) > limit || pages == 1000 || empty {
			t.Fatalf("list %s, limit %d: page %d has %d records, next %v, error %v", name, limit, pages, len(page), next, err)
		}
		for _, r := range page {
			if seen[t.id(r)] {
				t.Fatalf("list %s, limit %d: %s is listed twice", name, limit, t.id(r))
			}
			seen[t.id(r)] = true
		}
		all = append(all, page...)
		if after = next; after != zero && write != nil {
			write(page)
		}
	}
	if list.Order != nil && !slices.IsSortedFunc(all, list.Order) {
		t.Errorf("list %s, limit %d: not in order: %+v", name, limit, all)
	}
	return all
}

// wantListed waits until each list has exactly those of records that it selects, with each limit in the same order.
func (t storeTrial[R, P]) wantListed(records []R, limits ...int) {
	t.Helper()
	for name, list := range t.Lists {
		want := make(map[string]R)
		for _, r := range records {
			if list.Has(r) {
				if want[t.id(r)] = r; list.Listed != nil {
					want[t.id(r)] = list.Listed(r)
				}
			}
		}
		var order []string
		for i, limit := range limits {
			t.Eventually(func() string {
				got, ids := make(map[string]R), []string(nil)
				for _, r := range t.readAll(name, limit, nil) {
					got[t.id(r)], ids = r, append(ids, t.id(r))
				}
				if i == 0 {
					order = ids
				}
				if diff := cmp.Diff(want, got, cmp.Comparer(t.Equal)) + cmp.Diff(order, ids); diff != "" {
					return fmt.Sprintf("list %s, limit %d (-want +got):\n%s", name, limit, diff)
				}
				return ""
			})
		}
	}
}

// createMany creates n records, each step after the previous one.
func (t storeTrial[R, P]) createMany(n int, step time.Duration) []R {
	t.Helper()
	all := make([]R, n)
	for i := range all {
		all[i] = t.create(t.New(i, At(time.Duration(i)*step)))
	}
	return all
}

// listPages lists records of different times and of the same time, the last one written by a slow clock.
func listPages[R any, P comparable](t storeTrial[R, P]) {
	t.wantListed(nil, 1, 10)
	all := t.createMany(30, time.Microsecond)
	all = append(all, t.createMany(30, 0)...)
	all = append(all, t.create(t.New(1, At(-time.Hour))))
	t.wantListed(all, 100, 1, 3, 7, 60, 61, 1000)
	for _, list := range t.Lists { // it copies values
		var first P
		page, next, err := list.Page(t.Context(), 2, first)
		t.WantError("a page", err, nil)
		overwrite(reflect.ValueOf(page))
		overwrite(reflect.ValueOf(&next))
	}
	t.wantListed(all, 7)
}

// listAfterWrites lists records that were changed, moved to other lists, removed, and created again by a slow clock.
func listAfterWrites[R any, P comparable](t storeTrial[R, P]) {
	all := t.createMany(16, time.Millisecond)
	removed := all[10]
	for i, r := range all[:10] {
		all[i] = t.replace(r, t.Change(r, "2", At(time.Hour)))
		if t.Move != nil && i < 7 {
			all[i] = t.replace(all[i], t.Move(all[i], At(2*time.Hour)))
		}
	}
	for _, r := range all[10:] {
		t.remove(r)
	}
	all = append(all[:10], t.create(t.Change(removed, "3", At(0))))
	t.wantListed(all, 3)
}

// listAmongWrites removes two thirds of the records of each page before it reads the next one, and changes, moves and
// creates records. Each of the others is listed once.
func listAmongWrites[R any, P comparable](t storeTrial[R, P], name string, step time.Duration) {
	all := t.createMany(90, step)
	t.wantListed(all, 100)
	unchanged, changing := make(map[string]bool), make(map[string]R)
	for i, r := range all {
		if i%3 > 0 {
			changing[t.id(r)] = r
		} else if t.Lists[name].Has(r) {
			unchanged[t.id(r)] = true
		}
	}
	round := 0
	listed := t.readAll(name, 4, func(page []R) {
		for _, listed := range page {
			if r, ok := changing[t.id(listed)]; ok {
				t.remove(r)
				delete(changing, t.id(r))
			}
		}
		if round++; round < 40 { // or the list would never end
			t.writeBetweenPages(changing, round)
		}
	})
	for _, r := range listed { // none is there twice
		delete(unchanged, t.id(r))
	}
	if len(unchanged) > 0 {
		t.Errorf("list %s: unchanged records are missing: %v", name, slices.Collect(maps.Keys(unchanged)))
	}
}

// writeBetweenPages creates a record among the others, and changes one, moves one, and removes one.
func (t storeTrial[R, P]) writeBetweenPages(changing map[string]R, round int) {
	t.Helper()
	t.create(t.New(round, At(time.Duration(round)*time.Microsecond)))
	s, n := At(time.Hour+time.Duration(round)*time.Second), 0
	for id, r := range changing {
		switch n++; {
		case n == 1:
			changing[id] = t.replace(r, t.Change(r, "2", s))
		case n == 2 && t.Move != nil:
			changing[id] = t.replace(r, t.Move(r, s))
		case n == 3:
			t.remove(r)
			delete(changing, id)
		}
	}
}

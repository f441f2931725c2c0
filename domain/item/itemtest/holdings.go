package itemtest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"rental.example/domain"
	"rental.example/domain/domaintest"
	"rental.example/domain/item"
)

// newItemsOf returns n new items of owner, with owner versions 1 to n.
func (t trial) newItemsOf(owner domain.UserID, n int) []item.Item {
	t.Helper()
	var items []item.Item
	for i := range n {
		itm := t.newItem(item.Draft{}, at(time.Duration(i%7)*time.Microsecond))
		itm.OwnerID, itm.OwnerVersion = owner, domain.Version(i+1)
		items = append(items, itm)
	}
	return items
}

func (t trial) refresh() {
	t.Helper()
	if err := t.Holdings.Refresh(t.Context()); err != nil {
		t.Fatalf("Refresh = %v", err)
	}
}

// listOwned returns all holdings of owner below a version, read in pages of limit after a refresh.
func (t trial) listOwned(owner domain.UserID, below domain.Version, limit int) []item.Holding {
	t.Helper()
	t.refresh()
	var all []item.Holding
	for after := item.ID(""); ; after = all[len(all)-1].ID {
		page, err := t.Holdings.ListOwned(t.Context(), owner, below, after, limit)
		if err != nil || len(page) > limit {
			t.Fatalf("ListOwned(%s, %d, %q, %d) = %d, %v", owner, below, after, limit, len(page), err)
		}
		all = append(all, page...)
		if len(page) < limit {
			return all
		}
	}
}

// wantHoldings checks that got is want, ordered by id.
func (t trial) wantHoldings(got []item.Holding, want ...item.Item) {
	t.Helper()
	var all []item.Holding
	for _, itm := range want {
		all = append(all, item.Holding{ID: itm.ID, OwnerVersion: itm.OwnerVersion, CreatedAt: itm.CreatedAt})
	}
	slices.SortFunc(all, func(a, b item.Holding) int { return cmp.Compare(a.ID, b.ID) })
	var withoutRevisions []item.Holding
	for _, h := range got {
		h.Revision = ""
		withoutRevisions = append(withoutRevisions, h)
	}
	if diff := gocmp.Diff(all, withoutRevisions); diff != "" {
		t.Errorf("ListOwned (-want +got):\n%s", diff)
	}
}

// remove removes holdings and checks that `changed` of them were skipped.
func (t trial) remove(changed int, holdings ...item.Holding) {
	t.Helper()
	if got, err := t.Holdings.Remove(t.Context(), holdings); err != nil || got != changed {
		t.Errorf("Remove of %d = %d, %v; want %d", len(holdings), got, err, changed)
	}
}

func listNone(t trial) {
	t.wantHoldings(t.listOwned(newUser(), 1<<60, 10))
	t.create(t.newItemsOf(newUser(), 1)...)
	t.wantHoldings(t.listOwned(newUser(), 1<<60, 10))
}

// listBelowVersion has owners whose ids have a meaning in queries or URLs.
func listBelowVersion(t trial) {
	owners := []domain.UserID{newUser(), newUser(), `a"b`, "a/../b?c=%2F&d#e", "*", "東京 \\"}
	items := make(map[domain.UserID][]item.Item)
	for _, owner := range owners {
		items[owner] = t.newItemsOf(owner, 4)
		items[owner][0].OwnerVersion = 0 // created before the owner was known
		t.create(items[owner]...)
	}
	for _, owner := range owners {
		for below, want := range map[domain.Version]int{0: 0, 1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 1 << 62: 4} {
			t.wantHoldings(t.listOwned(owner, below, item.MaxHoldings), items[owner][:want]...)
		}
	}
}

func listPages(t trial) {
	owner := newUser()
	items := t.newItemsOf(owner, 12)
	t.seed(items[:5])
	t.seed(items[5:])
	for _, limit := range []int{1, 5, 6, 11, 12, 13, item.MaxHoldings} {
		t.wantHoldings(t.listOwned(owner, 13, limit), items...)
		t.wantHoldings(t.listOwned(owner, 9, limit), items[:8]...)
	}
	slices.SortFunc(items, func(a, b item.Item) int { return cmp.Compare(a.ID, b.ID) })
	next := items[3].ID[:len(items[3].ID)-1] + "Z" // after items[3]
	for after, want := range map[item.ID][]item.Item{"0": items, next: items[4:], items[11].ID: nil, "~": nil} {
		got, err := t.Holdings.ListOwned(t.Context(), owner, 13, after, 12)
		t.WantError("ListOwned after "+string(after), err, nil)
		t.wantHoldings(got, want...)
	}
}

func listAfterWrites(t trial) {
	owner := newUser()
	items := t.newItemsOf(owner, 3)
	t.create(items...)
	t.wantHoldings(t.listOwned(owner, 9, 9), items...)
	t.delete(items[0].ID)
	changed := t.renamed(items[1], "Changed", at(time.Second))
	changed.OwnerVersion = 8
	t.replace(changed)
	t.wantHoldings(t.listOwned(owner, 9, 9), changed, items[2])
	t.wantHoldings(t.listOwned(owner, 8, 9), items[2])
}

func listedRevisions(t trial) {
	owner := newUser()
	items := t.newItemsOf(owner, 2)
	t.create(items...)
	for _, h := range t.listOwned(owner, 9, 9) {
		if h.ID == items[0].ID {
			items[0] = t.renamed(items[0], "Changed", at(time.Second))
			if err := t.Store.Replace(t.Context(), items[0], h.Revision); err != nil {
				t.Errorf("Replace = %v", err)
			}
		} else if err := t.Store.Delete(t.Context(), h.ID, h.Revision); err != nil {
			t.Errorf("Delete = %v", err)
		}
	}
	t.wantItem(items[0])
	t.wantAbsent(items[1].ID)
	t.remove(0, item.Holding{ID: items[0].ID, Revision: t.get(items[0].ID).Revision})
	t.wantAbsent(items[0].ID)
}

func removes(t trial) {
	owner := newUser()
	items := t.newItemsOf(owner, 5)
	t.create(items...)
	t.remove(0)
	t.wantHoldings(t.listOwned(owner, 9, 9), items...)
	t.remove(0, t.listOwned(owner, 3, 9)...)
	t.wantAbsent(items[0].ID)
	t.wantAbsent(items[1].ID)
	t.wantItem(items[2])
	t.wantHoldings(t.listOwned(owner, 9, 9), items[2:]...)
}

func removeChanged(t trial) {
	owner := newUser()
	items := t.newItemsOf(owner, 4)
	t.create(items...)
	listed := t.listOwned(owner, 9, 9)
	for i := range 2 {
		items[i] = t.renamed(items[i], "Changed", at(time.Second))
		t.replace(items[i])
	}
	t.remove(2, listed...)
	t.wantItem(items[0])
	t.wantItem(items[1])
	t.wantHoldings(t.listOwned(owner, 9, 9), items[:2]...)
	t.remove(2, listed...)
	t.remove(0, t.listOwned(owner, 9, 9)...)
	t.wantHoldings(t.listOwned(owner, 9, 9))
}

// removeDeleted removes an item twice in one call, again in another, and after it was created again.
func removeDeleted(t trial) {
	owner := newUser()
	items := t.newItemsOf(owner, 3)
	t.create(items...)
	listed := t.listOwned(owner, 9, 9)
	t.remove(0, append(listed, listed...)...)
	t.remove(0, listed...)
	t.wantHoldings(t.listOwned(owner, 9, 9))
	t.create(items[0])
	t.remove(1, listed...)
	t.wantHoldings(t.listOwned(owner, 9, 9), items[0])
}

// removeMalformed: a malformed id counts as removed, a malformed revision as changed, and neither has an effect.
func removeMalformed(t trial) {
	itm := t.newItemsOf(newUser(), 1)[0]
	t.create(itm)
	revision := t.get(itm.ID).Revision
	for _, id := range []item.ID{"", "*", "../_all", "a?refresh#", "%2e%2e", "a\"},\n{\"delete\":{\"_id\":\"" + itm.ID, itm.ID + "\n", itm.ID[1:]} {
		t.remove(0, item.Holding{ID: id, Revision: revision})
	}
	for _, no := range []item.Revision{"", "0", "-1.1", "0.0", "1.1,\"version\":1", revision + "0", "\n" + revision} {
		t.remove(1, item.Holding{ID: itm.ID, Revision: no}, item.Holding{ID: newID(noon), Revision: no})
	}
	t.wantItem(itm)
}

// raceRemovals has half of the writers remove items, a few at a time from the last, and half change them from the first.
// Each item is removed or changed in the end, and every removal counts the changed ones.
func raceRemovals(t trial) {
	owner := newUser()
	items := t.newItemsOf(owner, 16)
	t.create(items...)
	listed := t.listOwned(owner, 99, 99)
	var wins [16]atomic.Int32
	var skipped [domaintest.Writers]int
	domaintest.Concurrently(func(writer int) {
		for i := range listed {
			if writer%2 == 0 {
				wins[i].Add(t.tryRename(items, listed[i]))
			} else if i%4 == 0 {
				changed, err := t.Holdings.Remove(t.Context(), listed[12-i:16-i])
				t.WantError("Remove", err, nil)
				skipped[writer] += changed
			}
		}
	})
	left := t.listOwned(owner, 99, 99)
	for i, h := range listed {
		is := slices.ContainsFunc(left, func(l item.Holding) bool { return l.ID == h.ID })
		if n := wins[i].Load(); n > 1 || is != (n == 1) {
			t.Errorf("%s was changed %d times, and is there: %t", h.ID, n, is)
		}
	}
	for writer, n := range skipped {
		if writer%2 == 1 && n != len(left) {
			t.Errorf("writer %d counted %d changed items, want %d", writer, n, len(left))
		}
	}
}

// tryRename returns 1 if it renames the item, 0 if another write was first.
func (t trial) tryRename(items []item.Item, h item.Holding) int32 {
	i := slices.IndexFunc(items, func(itm item.Item) bool { return itm.ID == h.ID })
	next, _ := items[i].Change(item.Patch{Name: domain.Some("Changed")}, at(time.Second))
	err := t.Store.Replace(t.Context(), next, h.Revision)
	if err == nil {
		return 1
	}
	t.WantError("Replace", err, domain.ErrConflict)
	return 0
}

// removeThousands removes more items than one call may, page by page.
func removeThousands(t trial) {
	owner, other := newUser(), newUser()
	const removed, kept = 2*item.MaxHoldings + 10, 20
	items, others := t.newItemsOf(owner, removed+kept), t.newItemsOf(other, 10)
	t.seed(append(others, items...))
	listed := t.listOwned(owner, removed+1, item.MaxHoldings)
	t.wantHoldings(listed, items[:removed]...)
	for page := range slices.Chunk(listed, item.MaxHoldings) {
		t.remove(0, page...)
	}
	t.wantHoldings(t.listOwned(owner, 1<<60, item.MaxHoldings), items[removed:]...)
	t.wantHoldings(t.listOwned(other, 1<<60, item.MaxHoldings), others...)
}

// holdingsWithCanceledContext accepts an adapter that ignores the context.
func holdingsWithCanceledContext(t trial) {
	itm := t.newItemsOf(newUser(), 1)[0]
	t.create(itm)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, listErr := t.Holdings.ListOwned(ctx, itm.OwnerID, 9, "", 9)
	_, removeErr := t.Holdings.Remove(ctx, []item.Holding{{ID: itm.ID, Revision: t.get(itm.ID).Revision}})
	for _, err := range []error{t.Holdings.Refresh(ctx), listErr, removeErr} {
		if err != nil && !errors.Is(err, domain.ErrUnavailable) {
			t.Errorf("with a context that has ended: %v, want none or %v", err, domain.ErrUnavailable)
		}
	}
}

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
	"rental.example/domain/item"
)

func holding() []test {
	return []test{
		{"holdings/none", holdsNothing},
		{"holdings/one owner's, below a version", holdsOwners},
		{"holdings/pages", holdsPages},
		{"holdings/a refresh shows every write", refreshShows},
		{"holdings/revisions let others write", heldRevisions},
		{"holdings/remove", removes},
		{"holdings/remove spares what has changed", removeSpares},
		{"holdings/remove what is gone", removeGone},
		{"holdings/remove no ids", removeNoIDs},
		{"holdings/remove against changes", racesRemovals},
		{"holdings/thousands", holdsThousands},
		{"holdings/a context that has ended", holdingsContextEnded},
	}
}

// itemsOf are n items of owner that nobody has heard of, listed under versions 1 .. n.
func (t trial) itemsOf(owner domain.UserID, n int) []item.Item {
	t.Helper()
	var items []item.Item
	for i := range n {
		it := t.newItem(item.Draft{}, at(time.Duration(i%7)*time.Microsecond))
		it.OwnerID, it.OwnerVersion = owner, domain.Version(i+1)
		items = append(items, it)
	}
	return items
}

func (t trial) refresh() {
	t.Helper()
	if err := t.Holdings.Refresh(t.Context()); err != nil {
		t.Fatalf("Refresh = %v", err)
	}
}

// held is what owner holds below a version, in pages of limit, after a refresh.
func (t trial) held(owner domain.UserID, below domain.Version, limit int) []item.Holding {
	t.Helper()
	t.refresh()
	var all []item.Holding
	for after := item.ID(""); ; after = all[len(all)-1].ID {
		page, err := t.Holdings.ListOwned(t.Context(), owner, below, after, limit)
		if err != nil || len(page) > limit {
			t.Fatalf("Held(%s, %d, %q, %d) = %d, %v", owner, below, after, limit, len(page), err)
		}
		all = append(all, page...)
		if len(page) < limit {
			return all
		}
	}
}

// wantHeld checks that got is want, in the order of ids.
func (t trial) wantHeld(got []item.Holding, want ...item.Item) {
	t.Helper()
	var all []item.Holding
	for _, it := range want {
		all = append(all, item.Holding{ID: it.ID, OwnerVersion: it.OwnerVersion, CreatedAt: it.CreatedAt})
	}
	slices.SortFunc(all, func(a, b item.Holding) int { return cmp.Compare(a.ID, b.ID) })
	var stateless []item.Holding
	for _, h := range got {
		h.Revision = ""
		stateless = append(stateless, h)
	}
	if diff := gocmp.Diff(all, stateless); diff != "" {
		t.Errorf("Held (-want +got):\n%s", diff)
	}
}

// remove checks that changed of held stay.
func (t trial) remove(changed int, held ...item.Holding) {
	t.Helper()
	if got, err := t.Holdings.Remove(t.Context(), held); err != nil || got != changed {
		t.Errorf("Remove of %d = %d, %v; want %d", len(held), got, err, changed)
	}
}

func holdsNothing(t trial) {
	t.wantHeld(t.held(newUser(), 1<<60, 10))
	t.create(t.itemsOf(newUser(), 1)...)
	t.wantHeld(t.held(newUser(), 1<<60, 10))
}

// holdsOwners has owners whose ids a query or a URL could misread.
func holdsOwners(t trial) {
	owners := []domain.UserID{newUser(), newUser(), `a"b`, "a/../b?c=%2F&d#e", "*", "東京 \\"}
	items := make(map[domain.UserID][]item.Item)
	for _, owner := range owners {
		items[owner] = t.itemsOf(owner, 4)
		items[owner][0].OwnerVersion = 0 // listed before anything was known of the owner
		t.create(items[owner]...)
	}
	for _, owner := range owners {
		for below, want := range map[domain.Version]int{0: 0, 1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 1 << 62: 4} {
			t.wantHeld(t.held(owner, below, item.MaxHoldings), items[owner][:want]...)
		}
	}
}

func holdsPages(t trial) {
	owner := newUser()
	items := t.itemsOf(owner, 12)
	t.seed(items[:5])
	t.seed(items[5:])
	for _, limit := range []int{1, 5, 6, 11, 12, 13, item.MaxHoldings} {
		t.wantHeld(t.held(owner, 13, limit), items...)
		t.wantHeld(t.held(owner, 9, limit), items[:8]...)
	}
	slices.SortFunc(items, func(a, b item.Item) int { return cmp.Compare(a.ID, b.ID) })
	next := items[3].ID[:len(items[3].ID)-1] + "Z" // behind items[3], and nobody's but by chance
	for after, want := range map[item.ID][]item.Item{"0": items, next: items[4:], items[11].ID: nil, "~": nil} {
		got, err := t.Holdings.ListOwned(t.Context(), owner, 13, after, 12)
		if err != nil {
			t.Errorf("Held after %q = %v", after, err)
		}
		t.wantHeld(got, want...)
	}
}

func refreshShows(t trial) {
	owner := newUser()
	items := t.itemsOf(owner, 3)
	t.create(items...)
	t.wantHeld(t.held(owner, 9, 9), items...)
	if err := t.Store.Delete(t.Context(), items[0].ID, t.get(items[0].ID).Revision); err != nil {
		t.Fatal(err)
	}
	changed := t.renamed(items[1], "Changed", at(time.Second))
	changed.OwnerVersion = 8
	if err := t.Store.Replace(t.Context(), changed, t.get(changed.ID).Revision); err != nil {
		t.Fatal(err)
	}
	t.wantHeld(t.held(owner, 9, 9), changed, items[2])
	t.wantHeld(t.held(owner, 8, 9), items[2])
}

func heldRevisions(t trial) {
	owner := newUser()
	items := t.itemsOf(owner, 2)
	t.create(items...)
	for _, h := range t.held(owner, 9, 9) {
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
	items := t.itemsOf(owner, 5)
	t.create(items...)
	t.remove(0)
	t.wantHeld(t.held(owner, 9, 9), items...)
	t.remove(0, t.held(owner, 3, 9)...)
	t.wantAbsent(items[0].ID)
	t.wantAbsent(items[1].ID)
	t.wantItem(items[2])
	t.wantHeld(t.held(owner, 9, 9), items[2:]...)
}

func removeSpares(t trial) {
	owner := newUser()
	items := t.itemsOf(owner, 4)
	t.create(items...)
	held := t.held(owner, 9, 9)
	for i := range 2 {
		items[i] = t.renamed(items[i], "Changed", at(time.Second))
		if err := t.Store.Replace(t.Context(), items[i], t.get(items[i].ID).Revision); err != nil {
			t.Fatal(err)
		}
	}
	t.remove(2, held...)
	t.wantItem(items[0])
	t.wantItem(items[1])
	t.wantHeld(t.held(owner, 9, 9), items[:2]...)
	t.remove(2, held...)
	t.remove(0, t.held(owner, 9, 9)...)
	t.wantHeld(t.held(owner, 9, 9))
}

// removeGone has an item twice in one list, lists that come again, and one that was made anew since.
func removeGone(t trial) {
	owner := newUser()
	items := t.itemsOf(owner, 3)
	t.create(items...)
	held := t.held(owner, 9, 9)
	t.remove(0, append(held, held...)...)
	t.remove(0, held...)
	t.wantHeld(t.held(owner, 9, 9))
	t.create(items[0])
	t.remove(1, held...)
	t.wantHeld(t.held(owner, 9, 9), items[0])
}

// removeNoIDs has what is no item's id, or no state of one, do no harm: the first is gone, the second another
// state.
func removeNoIDs(t trial) {
	it := t.itemsOf(newUser(), 1)[0]
	t.create(it)
	revision := t.get(it.ID).Revision
	for _, id := range []item.ID{"", "*", "../_all", "a?refresh#", "%2e%2e", "a\"},\n{\"delete\":{\"_id\":\"" + it.ID, it.ID + "\n", it.ID[1:]} {
		t.remove(0, item.Holding{ID: id, Revision: revision})
	}
	for _, no := range []item.Revision{"", "0", "-1.1", "0.0", "1.1,\"version\":1", revision + "0", "\n" + revision} {
		t.remove(1, item.Holding{ID: it.ID, Revision: no}, item.Holding{ID: newID(noon), Revision: no})
	}
	t.wantItem(it)
}

// racesRemovals has half of the writers remove items, a few at a time from the last on, and half change them from
// the first on. Each item ends removed or changed, and every removal has counted the changed ones.
func racesRemovals(t trial) {
	owner := newUser()
	items := t.itemsOf(owner, 16)
	t.create(items...)
	held := t.held(owner, 99, 99)
	var wins [16]atomic.Int32
	var stayed [writers]int
	together(func(writer int) {
		for i := range held {
			if writer%2 == 0 {
				wins[i].Add(t.tryRename(items, held[i]))
			} else if i%4 == 0 {
				changed, err := t.Holdings.Remove(t.Context(), held[12-i:16-i])
				if err != nil {
					t.Errorf("Remove = %v", err)
				}
				stayed[writer] += changed
			}
		}
	})
	left := t.held(owner, 99, 99)
	for i, h := range held {
		is := slices.ContainsFunc(left, func(l item.Holding) bool { return l.ID == h.ID })
		if n := wins[i].Load(); n > 1 || is != (n == 1) {
			t.Errorf("%s was changed %d times, and is there: %t", h.ID, n, is)
		}
	}
	for writer, n := range stayed {
		if writer%2 == 1 && n != len(left) {
			t.Errorf("writer %d was told of %d changed ones, want %d", writer, n, len(left))
		}
	}
}

// tryRename returns 1 if it wins.
func (t trial) tryRename(items []item.Item, h item.Holding) int32 {
	i := slices.IndexFunc(items, func(it item.Item) bool { return it.ID == h.ID })
	next, _ := items[i].Change(item.Patch{Name: domain.Some("Changed")}, at(time.Second))
	switch err := t.Store.Replace(t.Context(), next, h.Revision); {
	case err == nil:
		return 1
	case !errors.Is(err, domain.ErrConflict):
		t.Errorf("Replace = %v", err)
	}
	return 0
}

// holdsThousands removes, page by page, more than one call may take.
func holdsThousands(t trial) {
	owner, other := newUser(), newUser()
	const dead, living = 2*item.MaxHoldings + 10, 20
	items, others := t.itemsOf(owner, dead+living), t.itemsOf(other, 10)
	t.seed(append(others, items...))
	held := t.held(owner, dead+1, item.MaxHoldings)
	t.wantHeld(held, items[:dead]...)
	for page := range slices.Chunk(held, item.MaxHoldings) {
		t.remove(0, page...)
	}
	t.wantHeld(t.held(owner, 1<<60, item.MaxHoldings), items[dead:]...)
	t.wantHeld(t.held(other, 1<<60, item.MaxHoldings), others...)
}

// holdingsContextEnded accepts that one does not look at its context, but no other error than the port names.
func holdingsContextEnded(t trial) {
	it := t.itemsOf(newUser(), 1)[0]
	t.create(it)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, heldErr := t.Holdings.ListOwned(ctx, it.OwnerID, 9, "", 9)
	_, removeErr := t.Holdings.Remove(ctx, []item.Holding{{ID: it.ID, Revision: t.get(it.ID).Revision}})
	for _, err := range []error{t.Holdings.Refresh(ctx), heldErr, removeErr} {
		if err != nil && !errors.Is(err, domain.ErrUnavailable) {
			t.Errorf("with a context that has ended: %v, want none or %v", err, domain.ErrUnavailable)
		}
	}
}

package usertest

import (
	"fmt"
	"math"
	"slices"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func listing() []test {
	return []test{
		{"List/of nothing", listsNothing},
		{"List/in the order of creation", listsInOrder},
		{"List/what others may read", listsPublic},
		{"List/follows changes of type", listsByType},
		{"List/without what is deleted", listsNoneDeleted},
		{"List/copies", listCopies},
		{"List/from any position", listsFromAnywhere},
	}
}

// walk reads a listing from q.After to its end, and checks what holds for every one: pages within the
// limit, none empty behind another, in the order of creation, nobody twice.
func (t trial) walk(q user.ListQuery) []user.Public {
	t.Helper()
	var all []user.Public
	seen := make(map[domain.UserID]bool)
	for {
		page := t.page(q)
		if len(page.Profiles) == 0 && (page.Next != nil || q.After != nil) {
			t.Errorf("List(%+v): nothing, next %v", q, page.Next)
		}
		for _, p := range page.Profiles {
			if seen[p.ID] {
				t.Fatalf("List(%+v): %s comes twice", q, p.ID)
			}
			seen[p.ID] = true
		}
		all = append(all, page.Profiles...)
		if page.Next == nil {
			break
		}
		q.After = page.Next
	}
	if !slices.IsSortedFunc(all, func(a, b user.Public) int { return a.CreatedAt.Compare(b.CreatedAt) }) {
		t.Errorf("List(%+v): not in the order of creation: %v", q, all)
	}
	return all
}

func (t trial) page(q user.ListQuery) user.Page {
	t.Helper()
	page, err := t.store.List(t.Context(), q)
	if err != nil {
		t.Fatalf("List(%+v) = %v", q, err)
	}
	if n := len(page.Profiles); n > q.Limit {
		t.Fatalf("List(%+v): %d profiles", q, n)
	}
	return page
}

// wantListed waits until a listing holds exactly these profiles.
func (t trial) wantListed(q user.ListQuery, want ...user.Profile) {
	t.Helper()
	wanted := make(map[domain.UserID]user.Public)
	for _, p := range want {
		wanted[p.ID] = p.Public()
	}
	t.eventually(func() string {
		got := make(map[domain.UserID]user.Public)
		for _, p := range t.walk(q) {
			got[p.ID] = p
		}
		return difference(got, wanted)
	})
}

func difference(got, want map[domain.UserID]user.Public) string {
	for id, w := range want {
		if g, ok := got[id]; !ok {
			return fmt.Sprintf("not listed: %+v", w)
		} else if g != w {
			return fmt.Sprintf("listed\n got %+v\nwant %+v", g, w)
		}
	}
	for id, g := range got {
		if _, ok := want[id]; !ok {
			return fmt.Sprintf("listed though it should not be: %+v", g)
		}
	}
	return ""
}

// populate saves n profiles, the types taking turns, each created step after the one before.
func (t trial) populate(n int, step time.Duration) []user.Profile {
	t.Helper()
	all := make([]user.Profile, n)
	for i := range all {
		typ := user.Types()[i%len(user.Types())]
		all[i] = t.save(t.newProfile(typ, at(time.Duration(i)*step)))
	}
	return all
}

func ofType(all []user.Profile, typ user.Type) []user.Profile {
	return slices.DeleteFunc(slices.Clone(all), func(p user.Profile) bool { return p.Type != typ })
}

func listsNothing(t trial) {
	for _, typ := range append(user.Types(), "") {
		if page := t.page(user.ListQuery{Type: typ, Limit: 10}); len(page.Profiles) > 0 || page.Next != nil {
			t.Errorf("List of nothing = %+v", page)
		}
	}
}

func listsInOrder(t trial) {
	all := t.populate(60, time.Microsecond)
	early := t.save(t.newProfile(user.Rentee, at(-time.Hour))) // made last, by a clock that is behind
	all = append(all, early)
	for _, limit := range []int{1, 7, 60, 61, 1000} {
		t.wantListed(user.ListQuery{Limit: limit}, all...)
		for _, typ := range user.Types() {
			t.wantListed(user.ListQuery{Limit: limit, Type: typ}, ofType(all, typ)...)
		}
	}
	if first := t.page(user.ListQuery{Limit: 1}).Profiles[0]; first != early.Public() {
		t.Errorf("first of all: got %+v, want %+v", first, early.Public())
	}
}

func listsPublic(t trial) {
	p := t.newProfile(user.Renter, at(0))
	p.Ratings = 1.0 / 3
	p = t.save(p)
	t.wantListed(user.ListQuery{Limit: 5}, p)
	p = t.save(renamed(p, "Joan", at(time.Second)))
	t.wantListed(user.ListQuery{Limit: 5}, p)
}

func listsByType(t trial) {
	all := t.populate(10, time.Millisecond)
	for i, p := range all {
		p.Type = user.Rentee
		all[i] = t.save(renamed(p, "Joan", at(time.Hour)))
	}
	t.wantListed(user.ListQuery{Limit: 3, Type: user.Renter})
	t.wantListed(user.ListQuery{Limit: 3, Type: user.Rentee}, all...)
	t.wantListed(user.ListQuery{Limit: 3}, all...)
}

func listsNoneDeleted(t trial) {
	all := t.populate(12, time.Millisecond)
	for _, p := range all[6:] {
		t.delete(p.ID, at(time.Hour))
	}
	again := t.save(t.profileOf(all[6].ID, user.Rentee, at(0)))
	want := append(slices.Clone(all[:6]), again)
	t.wantListed(user.ListQuery{Limit: 4}, want...)
	t.wantListed(user.ListQuery{Limit: 4, Type: user.Rentee}, ofType(want, user.Rentee)...)
}

func listCopies(t trial) {
	all := t.populate(3, time.Second)
	q := user.ListQuery{Limit: 2}
	t.wantListed(q, all...)
	page := t.page(q)
	page.Profiles[0].Name, page.Next.ID = "somebody else", "nobody"
	t.wantListed(q, all...)
}

// listsFromAnywhere continues behind positions that nobody handed out, as a forged cursor would.
func listsFromAnywhere(t trial) {
	all := t.populate(8, time.Second)
	t.wantListed(user.ListQuery{Limit: 3}, all...)
	micros := []int64{math.MinInt64, -1, 0, 1, noon.UnixMicro(), math.MaxInt64}
	ids := []domain.UserID{"", "x", "\x00", newID(), domain.UserID(make([]byte, 3000)), all[0].ID}
	for _, typ := range []user.Type{"", user.Renter, "landlord"} {
		for _, m := range micros {
			for _, id := range ids {
				pos := user.Position{CreatedAt: time.UnixMicro(m).UTC(), Type: "none", ID: id}
				for _, pos.Type = range []user.Type{"", user.Rentee, "zzz"} {
					if _, err := t.store.List(t.Context(), user.ListQuery{Type: typ, Limit: 3, After: &pos}); err != nil {
						t.Errorf("List of %q from %+v = %v", typ, pos, err)
					}
				}
			}
		}
	}
	behind := user.Position{CreatedAt: all[3].CreatedAt, Type: "zzz", ID: "zzz"}
	for _, p := range t.walk(user.ListQuery{Limit: 3, After: &behind}) {
		if p.CreatedAt.Before(behind.CreatedAt) {
			t.Errorf("behind %v came %+v", behind, p)
		}
	}
}

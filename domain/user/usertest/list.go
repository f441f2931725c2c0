package usertest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

// readAll reads all pages of a list from q.After on. It checks that no page exceeds the limit, that none but the first is
// empty, and that the profiles are in order of creation and unique.
func (t trial) readAll(q user.ListQuery) []user.Public {
	t.Helper()
	var all []user.Public
	seen := make(map[domain.UserID]bool)
	for {
		page := t.page(q)
		if len(page.Profiles) == 0 && (page.Next != nil || q.After != nil) {
			t.Errorf("List(%+v): empty page, next %v", q, page.Next)
		}
		for _, p := range page.Profiles {
			if seen[p.ID] {
				t.Fatalf("List(%+v): %s is listed twice", q, p.ID)
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
		t.Errorf("List(%+v): not in order of creation: %v", q, all)
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

// wantListed waits until a list contains exactly these profiles.
func (t trial) wantListed(q user.ListQuery, profiles ...user.Profile) {
	t.Helper()
	want := make(map[domain.UserID]user.Public)
	for _, p := range profiles {
		want[p.ID] = p.Public()
	}
	t.eventually(func() string {
		got := make(map[domain.UserID]user.Public)
		for _, p := range t.readAll(q) {
			got[p.ID] = p
		}
		for id, w := range want {
			if got[id] != w {
				return fmt.Sprintf("List(%+v) of %s\n got %+v\nwant %+v", q, id, got[id], w)
			}
		}
		if len(got) > len(want) {
			return fmt.Sprintf("List(%+v): %d profiles, want %d", q, len(got), len(want))
		}
		return ""
	})
}

// saveMany saves n profiles of alternating types, each created step after the previous one.
func (t trial) saveMany(n int, step time.Duration) []user.Profile {
	t.Helper()
	all := make([]user.Profile, n)
	for i := range all {
		typ := user.Types()[i%len(user.Types())]
		all[i] = t.saveNew(typ, at(time.Duration(i)*step))
	}
	return all
}

func ofType(all []user.Profile, typ user.Type) []user.Profile {
	return slices.DeleteFunc(slices.Clone(all), func(p user.Profile) bool { return p.Type != typ })
}

func listEmpty(t trial) {
	for _, typ := range append(user.Types(), "") {
		if page := t.page(user.ListQuery{Type: typ, Limit: 10}); len(page.Profiles) > 0 || page.Next != nil {
			t.Errorf("List of an empty store = %+v", page)
		}
	}
}

func listInOrder(t trial) {
	all := t.saveMany(60, time.Microsecond)
	early := t.saveNew(user.Rentee, at(-time.Hour)) // saved last, by a slow clock
	all = append(all, early)
	for _, limit := range []int{1, 7, 60, 61, 1000} {
		t.wantListed(user.ListQuery{Limit: limit}, all...)
		for _, typ := range user.Types() {
			t.wantListed(user.ListQuery{Limit: limit, Type: typ}, ofType(all, typ)...)
		}
	}
	if first := t.page(user.ListQuery{Limit: 1}).Profiles[0]; first != early.Public() {
		t.Errorf("first profile: got %+v, want %+v", first, early.Public())
	}
}

func listByType(t trial) {
	all := t.saveMany(10, time.Millisecond)
	for i, p := range all {
		p.Type, p.Ratings = user.Rentee, 1.0/3
		all[i] = t.save(renamed(p, "Joan", at(time.Hour)))
	}
	t.wantListed(user.ListQuery{Limit: 3, Type: user.Renter})
	t.wantListed(user.ListQuery{Limit: 3, Type: user.Rentee}, all...)
	t.wantListed(user.ListQuery{Limit: 3}, all...)
}

func listWithoutDeleted(t trial) {
	all := t.saveMany(12, time.Millisecond)
	for _, p := range all[6:] {
		t.delete(p.ID, at(time.Hour))
	}
	recreated := t.save(t.profileOf(all[6].ID, user.Rentee, at(0)))
	want := append(slices.Clone(all[:6]), recreated)
	t.wantListed(user.ListQuery{Limit: 4}, want...)
	t.wantListed(user.ListQuery{Limit: 4, Type: user.Rentee}, ofType(want, user.Rentee)...)
}

func listCopies(t trial) {
	all := t.saveMany(3, time.Second)
	q := user.ListQuery{Limit: 2}
	t.wantListed(q, all...)
	page := t.page(q)
	page.Profiles[0].Name, page.Next.ID = "changed", "changed"
	t.wantListed(q, all...)
}

// listFromAnyPosition continues after positions that no page returned, as a forged cursor can contain.
func listFromAnyPosition(t trial) {
	all := t.saveMany(8, time.Second)
	t.wantListed(user.ListQuery{Limit: 3}, all...)
	ids := []domain.UserID{"", "x", "\x00", newID(), domain.UserID(make([]byte, 3000)), all[0].ID}
	for _, typ := range []user.Type{"", user.Renter, "landlord"} {
		for _, micros := range []int64{math.MinInt64, -1, 0, 1, noon.UnixMicro(), math.MaxInt64} {
			for _, id := range ids {
				pos := user.Position{CreatedAt: time.UnixMicro(micros).UTC(), ID: id}
				for _, pos.Type = range []user.Type{"", user.Rentee, "zzz"} {
					if _, err := t.store.List(t.Context(), user.ListQuery{Type: typ, Limit: 3, After: &pos}); err != nil {
						t.Errorf("List of %q from %+v = %v", typ, pos, err)
					}
				}
			}
		}
	}
	after := user.Position{CreatedAt: all[3].CreatedAt, Type: "zzz", ID: "zzz"}
	for _, p := range t.readAll(user.ListQuery{Limit: 3, After: &after}) {
		if p.CreatedAt.Before(after.CreatedAt) {
			t.Errorf("after %v: %+v", after, p)
		}
	}
}

// listTies lists profiles of the same microsecond: their order is the same with every limit.
func listTies(t trial) {
	all := t.saveMany(40, 0)
	for _, typ := range append(user.Types(), "") {
		profiles := all
		if typ != "" {
			profiles = ofType(all, typ)
		}
		t.wantListed(user.ListQuery{Type: typ, Limit: 100}, profiles...)
		want := t.readAll(user.ListQuery{Type: typ, Limit: 100})
		for _, limit := range []int{1, 3, 7, 39} {
			if got := t.readAll(user.ListQuery{Type: typ, Limit: limit}); !slices.Equal(got, want) {
				t.Errorf("limit %d, type %q\n got %v\nwant %v", limit, typ, got, want)
			}
		}
	}
}

// listAfterDeleted deletes the profiles of each page before it reads the next one.
func listAfterDeleted(t trial) {
	for _, step := range []time.Duration{0, time.Second} {
		all := t.saveMany(24, step)
		t.wantListed(user.ListQuery{Limit: 100}, all...)
		listed := 0
		q := user.ListQuery{Limit: 5}
		for page := t.page(q); ; page = t.page(q) {
			listed += len(page.Profiles)
			for _, p := range page.Profiles {
				t.delete(p.ID, at(time.Hour))
			}
			if q.After = page.Next; q.After == nil {
				break
			}
		}
		if listed != len(all) {
			t.Errorf("step %v: %d profiles listed, want %d", step, listed, len(all))
		}
		t.wantListed(user.ListQuery{Limit: 100})
	}
}

// listAmongWrites creates, deletes and changes profiles between the pages: each unchanged profile is listed once.
func listAmongWrites(t trial) {
	all := t.saveMany(90, time.Microsecond)
	t.wantListed(user.ListQuery{Limit: 100}, all...)
	unchanged, changing := make(map[domain.UserID]bool), []user.Profile{}
	for i, p := range all {
		if i%3 == 0 {
			unchanged[p.ID] = true
		} else {
			changing = append(changing, p)
		}
	}
	listed := 0
	q := user.ListQuery{Limit: 4}
	for round := 0; ; round++ {
		if round > 2*len(all) {
			t.Fatalf("%d pages and no end", round)
		}
		page := t.page(q)
		for _, p := range page.Profiles {
			if unchanged[p.ID] {
				listed++
			}
		}
		if q.After = page.Next; q.After == nil {
			break
		}
		changing = t.writeBetweenPages(changing, round)
	}
	if listed != len(unchanged) {
		t.Errorf("unchanged profiles listed %d times, want %d", listed, len(unchanged))
	}
}

// writeBetweenPages deletes one profile, changes two, and creates one among them.
func (t trial) writeBetweenPages(profiles []user.Profile, round int) []user.Profile {
	t.Helper()
	if len(profiles) < 3 || round > 60 { // or the list would never end
		return profiles
	}
	s := at(time.Hour + time.Duration(round)*time.Second)
	i := round * 7 % (len(profiles) - 2)
	t.delete(profiles[i].ID, s)
	t.save(renamed(profiles[i+1], "Joan "+strconv.Itoa(round), s))
	changed := renamed(profiles[i+2], "Jack", s)
	changed.Type = user.Renter
	t.save(changed)
	t.saveNew(user.Rentee, at(time.Duration(round)*time.Microsecond))
	return slices.Delete(slices.Clone(profiles), i, i+1)
}

package usertest

import (
	"slices"
	"strconv"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func paging() []test {
	return []test{
		{"paging/within one microsecond", pagesTies},
		{"paging/behind who is gone", pagesBehindVanished},
		{"paging/while others come, change and go", pagesAmongChanges},
	}
}

// pagesTies lists profiles of the same microsecond, of both types: by pages of any size they come in
// the same order.
func pagesTies(t trial) {
	all := t.populate(40, 0)
	for _, typ := range append(user.Types(), "") {
		want := all
		if typ != "" {
			want = ofType(all, typ)
		}
		t.wantListed(user.ListQuery{Type: typ, Limit: 100}, want...)
		whole := t.walk(user.ListQuery{Type: typ, Limit: 100})
		for _, limit := range []int{1, 3, 7, 39} {
			if got := t.walk(user.ListQuery{Type: typ, Limit: limit}); !slices.Equal(got, whole) {
				t.Errorf("by %d of type %q\n got %v\nwant %v", limit, typ, got, whole)
			}
		}
	}
}

// pagesBehindVanished deletes, after each page, the profile that its end points to.
func pagesBehindVanished(t trial) {
	for _, step := range []time.Duration{0, time.Second} {
		all := t.populate(24, step)
		t.wantListed(user.ListQuery{Limit: 100}, all...)
		met := 0
		q := user.ListQuery{Limit: 5}
		for page := t.page(q); ; page = t.page(q) {
			met += len(page.Profiles)
			for _, p := range page.Profiles {
				t.delete(p.ID, at(time.Hour))
			}
			if q.After = page.Next; q.After == nil {
				break
			}
		}
		if met != len(all) {
			t.Errorf("step %v: met %d profiles, want %d", step, met, len(all))
		}
		t.wantListed(user.ListQuery{Limit: 100})
	}
}

// pagesAmongChanges has the profiles that nobody touches met exactly once, though around them some
// are made, deleted, renamed and turned into the other type between the pages.
func pagesAmongChanges(t trial) {
	all := t.populate(90, time.Microsecond)
	t.wantListed(user.ListQuery{Limit: 100}, all...)
	stable, busy := make(map[domain.UserID]bool), []user.Profile{}
	for i, p := range all {
		if i%3 == 0 {
			stable[p.ID] = true
		} else {
			busy = append(busy, p)
		}
	}
	met := 0
	q := user.ListQuery{Limit: 4}
	for round := 0; ; round++ {
		if round > 2*len(all) {
			t.Fatalf("no end after %d pages", round)
		}
		page := t.page(q)
		for _, p := range page.Profiles {
			if stable[p.ID] {
				met++
			}
		}
		if q.After = page.Next; q.After == nil {
			break
		}
		busy = t.disturb(busy, round)
	}
	if met != len(stable) {
		t.Errorf("met %d untouched profiles, want each of %d once", met, len(stable))
	}
}

// disturb deletes one profile of busy, changes two, and makes another in their midst.
func (t trial) disturb(busy []user.Profile, round int) []user.Profile {
	t.Helper()
	if len(busy) < 3 || round > 60 { // enough: the walk has to end
		return busy
	}
	s := at(time.Hour + time.Duration(round)*time.Second)
	i := round * 7 % (len(busy) - 2)
	t.delete(busy[i].ID, s)
	t.save(renamed(busy[i+1], "Joan "+strconv.Itoa(round), s))
	turned := renamed(busy[i+2], "Jack", s)
	turned.Type = user.Renter
	t.save(turned)
	t.save(t.newProfile(user.Rentee, at(time.Duration(round)*time.Microsecond)))
	return slices.Delete(slices.Clone(busy), i, i+1)
}

package usertest

import (
	"math"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/domain"
	"rental.example/domain/user"
)

// list returns the first page of 100 profiles after a position, nil for the first.
func (t trial) list(after *user.Position) []user.Public {
	t.Helper()
	page, err := t.store.List(t.Context(), user.ListQuery{Limit: 100, After: after})
	if err != nil {
		t.Fatalf("List after %+v = %v", after, err)
	}
	return page.Profiles
}

// wantListed waits until the list of all profiles is these, in this order.
func (t trial) wantListed(profiles []user.Profile) {
	t.Helper()
	var want []user.Public
	for _, p := range profiles {
		want = append(want, p.Public())
	}
	t.Eventually(func() string { return cmp.Diff(want, t.list(nil)) })
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

// listFromAnyPosition continues after positions that no page returned, as a forged cursor can contain.
func listFromAnyPosition(t trial) {
	all := t.saveMany(8, time.Second)
	t.wantListed(all)
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
	for _, p := range t.list(&after) {
		if p.CreatedAt.Before(after.CreatedAt) {
			t.Errorf("after %v: %+v", after, p)
		}
	}
}

package itemtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/domain/item"
)

func searchEmpty(t trial) {
	for _, p := range []item.Params{
		{}, {Text: pointer("drill")}, {Lat: pointer(0.0), Lng: pointer(0.0)}, {Sort: pointer("price")},
	} {
		got := t.search(t.query(p))
		if len(got.Items) != 0 || got.Next != nil || got.Total != (item.Total{Exact: true}) || len(got.Categories)+len(got.Tags) != 0 {
			t.Errorf("Search(%s) = %+v, want nothing", describe(p), got)
		}
	}
}

func searchWholeItems(t trial) {
	want := t.createNew(fullDraft())
	got := t.all(item.Params{})
	if len(got) != 1 || !got[0].Equal(want) {
		t.Errorf("Search\n got %+v\nwant %+v", got, want)
	}
}

// searchAfterWrites: a search sees acknowledged writes of the same caller.
func searchAfterWrites(t trial) {
	itm := t.createNew(item.Draft{Name: "First"})
	t.wantNames(item.Params{}, "First")
	itm = t.renamed(itm, "Second", at(time.Second))
	t.replace(itm)
	t.wantNames(item.Params{}, "Second")
	t.wantNames(item.Params{Text: pointer("first")})
	t.delete(itm.ID)
	t.wantNames(item.Params{})
}

// satisfies reports whether itm passes the filters of q.
func satisfies(q item.Query, itm item.Item) bool {
	for _, tag := range q.Tags {
		if !slices.Contains(itm.Tags, tag) {
			return false
		}
	}
	return (q.Near == nil || q.Near.Place.DistanceKm(itm.Place) <= q.Near.RadiusKm) &&
		(q.Category == "" || q.Category == itm.Category) &&
		(q.OwnerID == "" || q.OwnerID == itm.OwnerID) &&
		(q.MinPrice == nil || itm.PricePerDay != nil && *itm.PricePerDay >= *q.MinPrice) &&
		(q.MaxPrice == nil || itm.PricePerDay != nil && *itm.PricePerDay <= *q.MaxPrice)
}

// filterItems returns n items that differ in all fields that can be filtered.
func (t trial) filterItems(rng *rand.Rand, n int) []item.Item {
	owners := []string{string(newUser()), string(newUser()), string(newUser())}
	var items []item.Item
	for i := range n {
		d := item.Draft{Name: fmt.Sprint("Thing ", i), Lat: pointer(52 + rng.Float64()), Lng: pointer(13 + rng.Float64())}
		d.Category = []string{"", "tools", "tools-2", "boats"}[rng.IntN(4)]
		for _, tag := range []string{"red", "blue", "red-blue"} {
			if rng.IntN(2) == 0 {
				d.Tags = append(d.Tags, tag)
			}
		}
		if rng.IntN(4) > 0 {
			d.PricePerDay = pointer(float64(rng.IntN(8)))
		}
		itm := t.newItem(d, at(time.Duration(i)*time.Second))
		itm.OwnerID = t.query(item.Params{OwnerID: &owners[rng.IntN(3)]}).OwnerID
		items = append(items, itm)
	}
	return items
}

func filters(t trial) {
	rng := t.newRand()
	items := t.filterItems(rng, 200)
	t.seed(items[:100])
	t.seed(items[100:])
	owner := string(items[0].OwnerID)
	for combination := range 64 {
		var p item.Params
		for bit, set := range []func(){
			func() { p.Category = pointer("tools") },
			func() { p.Tags = []string{"red", "blue"}[rng.IntN(2):] },
			func() { p.MinPrice = pointer(float64(rng.IntN(4))) },
			func() { p.MaxPrice = pointer(float64(4 + rng.IntN(4))) },
			func() { p.OwnerID = &owner },
			func() { p.Lat, p.Lng, p.RadiusKm = pointer(52.5), pointer(13.5), pointer(30+20*rng.Float64()) },
		} {
			if combination&(1<<bit) != 0 {
				set()
			}
		}
		t.wantSatisfying(p, items)
	}
}

// wantSatisfying checks that p finds those of items that satisfy it, and no others.
func (t trial) wantSatisfying(p item.Params, items []item.Item) {
	t.Helper()
	p.Limit = pointer(item.MaxLimit)
	q := t.query(p)
	want := []string{}
	for _, itm := range items {
		if satisfies(q, itm) {
			want = append(want, itm.Name)
		}
	}
	got := names(t.readAll(q, func(int) {}))
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))); diff != "" {
		t.Errorf("Search(%s) (-want +got):\n%s", describe(p), diff)
	}
	if total := t.search(q).Total; total != (item.Total{Value: len(want), Exact: true}) {
		t.Errorf("Search(%s): total %+v, want %d", describe(p), total, len(want))
	}
}

// filtersPrice: bounds are inclusive, exact to the cent, and exclude items without a price.
func filtersPrice(t trial) {
	items := []item.Item{t.newItem(item.Draft{Name: "none"}, at(0))}
	for _, price := range []float64{0, 0.01, 19.98, 19.99, 20, 999_999.99, 1_000_000} {
		items = append(items, t.newItem(item.Draft{Name: fmt.Sprint(price), PricePerDay: &price}, at(0)))
	}
	t.seed(items)
	t.wantNames(item.Params{MinPrice: pointer(0.0)}, "0", "0.01", "19.98", "19.99", "20", "999999.99", "1e+06")
	t.wantNames(item.Params{MaxPrice: pointer(1_000_000.0)}, "0", "0.01", "19.98", "19.99", "20", "999999.99", "1e+06")
	t.wantNames(item.Params{MaxPrice: pointer(0.0)}, "0")
	t.wantNames(item.Params{MinPrice: pointer(19.99), MaxPrice: pointer(19.99)}, "19.99")
	t.wantNames(item.Params{MinPrice: pointer(19.99)}, "19.99", "20", "999999.99", "1e+06")
	t.wantNames(item.Params{MaxPrice: pointer(19.99)}, "0", "0.01", "19.98", "19.99")
}

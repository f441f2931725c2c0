package itemtest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/domain/item"
)

func filtering() []test {
	return []test{
		{"search/nothing there", findsNothing},
		{"search/what was found is whole", findsWholeItems},
		{"search/writes are seen", seesWrites},
		{"filter/each alone and combined", filters},
		{"filter/price", filtersPrice},
	}
}

func findsNothing(t trial) {
	for _, p := range []item.Params{
		{}, {Text: pointer("drill")}, {Lat: pointer(0.0), Lng: pointer(0.0)}, {Sort: pointer("price")},
	} {
		got := t.search(t.query(p))
		if len(got.Items) != 0 || got.Next != nil || got.Total != (item.Total{Exact: true}) || len(got.Categories)+len(got.Tags) != 0 {
			t.Errorf("Search(%s) = %+v, want nothing", describe(p), got)
		}
	}
}

func findsWholeItems(t trial) {
	want := t.newItem(full(), at(0))
	t.create(want)
	got := t.all(item.Params{})
	if len(got) != 1 || !got[0].Equal(want) {
		t.Errorf("Search\n got %+v\nwant %+v", got, want)
	}
}

// seesWrites: a search sees the writes of a caller who waited for their answer.
func seesWrites(t trial) {
	it := t.newItem(item.Draft{Name: "First"}, at(0))
	t.create(it)
	t.wantNames(item.Params{}, "First")
	it = t.renamed(it, "Second", at(time.Second))
	if err := t.Store.Replace(t.Context(), it, t.get(it.ID).Revision); err != nil {
		t.Fatal(err)
	}
	t.wantNames(item.Params{}, "Second")
	t.wantNames(item.Params{Text: pointer("first")})
	if err := t.Store.Delete(t.Context(), it.ID, t.get(it.ID).Revision); err != nil {
		t.Fatal(err)
	}
	t.wantNames(item.Params{})
}

// satisfies is the filters of a query, said again for one item.
func satisfies(q item.Query, it item.Item) bool {
	for _, tag := range q.Tags {
		if !slices.Contains(it.Tags, tag) {
			return false
		}
	}
	return (q.Near == nil || q.Near.Place.DistanceKm(it.Place) <= q.Near.RadiusKm) &&
		(q.Category == "" || q.Category == it.Category) &&
		(q.OwnerID == "" || q.OwnerID == it.OwnerID) &&
		(q.MinPrice == nil || it.PricePerDay != nil && *it.PricePerDay >= *q.MinPrice) &&
		(q.MaxPrice == nil || it.PricePerDay != nil && *it.PricePerDay <= *q.MaxPrice)
}

// catalog is n items that differ in all that can be filtered.
func (t trial) catalog(rng *rand.Rand, n int) []item.Item {
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
		it := t.newItem(d, at(time.Duration(i)*time.Second))
		it.OwnerID = t.query(item.Params{OwnerID: &owners[rng.IntN(3)]}).OwnerID
		items = append(items, it)
	}
	return items
}

func filters(t trial) {
	seed := rand.Uint64()
	t.Logf("seed=%d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	items := t.catalog(rng, 200)
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

// wantSatisfying checks that p finds those of items, and those only, that satisfy it.
func (t trial) wantSatisfying(p item.Params, items []item.Item) {
	t.Helper()
	p.Limit = item.MaxLimit
	q := t.query(p)
	want := []string{}
	for _, it := range items {
		if satisfies(q, it) {
			want = append(want, it.Name)
		}
	}
	got := names(t.walk(q, func(int) {}))
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(got))); diff != "" {
		t.Errorf("Search(%s) (-want +got):\n%s", describe(p), diff)
	}
	if total := t.search(q).Total; total != (item.Total{Value: len(want), Exact: true}) {
		t.Errorf("Search(%s): total %+v, want %d", describe(p), total, len(want))
	}
}

// filtersPrice: bounds belong to their range, to the cent, and no bound matches an item without a price.
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

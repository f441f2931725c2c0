package itemtest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"rental.example/domain/item"
)

func ordersByRelevance(t trial) {
	named := func(name, details string) item.Item {
		return t.newItem(item.Draft{Name: name, Details: details}, at(0))
	}
	t.seed([]item.Item{
		named("A", "about a drall"),                                                      // 1
		named("B", "about a drill, a drill and another drill"),                           // 2
		named("C drell", "about a drill"),                                                // 4: the best counts
		named("D drill and much else in so long a name that it says little of each", ""), // 8
	})
	t.wantOrder(text("drill"), "D drill and much else in so long a name that it says little of each", "C drell",
		"B", "A")

	// Other items and repeated words do not change a score; the scores of words add up.
	t.seed([]item.Item{
		named("E hammer drill", ""),      // 16
		named("F hamer", "drill"),        // 6
		named("G drill", "hammer"),       // 10
		named("H", "hammer drill"),       // 4
		named("I", "hamer dril, dril"),   // 2
		named("J drill drill drill", ""), // no hammer
	})
	t.wantOrder(text("drill hammer"), "E hammer drill", "G drill", "F hamer", "H", "I")
}

// ordersByPrice has items without a price in every segment, and one segment without prices.
func ordersByPrice(t trial) {
	var all []item.Item
	for segment := range 6 {
		var items []item.Item
		for i := range 40 {
			d := item.Draft{Name: fmt.Sprintf("%d/%d", segment, i)}
			if segment != 2 && i%3 > 0 {
				d.PricePerDay = pointer(float64((i*7 + segment) % 5))
			}
			items = append(items, t.newItem(d, at(time.Duration(i)*time.Minute)))
		}
		t.seed(items)
		all = append(all, items...)
	}
	for sort, descending := range map[string]bool{"price": false, "-price": true} {
		slices.SortFunc(all, func(a, b item.Item) int {
			return cmp.Or(comparePrices(a.PricePerDay, b.PricePerDay, descending), cmp.Compare(a.ID, b.ID))
		})
		for _, limit := range []int{1, 7, item.MaxLimit} {
			got := names(t.all(item.Params{Sort: &sort, Limit: &limit}))
			if diff := gocmp.Diff(names(all), got); diff != "" {
				t.Errorf("sort=%s limit=%d (-want +got):\n%s", sort, limit, diff)
			}
		}
	}
}

// ordersByNewest: microseconds count.
func ordersByNewest(t trial) {
	var items []item.Item
	var want []string
	for i := range 30 {
		name := fmt.Sprint("Thing ", i)
		items = append(items, t.newItem(item.Draft{Name: name}, at(time.Duration(-i)*time.Microsecond)))
		want = append(want, name)
	}
	slices.Reverse(items[:20])
	t.seed(items)
	t.wantOrder(item.Params{Limit: pointer(4)}, want...)
	t.wantOrder(item.Params{Sort: pointer("newest"), Limit: pointer(30)}, want...)
}

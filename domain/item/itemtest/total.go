package itemtest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/domain/item"
)

func totalOnEveryPage(t trial) {
	t.seedNamed("drill a", "drill b", "drill c", "saw")
	q := t.query(item.Params{Text: pointer("drill"), Limit: pointer(1)})
	for page := range 3 {
		got := t.search(q)
		if got.Total != (item.Total{Value: 3, Exact: true}) || (got.Next == nil) != (page == 2) {
			t.Errorf("page %d: total %+v, next %v", page, got.Total, got.Next)
		}
		q.After = got.Next
	}
}

func totalLowerBound(t trial) {
	if testing.Short() {
		t.Skip("needs more items than totals are exact for")
	}
	var items []item.Item
	for range item.ExactTotals + 100 {
		items = append(items, t.newItem(item.Draft{Category: "all"}, at(0)))
	}
	items[0].Category = "one"
	t.seed(items)
	q := t.query(item.Params{Limit: pointer(1)})
	if got := t.search(q).Total; got.Exact || got.Value < item.ExactTotals {
		t.Errorf("total of %d items: %+v, want inexact and not below %d", len(items), got, item.ExactTotals)
	}
	q.Category = "one"
	if got := t.search(q).Total; got != (item.Total{Value: 1, Exact: true}) {
		t.Errorf("total of one item: %+v", got)
	}
}

// countsFacets has more values than a facet shows, and ties.
func countsFacets(t trial) {
	var items []item.Item
	var categories, tags []item.Facet
	for i := range item.MaxFacets + 5 {
		slug := fmt.Sprintf("value-%02d", i)
		n := 3
		if i%2 == 1 {
			n = 2
		}
		for range n {
			items = append(items, t.newItem(item.Draft{Category: slug, Tags: []string{slug, "all"}}, at(0)))
		}
		categories = append(categories, item.Facet{Value: slug, Count: n})
	}
	items = append(items, t.newItem(item.Draft{}, at(0))) // in no facet
	t.seed(items)
	tags = append(tags, item.Facet{Value: "all", Count: len(items) - 1})
	var threes, twos []item.Facet
	for _, f := range categories {
		if f.Count == 3 {
			threes = append(threes, f)
		} else {
			twos = append(twos, f)
		}
	}
	categories = append(threes, twos...)
	tags = append(tags, categories...)
	got := t.search(t.query(item.Params{Limit: pointer(1)}))
	if diff := cmp.Diff([][]item.Facet{categories[:item.MaxFacets], tags[:item.MaxFacets]}, [][]item.Facet{got.Categories, got.Tags}); diff != "" {
		t.Errorf("facets (-want +got):\n%s", diff)
	}
	q := t.query(item.Params{Limit: pointer(1)})
	q.After = got.Next
	if second := t.search(q); len(second.Categories)+len(second.Tags) > 0 {
		t.Errorf("the second page has facets: %v, %v", second.Categories, second.Tags)
	}
}

func countsFacetsOfFound(t trial) {
	t.seed([]item.Item{
		t.newItem(item.Draft{Name: "drill", Category: "tools", Tags: []string{"red"}}, at(0)),
		t.newItem(item.Draft{Name: "drill", Category: "toys", Tags: []string{"red", "blue"}}, at(0)),
		t.newItem(item.Draft{Name: "boat", Category: "boats", Tags: []string{"blue"}}, at(0)),
	})
	got := t.search(t.query(item.Params{Text: pointer("drill")}))
	want := [][]item.Facet{{{Value: "tools", Count: 1}, {Value: "toys", Count: 1}}, {{Value: "red", Count: 2}, {Value: "blue", Count: 1}}}
	if diff := cmp.Diff(want, [][]item.Facet{got.Categories, got.Tags}); diff != "" {
		t.Errorf("facets (-want +got):\n%s", diff)
	}
}

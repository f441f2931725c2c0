package itemtest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/domain/item"
)

// query returns the query of valid params.
func (t trial) query(p item.Params) item.Query {
	t.Helper()
	q, err := item.NewQuery(p)
	if err != nil {
		t.Fatalf("NewQuery(%+v) = %v", p, err)
	}
	return q
}

func (t trial) search(q item.Query) item.Results {
	t.Helper()
	results, err := t.Search.Search(t.Context(), q)
	if err != nil {
		t.Fatalf("Search(%+v) = %v", q, err)
	}
	return results
}

// readAll reads all pages of q from q.After on, and calls between after each but the last.
func (t trial) readAll(q item.Query, between func(page int)) []item.Item {
	t.Helper()
	var found []item.Item
	for page := 0; ; page++ {
		results := t.search(q)
		if len(results.Items) > q.Limit {
			t.Fatalf("page %d has %d items, the limit is %d", page, len(results.Items), q.Limit)
		}
		found = append(found, results.Items...)
		if results.Next == nil {
			return found
		}
		if len(results.Items) == 0 {
			t.Fatalf("page %d is empty and has a next", page)
		}
		q.After = results.Next
		between(page)
	}
}

func (t trial) all(p item.Params) []item.Item {
	t.Helper()
	return t.readAll(t.query(p), func(int) {})
}

func names(items []item.Item) []string {
	got := []string{}
	for _, itm := range items {
		got = append(got, itm.Name)
	}
	return got
}

// wantOrder checks the names of the found items, in order.
func (t trial) wantOrder(p item.Params, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), names(t.all(p))); diff != "" {
		t.Errorf("Search(%s) (-want +got):\n%s", describe(p), diff)
	}
}

// wantNames checks the names of the found items, in any order.
func (t trial) wantNames(p item.Params, want ...string) {
	t.Helper()
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), slices.Sorted(slices.Values(names(t.all(p))))); diff != "" {
		t.Errorf("Search(%s) (-want +got):\n%s", describe(p), diff)
	}
}

// describe formats p with the values of its pointers.
func describe(p item.Params) string { return cmp.Diff(item.Params{}, p) }

// seedNamed creates an item for each name.
func (t trial) seedNamed(names ...string) {
	t.Helper()
	var items []item.Item
	for _, name := range names {
		items = append(items, t.newItem(item.Draft{Name: name}, at(0)))
	}
	t.seed(items)
}

// newRand returns a random generator and logs its seed.
func (t trial) newRand() *rand.Rand {
	seed := rand.Uint64()
	t.Logf("seed=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// shorter returns n, or a tenth of it with -short.
func shorter(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

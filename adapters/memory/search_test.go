package memory

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/item/itemtest"
)

func (m market) query() item.Query {
	q := item.Query{Limit: 3 + m.IntN(item.MaxLimit)}
	sorts := []item.Sort{item.ByPrice, item.ByPriceDesc, item.ByNewest}
	if m.IntN(2) == 0 {
		q.Near = &item.Near{Place: m.place(), RadiusKm: item.MaxRadiusKm * math.Pow(m.Float64(), 4)}
		sorts = append(sorts, item.ByDistance)
	}
	if m.IntN(2) == 0 {
		for range 1 + m.IntN(2) {
			q.Text += string(itemtest.Misspell(m.Rand, []rune(m.word()), m.IntN(3))) + " "
		}
		if len(item.Words(q.Text)) > 0 {
			sorts = append(sorts, item.ByRelevance)
		}
	}
	if m.IntN(4) == 0 {
		q.Category = m.pick("tools", "boats", "none")
	}
	if m.IntN(4) == 0 {
		q.Tags = m.tags()
	}
	if m.IntN(4) == 0 {
		q.MinPrice = m.price()
	}
	if m.IntN(4) == 0 {
		q.MaxPrice = m.price()
	}
	if m.IntN(6) == 0 {
		q.OwnerID = m.owner()
	}
	q.Sort = sorts[m.IntN(len(sorts))]
	return q
}

// change writes to both, or removes from them.
func (m market) change(t *testing.T, items *Items, all shelf) {
	t.Helper()
	it := m.item()
	present, err := items.Get(t.Context(), it.ID)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		err = items.Create(t.Context(), it)
		all.put(it)
	case m.IntN(2) == 0:
		err = items.Replace(t.Context(), it, present.Revision)
		all.put(it)
	default:
		err = items.Delete(t.Context(), it.ID, present.Revision)
		delete(all, it.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestSearchFindsWhatAScanFinds compares every page of random searches between random writes.
func TestSearchFindsWhatAScanFinds(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed=%d", seed)
	m := market{rand.New(rand.NewPCG(seed, 0))}
	items, all := NewItems(), shelf{}
	rounds := 40
	if testing.Short() {
		rounds = 10
	}
	for range rounds {
		for range 50 {
			m.change(t, items, all)
		}
		for range 50 {
			compareWalks(t, items, all, m.query())
		}
	}
}

func compareWalks(t *testing.T, items *Items, all shelf, q item.Query) {
	t.Helper()
	found := all.search(q)
	for page := 0; ; page++ {
		got, err := items.Search(t.Context(), q)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		want := cut(found, q, page)
		options := cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(item.Results{}, "Next")}
		if diff := cmp.Diff(want, got, options); diff != "" {
			t.Fatalf("page %d of %+v near %+v (-want +got):\n%s", page, q, q.Near, diff)
		}
		if more := len(found) > (page+1)*q.Limit; more != (got.Next != nil) {
			t.Fatalf("page %d of %+v: next is %v, of %d in all", page, q, got.Next, len(found))
		}
		if got.Next == nil {
			return
		}
		q.After = got.Next
	}
}

func TestIndexForgets(t *testing.T) {
	t.Parallel()
	m := market{rand.New(rand.NewPCG(1, 0))}
	items, all := NewItems(), shelf{}
	for range 2000 {
		m.change(t, items, all)
	}
	for id := range all {
		stored, err := items.Get(t.Context(), id)
		if err == nil {
			err = items.Delete(t.Context(), id, stored.Revision)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	x := items.index
	for name, left := range map[string]int{
		"slots": len(x.slots), "categories": len(x.categories), "tags": len(x.tags), "owners": len(x.owners),
		"words": len(x.words.ids), "spellings": len(x.words.found), "newest": len(x.newest.slots), "cheapest": len(x.cheapest.slots),
		"entries in use": len(x.entries) - len(x.unused), "terms in use": len(x.words.terms) - len(x.words.unused),
	} {
		if left != 0 {
			t.Errorf("%s has %d left of no items", name, left)
		}
	}
}

func TestHeldRefreshes(t *testing.T) {
	t.Parallel()
	items := NewItems()
	m := market{rand.New(rand.NewPCG(1, 0))}
	old, unseen := m.item(), m.item()
	if err := items.Create(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	items.PauseRefresh()
	stored, err := items.Get(t.Context(), old.ID)
	if err == nil {
		err = errors.Join(items.Delete(t.Context(), old.ID, stored.Revision), items.Create(t.Context(), unseen))
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := items.Get(t.Context(), old.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Get of a deleted item: %v, want not found at once", err)
	}
	if _, err := items.Get(t.Context(), unseen.ID); err != nil {
		t.Errorf("Get of a new item: %v", err)
	}
	q := item.Query{Sort: item.ByNewest, Limit: 10}
	for _, want := range []item.Item{old, unseen} {
		r, err := items.Search(t.Context(), q)
		if err != nil || len(r.Items) != 1 || r.Items[0].ID != want.ID {
			t.Errorf("search found %+v, %v; want %s only", r.Items, err, want.ID)
		}
		if err := items.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTotalsBeyondTheExactOnes(t *testing.T) {
	t.Parallel()
	x := newItemIndex()
	it := item.Item{Category: "tools"}
	for i := range item.ExactTotals + 1 {
		it.ID = item.NewID(domain.Version(i*1000).Time(), [10]byte{})
		x.set(it.ID, &document{item: it})
		if i < item.ExactTotals-1 {
			continue
		}
		items := &Items{index: x}
		for _, q := range []item.Query{{Sort: item.ByNewest, Limit: 1}, {Sort: item.ByNewest, Limit: 1, Category: "tools"}} {
			r, err := items.Search(t.Context(), q)
			want := item.Total{Value: item.ExactTotals, Exact: i < item.ExactTotals}
			if err != nil || r.Total != want || r.Categories[0].Count != i+1 {
				t.Errorf("%d items, category %q: %+v %+v, %v; want %+v", i+1, q.Category, r.Total, r.Categories, err, want)
			}
		}
	}
}

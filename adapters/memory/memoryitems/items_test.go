package memoryitems_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"rental.example/adapters/memory/memoryitems"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/item/itemtest"
)

func newItems(*testing.T) itemtest.Fixture {
	items := memoryitems.NewItems()
	return itemtest.Fixture{Store: items, Search: items, Holdings: items, Owners: memoryitems.NewOwners()}
}

func newPausedItems(*testing.T) itemtest.Fixture {
	items := memoryitems.NewItems()
	items.PauseRefresh()
	return itemtest.Fixture{Store: items, Holdings: items}
}

func TestItemsContract(t *testing.T) {
	t.Parallel()
	itemtest.RunStore(t, newItems)
}

func TestSearchContract(t *testing.T) {
	t.Parallel()
	itemtest.RunSearch(t, newItems)
}

func TestHoldingsContract(t *testing.T) {
	t.Parallel()
	itemtest.RunHoldings(t, newItems)
}

func TestHoldingsContractWithPausedRefresh(t *testing.T) {
	t.Parallel()
	itemtest.RunHoldings(t, newPausedItems)
}

func TestOwnersContract(t *testing.T) {
	t.Parallel()
	itemtest.RunOwners(t, newItems)
}

func create(t *testing.T, items *memoryitems.Items, itm item.Item) {
	t.Helper()
	if err := items.Create(t.Context(), itm); err != nil {
		t.Fatal(err)
	}
}

func TestCreateIsIdempotent(t *testing.T) {
	t.Parallel()
	items := memoryitems.NewItems()
	itm := item.Item{ID: "01J00000000000000000000000", Name: "drill", RequestID: "first"}
	create(t, items, itm)
	create(t, items, itm)
	stored, err := items.Get(t.Context(), itm.ID)
	if err != nil {
		t.Fatal(err)
	}
	itm.RequestID = "second"
	if err := items.Replace(t.Context(), itm, stored.Revision); err != nil {
		t.Fatal(err)
	}
	for _, request := range []string{"", "first", "second"} {
		itm.RequestID = request
		if err := items.Create(t.Context(), itm); !errors.Is(err, domain.ErrConflict) {
			t.Errorf("Create by request %q after a change by the second: %v, want a conflict", request, err)
		}
	}
}

func TestPauseRefresh(t *testing.T) {
	t.Parallel()
	items := memoryitems.NewItems()
	before, after := item.Item{ID: "01J00000000000000000000001"}, item.Item{ID: "01J00000000000000000000002"}
	create(t, items, before)
	items.PauseRefresh()
	stored, err := items.Get(t.Context(), before.ID)
	if err == nil {
		err = items.Delete(t.Context(), before.ID, stored.Revision)
	}
	if err != nil {
		t.Fatal(err)
	}
	create(t, items, after)
	if _, err := items.Get(t.Context(), before.ID); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Get of a deleted item: %v, want not found at once", err)
	}
	if _, err := items.Get(t.Context(), after.ID); err != nil {
		t.Errorf("Get of a new item: %v", err)
	}
	for _, want := range []item.ID{before.ID, after.ID} {
		r, err := items.Search(t.Context(), item.Query{Sort: item.ByNewest, Limit: 10})
		if err != nil || len(r.Items) != 1 || r.Items[0].ID != want {
			t.Errorf("search: %+v, %v; want %s only", r.Items, err, want)
		}
		if err := items.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestConcurrentUse lets the race detector watch writes and searches.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	items, price := memoryitems.NewItems(), item.Money(100)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for n := range 100 {
				itm := item.Item{ID: item.NewID(time.UnixMilli(int64(n%10)), [10]byte{}), Name: "drill", Tags: []string{"new"}, PricePerDay: &price}
				if items.Create(t.Context(), itm) != nil {
					stored, _ := items.Get(t.Context(), itm.ID)
					_ = items.Replace(t.Context(), itm, stored.Revision) // fails if another was first
				}
				r, err := items.Search(t.Context(), item.Query{Text: "drill", Tags: []string{"new"}, Sort: item.ByPrice, Limit: 10})
				if err != nil || len(r.Items) == 0 {
					t.Errorf("%d items, %v", len(r.Items), err)
				}
				for _, found := range r.Items {
					found.Tags[0], *found.PricePerDay = "changed", -1
				}
			}
		})
	}
	workers.Wait()
}

package memory_test

import (
	"errors"
	"testing"

	"rental.example/adapters/memory"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/item/itemtest"
)

func newItems(*testing.T) itemtest.Fixture {
	items := memory.NewItems()
	return itemtest.Fixture{Store: items, Search: items, Holdings: items, Owners: memory.NewOwners()}
}

// newHeldItems have writes wait for a refresh to be found.
func newHeldItems(*testing.T) itemtest.Fixture {
	items := memory.NewItems()
	items.PauseRefresh()
	return itemtest.Fixture{Store: items, Holdings: items}
}

func TestItemsKeepTheContract(t *testing.T) {
	t.Parallel()
	itemtest.RunStore(t, newItems)
}

func TestSearchKeepsTheContract(t *testing.T) {
	t.Parallel()
	itemtest.RunSearch(t, newItems)
}

func TestHoldingsKeepTheContract(t *testing.T) {
	t.Parallel()
	itemtest.RunHoldings(t, newItems)
}

func TestHoldingsKeepTheContractBetweenRefreshes(t *testing.T) {
	t.Parallel()
	itemtest.RunHoldings(t, newHeldItems)
}

func TestOwnersKeepTheContract(t *testing.T) {
	t.Parallel()
	itemtest.RunOwners(t, newItems)
}

// TestCreateKnowsItself repeats creations under the request that left what is there.
func TestCreateKnowsItself(t *testing.T) {
	t.Parallel()
	items := memory.NewItems()
	it := item.Item{ID: "01J00000000000000000000000", Name: "drill", RequestID: "first"}
	for range 2 {
		if err := items.Create(t.Context(), it); err != nil {
			t.Errorf("Create: %v", err)
		}
	}
	stored, err := items.Get(t.Context(), it.ID)
	if err != nil {
		t.Fatal(err)
	}
	it.RequestID = "second"
	if err := items.Replace(t.Context(), it, stored.Revision); err != nil {
		t.Fatal(err)
	}
	for _, request := range []string{"", "first", "second"} {
		it.RequestID = request
		if err := items.Create(t.Context(), it); !errors.Is(err, domain.ErrConflict) {
			t.Errorf("Create by request %q over a change by the second: %v, want a conflict", request, err)
		}
	}
}

package opensearchitems_test

import (
	"testing"
	"time"

	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/domain"
	"rental.example/domain/item"
)

const (
	someID    = item.ID("01J9ZZZZZZZZZZZZZZZZZZZZZZ")
	someOwner = domain.UserID("3b2c1a60-0000-4000-8000-00000000cafe")
)

var noon = time.Date(2100, 1, 1, 12, 0, 0, 0, time.UTC)

func newItem(t testing.TB, id item.ID, name, requestID string) item.Item {
	t.Helper()
	lat, lng := 52.5, 13.4
	i, err := item.New(id, domain.Caller{ID: someOwner}, item.Owner{}, item.Draft{Name: name, Lat: &lat, Lng: &lng},
		domain.Stamp{Time: noon, RequestID: requestID})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// calls are all methods of the adapter.
func calls(t *testing.T, c *opensearchitems.Client) map[string]func() error {
	items, owners, holdings := opensearchitems.NewItems(c), opensearchitems.NewOwners(c), opensearchitems.NewHoldings(c)
	i := newItem(t, someID, "Drill", "request-1")
	return map[string]func() error{
		"Get":     func() error { _, err := items.Get(t.Context(), i.ID); return err },
		"Create":  func() error { return items.Create(t.Context(), i) },
		"Replace": func() error { return items.Replace(t.Context(), i, "5.1") },
		"Delete":  func() error { return items.Delete(t.Context(), i.ID, "5.1") },
		"Search": func() error {
			_, err := items.Search(t.Context(), item.Query{Limit: 10, Sort: item.ByNewest})
			return err
		},
		"Refresh":   func() error { return holdings.Refresh(t.Context()) },
		"ListOwned": func() error { _, err := holdings.ListOwned(t.Context(), someOwner, 5, "", 10); return err },
		"Remove": func() error {
			_, err := holdings.Remove(t.Context(), []item.Holding{{ID: i.ID, Revision: "5.1"}})
			return err
		},
		"Owners": func() error { _, err := owners.Owners(t.Context(), []domain.UserID{someOwner}); return err },
		"Merge": func() error {
			_, err := owners.Merge(t.Context(), item.OwnerEvent{OwnerID: someOwner, Version: 1, Name: "Jane"})
			return err
		},
	}
}

func callsOver(t *testing.T, network *opensearchtest.Network) map[string]func() error {
	return calls(t, newClient(t, opensearchtest.NoEndpoint, "items", 0, network))
}

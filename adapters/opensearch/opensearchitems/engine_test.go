package opensearchitems_test

import (
	"net/http"
	"slices"
	"testing"

	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/domain/item"
	"rental.example/domain/item/itemtest"
)

// newClient returns a client of the items at an endpoint. network may be nil.
func newClient(t testing.TB, endpoint, alias string, shards int, network *opensearchtest.Network) *opensearchitems.Client {
	t.Helper()
	c, err := opensearchitems.NewClient(opensearchtest.Config(endpoint, network), alias, shards)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// newFakeClient returns a client whose attempts have the outcomes of exchanges.
func newFakeClient(t testing.TB, endpoint, alias string, exchanges ...opensearchtest.Exchange) (*opensearchitems.Client, *opensearchtest.Network) {
	t.Helper()
	network := opensearchtest.NewNetwork(exchanges...)
	return newClient(t, endpoint, alias, 0, network), network
}

// newIndices creates indices for one test. Their writes wait 20 milliseconds for a refresh, not a second.
func newIndices(t *testing.T) (endpoint, alias string, c *opensearchitems.Client) {
	t.Helper()
	return newShards(t, 1)
}

// newShards is newIndices with several primary shards of items.
func newShards(t *testing.T, shards int) (endpoint, alias string, c *opensearchitems.Client) {
	t.Helper()
	endpoint = opensearchtest.Engine(t)
	alias = opensearchtest.NewAlias(t, endpoint, "-owners")
	c = newClient(t, endpoint, alias, shards, nil)
	for _, name := range []string{"Search", "Owners"} {
		if err := calls(t, c)[name](); err != nil {
			t.Fatal(err)
		}
	}
	opensearchtest.Send(t, http.MethodPut, endpoint+"/"+alias+"/_settings", `{"index":{"refresh_interval":"20ms"}}`)
	return endpoint, alias, c
}

// newFixture returns a function that creates indices with primary shards of items, for one test.
func newFixture(shards int) func(t *testing.T) itemtest.Fixture {
	return func(t *testing.T) itemtest.Fixture {
		t.Helper()
		_, _, client := newShards(t, shards)
		items := opensearchitems.NewItems(client)
		return itemtest.Fixture{
			Store: items, Search: items, Holdings: opensearchitems.NewHoldings(client), Owners: opensearchitems.NewOwners(client),
			Seed: func(t *testing.T, all []item.Item) { seed(t, client, all) },
		}
	}
}

func seed(t testing.TB, client *opensearchitems.Client, all []item.Item) {
	t.Helper()
	for chunk := range slices.Chunk(all, 1000) { // responses are limited in size and time
		if err := client.Seed(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStoreContract(t *testing.T) {
	t.Parallel()
	opensearchtest.Engine(t)
	itemtest.RunStore(t, newFixture(1))
}

func TestSearchContract(t *testing.T) {
	t.Parallel()
	opensearchtest.Engine(t)
	itemtest.RunSearch(t, newFixture(1))
}

// TestSearchContractOfShards checks that order, pages, totals and facets of three shards are those of one.
func TestSearchContractOfShards(t *testing.T) {
	t.Parallel()
	opensearchtest.Engine(t)
	itemtest.RunSearch(t, newFixture(3))
}

func TestHoldingsContract(t *testing.T) {
	t.Parallel()
	opensearchtest.Engine(t)
	itemtest.RunHoldings(t, newFixture(1))
}

func TestOwnersContract(t *testing.T) {
	t.Parallel()
	opensearchtest.Engine(t)
	itemtest.RunOwners(t, newFixture(1))
}

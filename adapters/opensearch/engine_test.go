package opensearch_test

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/samtest"
	"rental.example/domain/item"
	"rental.example/domain/item/itemtest"
)

// engine is where a real engine listens; the test is skipped where there is none.
func engine(t testing.TB) string {
	t.Helper()
	return samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "opensearch")
}

// newAlias is an alias for one test alone, whose indices go after it.
func newAlias(t testing.TB, endpoint string) string {
	t.Helper()
	alias := "test-" + strings.ToLower(rand.Text())
	t.Cleanup(func() { dropIndices(t, endpoint, alias) })
	return alias
}

func dropIndices(t testing.TB, endpoint, alias string) {
	t.Helper()
	send(t, http.MethodDelete, endpoint+"/"+alias+"-v1,"+alias+"-owners-v1?ignore_unavailable=true", "")
}

// send makes a request of the engine that no adapter makes.
func send(t testing.TB, method, url, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode > 299 {
		t.Fatalf("%s %s: status %d, %v\n%s", method, url, answer.StatusCode, err, got)
	}
	return string(got)
}

func newClient(t testing.TB, cfg opensearch.Config) *opensearch.Client {
	t.Helper()
	if cfg.Service == "" {
		cfg.Service = opensearch.ServiceNone
	}
	c, err := opensearch.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// newIndices are indices for one test alone that are there already, and whose writes wait 20 milliseconds
// for a refresh rather than a second.
func newIndices(t *testing.T) (endpoint, alias string, c *opensearch.Client) {
	t.Helper()
	return newShards(t, 1)
}

// newShards is newIndices with several primary shards of items.
func newShards(t *testing.T, shards int) (endpoint, alias string, c *opensearch.Client) {
	t.Helper()
	endpoint = engine(t)
	alias = newAlias(t, endpoint)
	c = newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias, Shards: shards})
	for _, name := range []string{"Search", "Owners"} {
		if err := calls(t, c)[name](); err != nil {
			t.Fatal(err)
		}
	}
	send(t, http.MethodPut, endpoint+"/"+alias+"/_settings", `{"index":{"refresh_interval":"20ms"}}`)
	return endpoint, alias, c
}

func newFixture(t *testing.T) itemtest.Fixture {
	t.Helper()
	_, _, client := newIndices(t)
	return fixture(client)
}

func fixture(client *opensearch.Client) itemtest.Fixture {
	items := opensearch.NewItems(client)
	return itemtest.Fixture{
		Store: items, Search: items, Holdings: opensearch.NewHoldings(client), Owners: opensearch.NewOwners(client),
		Seed: func(t *testing.T, all []item.Item) { seed(t, items, all) },
	}
}

func seed(t testing.TB, items *opensearch.Items, all []item.Item) {
	t.Helper()
	for some := range slices.Chunk(all, 1000) { // an answer has limits, of size and time
		if err := items.Seed(t.Context(), some); err != nil {
			t.Fatal(err)
		}
	}
}

func TestItemsKeepTheContractOfStore(t *testing.T) {
	t.Parallel()
	engine(t)
	itemtest.RunStore(t, newFixture)
}

func TestItemsKeepTheContractOfSearch(t *testing.T) {
	t.Parallel()
	engine(t)
	itemtest.RunSearch(t, newFixture)
}

// TestShardedItemsKeepTheContractOfSearch: order, pages, totals and facets are those of one shard.
func TestShardedItemsKeepTheContractOfSearch(t *testing.T) {
	t.Parallel()
	engine(t)
	itemtest.RunSearch(t, func(t *testing.T) itemtest.Fixture {
		t.Helper()
		_, _, client := newShards(t, 3)
		return fixture(client)
	})
}

func TestHoldingsKeepTheContract(t *testing.T) {
	t.Parallel()
	engine(t)
	itemtest.RunHoldings(t, newFixture)
}

func TestOwnersKeepTheContract(t *testing.T) {
	t.Parallel()
	engine(t)
	itemtest.RunOwners(t, newFixture)
}

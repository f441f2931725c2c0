package opensearch_test

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/samtest"
	"rental.example/domain/item"
	"rental.example/domain/item/itemtest"
)

// engine returns the endpoint of a real engine. It skips the test if there is none.
func engine(t testing.TB) string {
	t.Helper()
	return samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "opensearch")
}

// newAlias returns an alias for one test, and deletes its indices after it.
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

// send sends a request to the engine without the adapter, and returns the body of the response.
func send(t testing.TB, method, url, body string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode > 299 {
		t.Fatalf("%s %s: status %d, %v\n%s", method, url, response.StatusCode, err, got)
	}
	return string(got)
}

// newClient returns a client whose attempts may take long: the engine is slow on a machine that is busy with other tests.
func newClient(t testing.TB, cfg opensearch.Config) *opensearch.Client {
	t.Helper()
	cfg.AttemptTimeout = cmp.Or(cfg.AttemptTimeout, 30*time.Second)
	if cfg.Service == "" {
		cfg.Service = opensearch.ServiceNone
	}
	c, err := opensearch.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// newIndices creates indices for one test. Their writes wait 20 milliseconds for a refresh, not a second.
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

// newFixture returns a function that creates indices with primary shards of items, for one test.
func newFixture(shards int) func(t *testing.T) itemtest.Fixture {
	return func(t *testing.T) itemtest.Fixture {
		t.Helper()
		_, _, client := newShards(t, shards)
		items := opensearch.NewItems(client)
		return itemtest.Fixture{
			Store: items, Search: items, Holdings: opensearch.NewHoldings(client), Owners: opensearch.NewOwners(client),
			Seed: func(t *testing.T, all []item.Item) { seed(t, items, all) },
		}
	}
}

func seed(t testing.TB, items *opensearch.Items, all []item.Item) {
	t.Helper()
	for chunk := range slices.Chunk(all, 1000) { // responses are limited in size and time
		if err := items.Seed(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStoreContract(t *testing.T) {
	t.Parallel()
	engine(t)
	itemtest.RunStore(t, newFixture(1))
}

func TestSearchContract(t *testing.T) {
	t.Parallel()
	engine(t)
	itemtest.RunSearch(t, newFixture(1))
}

// TestSearchContractOfShards checks that order, pages, totals and facets of three shards are those of one.
func TestSearchContractOfShards(t *testing.T) {
	t.Parallel()
	engine(t)
	itemtest.RunSearch(t, newFixture(3))
}

func TestHoldingsContract(t *testing.T) {
	t.Parallel()
	engine(t)
	itemtest.RunHoldings(t, newFixture(1))
}

func TestOwnersContract(t *testing.T) {
	t.Parallel()
	engine(t)
	itemtest.RunOwners(t, newFixture(1))
}

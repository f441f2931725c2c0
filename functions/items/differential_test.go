package items_test

import (
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/adapters/samtest"
	"rental.example/domain"
	"rental.example/domain/item"
)

const (
	differentialItems    = 1500
	differentialSearches = 400
)

// TestMemoryAnswersAsOpenSearchDoes sends the same random searches over the same random items to both, and compares all
// pages: the items, their order, totals and facets.
func TestMemoryAnswersAsOpenSearchDoes(t *testing.T) {
	endpoint := samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "opensearch")
	engine := openSearchPorts(t, endpoint, "differential")
	inMemory := inMemory()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	keepSegments(t, endpoint, "differential")
	filled := fill(t, random, differentialItems, inMemory.store, engine.store)
	t.Logf("%d segments", segments(t, endpoint, "differential"))
	for n := range differentialSearches {
		params := randomParams(random)
		if params.Text != nil && random.IntN(2) == 0 {
			params.Text = ptr(wordsOf(random, filled[random.IntN(len(filled))]))
		}
		q, err := item.NewQuery(params)
		if err != nil {
			t.Fatalf("search %d: %v", n, err)
		}
		comparePages(t, q, inMemory.search, engine.search)
		if t.Failed() {
			t.Fatalf("search %d of seed %d: %+v", n, seed, q)
		}
	}
}

// openSearchPorts returns ports with an alias of their own in a real engine, empty and with a short refresh interval.
func openSearchPorts(t testing.TB, endpoint, alias string) ports {
	t.Helper()
	client, err := opensearchitems.NewClient(opensearchtest.Config(endpoint, nil), alias, 0)
	if err != nil {
		t.Fatal(err)
	}
	drop := func() { opensearchtest.DropIndices(t, endpoint, alias, "-owners") }
	drop()
	t.Cleanup(drop)
	items, owners := opensearchitems.NewItems(client), opensearchitems.NewOwners(client)
	_, err = items.Search(context.Background(), item.Query{Sort: item.ByNewest, Limit: 1}) // creates the index
	if err == nil {
		_, err = owners.Owners(context.Background(), []domain.UserID{renter}) // likewise
	}
	if err != nil {
		t.Fatal(err)
	}
	opensearchtest.Send(t, http.MethodPut, endpoint+"/"+alias+"/_settings", `{"index":{"refresh_interval":"20ms"}}`)
	return ports{store: items, search: items, owners: owners}
}

// keepSegments disables merging of segments of the index under alias.
func keepSegments(t testing.TB, endpoint, alias string) {
	t.Helper()
	opensearchtest.Send(t, http.MethodPut, endpoint+"/"+alias+"/_settings", `{"index":{"merge.policy.segments_per_tier":1000,"merge.policy.max_merge_at_once":1000}}`)
}

// segments returns the number of segments of the index under alias.
func segments(t testing.TB, endpoint, alias string) int {
	t.Helper()
	return strings.Count(opensearchtest.Send(t, http.MethodGet, endpoint+"/_cat/segments/"+alias+"?h=segment", ""), "\n")
}

// fill stores the same random items in all stores, concurrently, and returns them.
func fill(t testing.TB, random *rand.Rand, n int, stores ...item.Store) (filled []item.Item) {
	t.Helper()
	var writers sync.WaitGroup
	free := make(chan struct{}, 64)
	for range n {
		itm := randomItem(t, random)
		filled = append(filled, itm)
		for _, store := range stores {
			free <- struct{}{}
			writers.Go(func() {
				defer func() { <-free }()
				if err := store.Create(context.Background(), itm); err != nil {
					t.Error(err)
				}
			})
		}
	}
	writers.Wait()
	return filled
}

const maxPages = 5

func comparePages(t *testing.T, q item.Query, a, b item.Search) {
	t.Helper()
	qa, qb := q, q
	for page := range maxPages {
		ra, err := a.Search(t.Context(), qa)
		if err != nil {
			t.Fatal(err)
		}
		rb, err := b.Search(t.Context(), qb)
		if err != nil {
			t.Fatal(err)
		}
		checkPage(t, q, page, rb, ra)
		checkScore(t, q, rb, ra)
		if ra.Next == nil {
			return
		}
		qa.After, qb.After = ra.Next, rb.Next
	}
}

// checkPage compares two pages. Items may be swapped if their distances differ by less than a metre: those of the engine are
// some centimetres off.
func checkPage(t *testing.T, q item.Query, page int, want, got item.Results) {
	t.Helper()
	rest := func(r item.Results) map[string]any {
		return map[string]any{"number": len(r.Items), "total": r.Total, "categories": r.Categories, "tags": r.Tags, "more": r.Next != nil}
	}
	if diff := cmp.Diff(rest(want), rest(got), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("page %d (-OpenSearch +memory):\n%s", page, diff)
		return
	}
	for i := range want.Items {
		if a, b := want.Items[i], got.Items[i]; a.ID != b.ID && !interchangeable(q, a, b) {
			t.Errorf("page %d, item %d: OpenSearch has %s %q, memory %s %q", page, i, a.ID, a.Name, b.ID, b.Name)
		}
	}
}

// checkScore compares the scores at the end of a page, which are in its position; memory has the negative.
func checkScore(t *testing.T, q item.Query, want, got item.Results) {
	t.Helper()
	if q.Sort != item.ByRelevance || want.Next == nil || got.Next == nil {
		return
	}
	engine, err := strconv.ParseFloat(want.Next.Key, 64)
	memory, err2 := strconv.ParseFloat(strings.TrimPrefix(got.Next.Key, "relevance:"), 64)
	if err != nil || err2 != nil || engine != -memory {
		t.Errorf("OpenSearch's page ends with the score %s, memory's with %s", want.Next.Key, got.Next.Key)
	}
}

func interchangeable(q item.Query, a, b item.Item) bool {
	const metre = 0.001 // km
	return q.Sort == item.ByDistance && math.Abs(q.Near.Place.DistanceKm(a.Place)-q.Near.Place.DistanceKm(b.Place)) < metre
}

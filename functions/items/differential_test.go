package items_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/samtest"
	"rental.example/domain"
	"rental.example/domain/item"
)

const (
	differentialItems    = 1500
	differentialSearches = 400
)

// TestMemoryAnswersAsOpenSearchDoes sends the same random searches over the same random items to both, and
// walks through all their pages: the same items in the same order, the same totals and facets.
func TestMemoryAnswersAsOpenSearchDoes(t *testing.T) {
	endpoint := samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "opensearch")
	engine := openSearchPorts(t, endpoint, "differential")
	inMemory := inMemory()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	fill(t, random, differentialItems, inMemory.store, engine.store)
	for n := range differentialSearches {
		q, err := item.NewQuery(randomParams(random))
		if err != nil {
			t.Fatalf("search %d: %v", n, err)
		}
		compareWalks(t, q, inMemory.search, engine.search)
		if t.Failed() {
			t.Fatalf("search %d of seed %d: %+v", n, seed, q)
		}
	}
}

// openSearchPorts are ports over an alias of their own in a real engine, empty and quick to refresh.
func openSearchPorts(t testing.TB, endpoint, alias string) ports {
	t.Helper()
	client, err := opensearch.NewClient(opensearch.Config{Endpoint: endpoint, Alias: alias, Service: opensearch.ServiceNone})
	if err != nil {
		t.Fatal(err)
	}
	drop := func() {
		send(t, http.MethodDelete, endpoint+"/"+alias+"-v1,"+alias+"-owners-v1?ignore_unavailable=true", "")
	}
	drop()
	t.Cleanup(drop)
	items, owners := opensearch.NewItems(client), opensearch.NewOwners(client)
	_, err = items.Search(context.Background(), item.Query{Sort: item.ByNewest, Limit: 1}) // makes the index
	if err == nil {
		_, err = owners.Owners(context.Background(), []domain.UserID{renter}) // likewise
	}
	if err != nil {
		t.Fatal(err)
	}
	send(t, http.MethodPut, endpoint+"/"+alias+"/_settings", `{"index":{"refresh_interval":"20ms"}}`)
	return ports{store: items, search: items, owners: owners}
}

func send(t testing.TB, method, url, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Body.Close(); resp.StatusCode > 299 {
		t.Fatalf("%s %s: status %d", method, url, resp.StatusCode)
	}
}

// fill keeps the same random items in all stores, many at once where a write waits for a refresh.
func fill(t testing.TB, random *rand.Rand, n int, stores ...item.Store) {
	t.Helper()
	var writers sync.WaitGroup
	free := make(chan struct{}, 64)
	for range n {
		it := randomItem(t, random)
		for _, store := range stores {
			free <- struct{}{}
			writers.Go(func() {
				defer func() { <-free }()
				if err := store.Create(context.Background(), it); err != nil {
					t.Error(err)
				}
			})
		}
	}
	writers.Wait()
}

// vocabulary has words that differ by little, by case, by accents and by script, and some that folding
// makes longer.
func vocabulary() []string {
	return strings.Fields(`drill drills dril Drill DRÎLL grill trill bohrer Bohrmaschine bohrmaschinen saw Saws säge Säge SÄGE
		zelt Zelte zélt tent tents tenta Straße strasse STRASSE æther aether Œuvre oeuvre ﬁne fine İstanbul istanbul ılık
		велосипед Велосипеды 自転車 電動 bike bikes Bike2 2bike 4x4 a ab abc abcd abcde abcdef abcdefg ladder laddre alder
		pressure pressrue presure cleaner claener naïve naive café ½ ² x²y Ⅷ` +
		" cafe\u0301 bike\u2764\ufe0f 1\ufe0f\u20e3")
}

func phrase(random *rand.Rand, most int) string {
	words := make([]string, 1+random.IntN(most))
	for i := range words {
		words[i] = vocabulary()[random.IntN(len(vocabulary()))]
	}
	return strings.Join(words, []string{" ", ", ", "-", "/", " · "}[random.IntN(5)])
}

// near is one of a few cities, at the antimeridian and at the pole too, or somewhere around it.
func near(random *rand.Rand) (lat, lng float64) {
	at := [][2]float64{{52.52, 13.4}, {53.55, 9.99}, {-17.7, 179.99}, {89.9, 30}, {0, 0}}[random.IntN(5)]
	lat = at[0] + random.NormFloat64()
	if lat > 90 { // over the pole
		lat = 180 - lat
	}
	return lat, math.Remainder(at[1]+random.NormFloat64(), 360)
}

func randomItem(t testing.TB, random *rand.Rand) item.Item {
	t.Helper()
	lat, lng := near(random)
	d := item.Draft{Name: phrase(random, 3), Details: phrase(random, 8), Lat: &lat, Lng: &lng}
	if random.IntN(4) > 0 {
		d.Category = fmt.Sprintf("category-%d", random.IntN(30))
	}
	for range random.IntN(4) {
		d.Tags = append(d.Tags, fmt.Sprintf("tag-%d", random.IntN(30)))
	}
	if random.IntN(4) > 0 {
		d.PricePerDay = ptr(float64(random.IntN(40)) / 2)
	}
	at := seeded.Add(time.Duration(random.IntN(500)) * time.Minute)
	owner := []domain.UserID{renter, rentee, admin}[random.IntN(3)]
	var unique [10]byte
	for i := range unique {
		unique[i] = byte(random.Uint32())
	}
	it, err := item.New(item.NewID(at, unique), domain.Caller{ID: owner}, item.Owner{}, d, domain.Stamp{Time: at, RequestID: hex.EncodeToString(unique[:])})
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func randomParams(random *rand.Rand) item.Params {
	p := item.Params{Limit: 1 + random.IntN(item.MaxLimit)}
	maybe := func(odds int) bool { return random.IntN(odds) == 0 }
	if !maybe(3) {
		p.Text = ptr(phrase(random, 3))
	}
	if maybe(2) {
		lat, lng := near(random)
		p.Lat, p.Lng, p.RadiusKm = &lat, &lng, ptr(1+499*random.Float64())
	}
	if maybe(6) {
		p.Category = ptr(fmt.Sprintf("category-%d", random.IntN(30)))
	}
	if maybe(6) {
		p.Tags = []string{fmt.Sprintf("tag-%d", random.IntN(30))}
	}
	if maybe(4) {
		p.MinPrice = ptr(float64(random.IntN(20)) / 2)
		p.MaxPrice = ptr(*p.MinPrice + float64(random.IntN(20))/2)
	}
	if maybe(6) {
		p.OwnerID = ptr(string(renter))
	}
	var sorts []item.Sort
	for _, s := range item.Sorts() {
		if (s != item.ByDistance || p.Lat != nil) && (s != item.ByRelevance || p.Text != nil) {
			sorts = append(sorts, s)
		}
	}
	p.Sort = ptr(string(sorts[random.IntN(len(sorts))]))
	return p
}

const mostPages = 5

func compareWalks(t *testing.T, q item.Query, a, b item.Search) {
	t.Helper()
	qa, qb := q, q
	for page := range mostPages {
		ra, err := a.Search(t.Context(), qa)
		if err != nil {
			t.Fatal(err)
		}
		rb, err := b.Search(t.Context(), qb)
		if err != nil {
			t.Fatal(err)
		}
		checkPage(t, q, page, rb, ra)
		if ra.Next == nil {
			return
		}
		qa.After, qb.After = ra.Next, rb.Next
	}
}

// checkPage: all but the items agrees to the letter, and the items but for neighbours in a distance of
// which the one is no metre farther than the other: the engine's distances are some centimetres off.
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

func interchangeable(q item.Query, a, b item.Item) bool {
	const metre = 0.001 // km
	return q.Sort == item.ByDistance && math.Abs(q.Near.Place.DistanceKm(a.Place)-q.Near.Place.DistanceKm(b.Place)) < metre
}

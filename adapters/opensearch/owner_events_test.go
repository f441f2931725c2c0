package opensearch_test

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
	"rental.example/domain/item"
)

// holds keeps n items of owner, and returns their ids.
func holds(t testing.TB, items *opensearch.Items, owner domain.UserID, n int) (ids []item.ID) {
	t.Helper()
	var all []item.Item
	now := time.Now()
	for i := range n {
		var random [10]byte
		binary.BigEndian.PutUint32(random[:], uint32(i))
		copy(random[4:], owner[2:8]) // the number of ownerOf
		i := newItem(t, item.NewID(now, random), fmt.Sprint("Drill ", i), "request-1")
		i.OwnerID = owner
		all, ids = append(all, i), append(ids, i.ID)
	}
	seed(t, items, all)
	return ids
}

func registry(c *opensearch.Client, settling time.Duration) *item.Registry {
	return item.NewRegistry(opensearch.NewOwners(c), opensearch.NewHoldings(c), settling, func() time.Time { return noon })
}

func ownerOf(number int) domain.UserID {
	return domain.UserID(fmt.Sprintf("%08x-0000-4000-8000-00000000cafe", number))
}

// TestRequestsOfEvents: a changed name takes two requests, however many items there are.
func TestRequestsOfEvents(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	few, many := ownerOf(1), ownerOf(2)
	holds(t, opensearch.NewItems(client), few, 1)
	holds(t, opensearch.NewItems(client), many, item.MaxHoldings)
	for _, step := range []struct {
		event    item.OwnerEvent
		requests int
	}{
		{item.OwnerEvent{OwnerID: few, Version: 1, Name: "Jane"}, 2},
		{item.OwnerEvent{OwnerID: many, Version: 1, Name: "Jane"}, 2},
		{item.OwnerEvent{OwnerID: few, Version: 2, Name: "Janet"}, 2},
		{item.OwnerEvent{OwnerID: many, Version: 2, Name: "Janet"}, 2},
		{item.OwnerEvent{OwnerID: many, Version: 1, Name: "Jane"}, 1},
		{item.OwnerEvent{OwnerID: few, Version: domain.VersionAt(noon), Deleted: true}, 6},
		{item.OwnerEvent{OwnerID: many, Version: domain.VersionAt(noon), Deleted: true}, 7},
	} {
		c, sent := newFakeClient(t, endpoint, alias, forward)
		if _, err := registry(c, -time.Hour).Apply(t.Context(), step.event); err != nil || sent.attempts != step.requests {
			t.Errorf("Apply(%+v) = %v by %d requests, want %d", step.event, err, sent.attempts, step.requests)
		}
	}
}

const held = 10_000

// BenchmarkDeletion deletes an owner of 10,000 items, and holds that against a bare client that deletes as many
// by batches of the same size, and need not find them first.
func BenchmarkDeletion(b *testing.B) {
	endpoint := engine(b)
	alias := newAlias(b, endpoint)
	c := newClient(b, opensearch.Config{Endpoint: endpoint, Alias: alias})
	items, offices := opensearch.NewItems(c), registry(c, -time.Hour)
	warmUp(b, endpoint, alias, c)
	var ours, bare []time.Duration
	for n := 1; b.Loop(); n++ {
		b.StopTimer()
		owner := ownerOf(2 * n)
		holds(b, items, owner, held)
		ids := holds(b, items, ownerOf(2*n+1), held)
		runs := []func(){
			func() { ours = append(ours, timed(func() { deleteOwner(b, offices, owner) })) },
			func() { bare = append(bare, timed(func() { deleteItems(b, endpoint+"/"+alias, ids) })) },
		}
		for i := range runs {
			runs[(i+n)%2]()
			send(b, http.MethodPost, endpoint+"/"+alias+"/_refresh", "")
		}
		b.StartTimer()
	}
	reportRatio(b, ours, bare, "x-bare")
}

// warmUp has the engine do what both are made of until its Java is compiled, as in a domain that runs for days.
func warmUp(b *testing.B, endpoint, alias string, c *opensearch.Client) {
	b.Helper()
	ids, holdings := holds(b, opensearch.NewItems(c), ownerOf(0), held), opensearch.NewHoldings(c)
	for range 100 {
		if page, err := holdings.ListOwned(b.Context(), ownerOf(0), 1, "", item.MaxHoldings); err != nil || len(page) != item.MaxHoldings {
			b.Fatalf("Held = %d, %v", len(page), err)
		}
	}
	deleteItems(b, endpoint+"/"+alias, ids)
}

func deleteOwner(b *testing.B, r *item.Registry, owner domain.UserID) {
	e := item.OwnerEvent{OwnerID: owner, Version: domain.VersionAt(noon), Deleted: true}
	if applied, err := r.Apply(b.Context(), e); err != nil || applied.Removed != held {
		b.Fatalf("Apply = %+v, %v", applied, err)
	}
}

func deleteItems(b testing.TB, url string, ids []item.ID) {
	for batch := range slices.Chunk(ids, item.MaxHoldings) {
		var lines strings.Builder
		for _, id := range batch {
			fmt.Fprintf(&lines, `{"delete":{"_id":"%s"}}`+"\n", id)
		}
		if answer := send(b, http.MethodPost, url+"/_bulk", lines.String()); !strings.Contains(answer, `"errors":false`) {
			b.Fatal(answer)
		}
	}
}

// BenchmarkName changes the name of an owner of 10,000 items, and holds that against one of a single item.
func BenchmarkName(b *testing.B) {
	endpoint := engine(b)
	alias := newAlias(b, endpoint)
	c := newClient(b, opensearch.Config{Endpoint: endpoint, Alias: alias})
	r, owners := registry(c, -time.Hour), []domain.UserID{ownerOf(1), ownerOf(2)}
	holds(b, opensearch.NewItems(c), owners[0], 1)
	holds(b, opensearch.NewItems(c), owners[1], held)
	var took [2][]time.Duration
	for version := domain.Version(1); b.Loop(); version++ {
		for i, owner := range owners {
			took[i] = append(took[i], timed(func() {
				if _, err := r.Apply(b.Context(), item.OwnerEvent{OwnerID: owner, Version: version, Name: "Jane"}); err != nil {
					b.Fatal(err)
				}
			}))
		}
	}
	reportRatio(b, took[1], took[0], "x-one-item")
}

func timed(run func()) time.Duration {
	start := time.Now()
	run()
	return time.Since(start)
}

// reportRatio reports how many times as long as others the median of ours took.
func reportRatio(b *testing.B, ours, others []time.Duration, unit string) {
	b.Helper()
	slices.Sort(ours)
	slices.Sort(others)
	a, o := ours[len(ours)/2], others[len(others)/2]
	b.ReportMetric(float64(a)/float64(o), unit)
	b.ReportMetric(float64(a.Microseconds())/1000, "ms")
}

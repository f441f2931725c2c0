package opensearchitems_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/domain"
	"rental.example/domain/item"
)

// aliasOf returns the alias that a call needs.
func aliasOf(call, alias string) string {
	if call == "Owners" || call == "Merge" {
		return alias + "-owners"
	}
	return alias
}

// checkCall checks the error of a call that found no index: Replace, Get and Delete find no item, others succeed.
func checkCall(t *testing.T, name string, err error) {
	t.Helper()
	want := map[string]error{"Get": domain.ErrNotFound, "Replace": domain.ErrConflict, "Delete": domain.ErrNotFound}[name]
	if opensearchtest.KindOf(err) != want || (err == nil) != (want == nil) {
		t.Errorf("%s = %v, want %v", name, err, want)
	}
}

// TestFirstCalls makes each call find no index, twice: first when there never was one, then after both were deleted. An
// engine that may guess a mapping would create them wrong.
func TestFirstCalls(t *testing.T) {
	t.Parallel()
	endpoint := opensearchtest.Engine(t)
	for name := range callsOver(t, nil) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			alias := opensearchtest.NewAlias(t, endpoint, "-owners")
			c := newClient(t, endpoint, alias, 0, nil)
			for range 2 {
				checkCall(t, name, calls(t, c)[name]())
				opensearchtest.CheckIndices(t, endpoint, aliasOf(name, alias))
				opensearchtest.DropIndices(t, endpoint, alias, "-owners")
			}
		})
	}
}

// TestShards checks that the index of items is created with the configured shards and that of owners with one, and that
// a client with another number uses the existing index.
func TestShards(t *testing.T) {
	t.Parallel()
	endpoint := opensearchtest.Engine(t)
	for configured, want := range map[int]string{0: "1", 3: "3"} {
		alias := opensearchtest.NewAlias(t, endpoint, "-owners")
		for name, shards := range map[string]string{"Create": want, "Merge": "1"} {
			for _, n := range []int{configured, configured + 1} { // the second client finds the first one's index
				c := newClient(t, endpoint, alias, n, nil)
				if err := calls(t, c)[name](); err != nil {
					t.Fatal(err)
				}
			}
			var got map[string]struct {
				Settings struct {
					Index struct {
						Shards string `json:"number_of_shards"`
					}
				}
			}
			settings := opensearchtest.Send(t, http.MethodGet, endpoint+"/"+aliasOf(name, alias)+"/_settings", "")
			if err := json.Unmarshal([]byte(settings), &got); err != nil {
				t.Fatal(err)
			}
			if x := got[aliasOf(name, alias)+"-v1"]; x.Settings.Index.Shards != shards {
				t.Errorf("Shards %d: %s has %q, want %q", configured, name, x.Settings.Index.Shards, shards)
			}
		}
	}
}

// TestConcurrentFirstCalls makes all calls of four clients find indices that are missing, or just created without active
// shards. No created item is lost.
func TestConcurrentFirstCalls(t *testing.T) {
	t.Parallel()
	endpoint := opensearchtest.Engine(t)
	for range 5 {
		alias := opensearchtest.NewAlias(t, endpoint, "-owners")
		var all sync.WaitGroup
		for n := range 4 {
			c := newClient(t, endpoint, alias, 0, nil)
			created := newItem(t, item.NewID(noon, [10]byte{byte(n)}), "Drill", "request")
			all.Go(func() {
				if err := opensearchitems.NewItems(c).Create(t.Context(), created); err != nil {
					t.Errorf("client %d: %v", n, err)
				}
			})
			for name, call := range calls(t, c) {
				all.Go(func() {
					if err := call(); err != nil && opensearchtest.KindOf(err) != domain.ErrNotFound && opensearchtest.KindOf(err) != domain.ErrConflict {
						t.Errorf("%s = %v", name, err)
					}
				})
			}
		}
		all.Wait()
		opensearchtest.CheckIndices(t, endpoint, alias, alias+"-owners")
		found, err := opensearchitems.NewItems(newClient(t, endpoint, alias, 0, nil)).
			Search(t.Context(), item.Query{Text: "drill", Limit: 20, Sort: item.ByNewest})
		if err != nil || len(found.Items) < 4 { // the calls create and may delete one more
			t.Errorf("found %d, %v; want 4", len(found.Items), err)
		}
	}
}

// TestAddsFields writes to indices whose mappings lack fields.
func TestAddsFields(t *testing.T) {
	t.Parallel()
	endpoint := opensearchtest.Engine(t)
	alias := opensearchtest.NewAlias(t, endpoint, "-owners")
	for _, name := range []string{alias, alias + "-owners"} {
		opensearchtest.Send(t, http.MethodPut, endpoint+"/"+name+"-v1", fmt.Sprintf(`{
			"settings": {"analysis": {"analyzer": {"folded_words": {"type": "simple"}, "misspelled_words": {"type": "simple"}}}},
			"mappings": {"dynamic": "strict", "properties": {"id": {"type": "keyword"}, "version": {"type": "long"}}},
			"aliases": {%q: {}}}`, name))
	}
	c := newClient(t, endpoint, alias, 0, nil)
	if err := calls(t, c)["Create"](); err != nil {
		t.Errorf("Create = %v", err)
	}
	e := item.OwnerEvent{OwnerID: someOwner, Version: 4, Deleted: true, Received: noon}
	if got, err := opensearchitems.NewOwners(c).Merge(t.Context(), e); err != nil || got.LastDeleted != 4 || !got.DeletionReceived.Equal(noon) {
		t.Errorf("Merge = %+v, %v", got, err)
	}
	opensearchtest.CheckIndices(t, endpoint, alias, alias+"-owners")
}

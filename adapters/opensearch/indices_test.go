package opensearch_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"rental.example/adapters/opensearch"
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

// checkIndices checks that each alias points to its first index, which has the mapping of its definition.
func checkIndices(t *testing.T, endpoint string, aliases ...string) {
	t.Helper()
	for _, name := range aliases {
		var got map[string]struct {
			Mappings struct {
				Dynamic    string
				Properties map[string]struct{ Type string }
			}
			Aliases map[string]any
		}
		if err := json.Unmarshal([]byte(send(t, http.MethodGet, endpoint+"/"+name, "")), &got); err != nil {
			t.Fatal(err)
		}
		x, ok := got[name+"-v1"]
		if !ok || len(got) != 1 || x.Mappings.Dynamic != "strict" || x.Mappings.Properties["id"].Type != "keyword" || len(x.Aliases) != 1 {
			t.Errorf("%s is %+v", name, got)
		}
	}
}

// checkCall checks the error of a call that found no index: Replace, Get and Delete find no item, others succeed.
func checkCall(t *testing.T, name string, err error) {
	t.Helper()
	want := map[string]error{"Get": domain.ErrNotFound, "Replace": domain.ErrConflict, "Delete": domain.ErrNotFound}[name]
	if kindOf(err) != want || (err == nil) != (want == nil) {
		t.Errorf("%s = %v, want %v", name, err, want)
	}
}

// TestFirstCalls makes each call find no index, twice: first when there never was one, then after both were deleted. An
// engine that may guess a mapping would create them wrong.
func TestFirstCalls(t *testing.T) {
	t.Parallel()
	endpoint := engine(t)
	for name := range calls(t, nil) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			alias := newAlias(t, endpoint)
			c := newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias})
			for range 2 {
				checkCall(t, name, calls(t, c)[name]())
				checkIndices(t, endpoint, aliasOf(name, alias))
				dropIndices(t, endpoint, alias)
			}
		})
	}
}

// TestShards checks that the index of items is created with the configured shards and that of owners with one, and that
// a client with another number uses the existing index.
func TestShards(t *testing.T) {
	t.Parallel()
	endpoint := engine(t)
	for configured, want := range map[int]string{0: "1", 3: "3"} {
		alias := newAlias(t, endpoint)
		for name, shards := range map[string]string{"Create": want, "Merge": "1"} {
			for _, n := range []int{configured, configured + 1} { // the second client finds the first one's index
				c := newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias, Shards: n})
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
			settings := send(t, http.MethodGet, endpoint+"/"+aliasOf(name, alias)+"/_settings", "")
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
	endpoint := engine(t)
	for range 5 {
		alias := newAlias(t, endpoint)
		var all sync.WaitGroup
		for n := range 4 {
			c := newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias})
			created := newItem(t, item.NewID(noon, [10]byte{byte(n)}), "Drill", "request")
			all.Go(func() {
				if err := opensearch.NewItems(c).Create(t.Context(), created); err != nil {
					t.Errorf("client %d: %v", n, err)
				}
			})
			for name, call := range calls(t, c) {
				all.Go(func() {
					if err := call(); err != nil && kindOf(err) != domain.ErrNotFound && kindOf(err) != domain.ErrConflict {
						t.Errorf("%s = %v", name, err)
					}
				})
			}
		}
		all.Wait()
		checkIndices(t, endpoint, alias, alias+"-owners")
		found, err := opensearch.NewItems(newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias})).
			Search(t.Context(), item.Query{Text: "drill", Limit: 20, Sort: item.ByNewest})
		if err != nil || len(found.Items) < 4 { // the calls create and may delete one more
			t.Errorf("found %d, %v; want 4", len(found.Items), err)
		}
	}
}

// TestAliasVanishes checks that an index without its alias gets it back, and keeps its documents.
func TestAliasVanishes(t *testing.T) {
	t.Parallel()
	endpoint := engine(t)
	alias := newAlias(t, endpoint)
	items := opensearch.NewItems(newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias}))
	i := newItem(t, someID, "Drill", "request-1")
	if err := items.Create(t.Context(), i); err != nil {
		t.Fatal(err)
	}
	send(t, http.MethodDelete, endpoint+"/"+alias+"-v1/_alias/"+alias, "")
	if got, err := items.Get(t.Context(), someID); err != nil || !got.Item.Equal(i) {
		t.Errorf("Get = %+v, %v", got, err)
	}
	checkIndices(t, endpoint, alias)
}

// TestAddsFields writes to indices whose mappings lack fields.
func TestAddsFields(t *testing.T) {
	t.Parallel()
	endpoint := engine(t)
	alias := newAlias(t, endpoint)
	for _, name := range []string{alias, alias + "-owners"} {
		send(t, http.MethodPut, endpoint+"/"+name+"-v1", fmt.Sprintf(`{
			"settings": {"analysis": {"analyzer": {"folded_words": {"type": "simple"}, "misspelled_words": {"type": "simple"}}}},
			"mappings": {"dynamic": "strict", "properties": {"id": {"type": "keyword"}, "version": {"type": "long"}}},
			"aliases": {%q: {}}}`, name))
	}
	c := newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias})
	if err := calls(t, c)["Create"](); err != nil {
		t.Errorf("Create = %v", err)
	}
	e := item.OwnerEvent{OwnerID: someOwner, Version: 4, Deleted: true, Received: noon}
	if got, err := opensearch.NewOwners(c).Merge(t.Context(), e); err != nil || got.LastDeleted != 4 || !got.DeletionReceived.Equal(noon) {
		t.Errorf("Merge = %+v, %v", got, err)
	}
	checkIndices(t, endpoint, alias, alias+"-owners")
}

// TestIndexWithNameOfAlias checks that an index with the name of the alias, as the engine creates for a careless writer,
// is a permanent error and no missing item.
func TestIndexWithNameOfAlias(t *testing.T) {
	t.Parallel()
	endpoint := engine(t)
	alias := newAlias(t, endpoint)
	send(t, http.MethodPut, endpoint+"/"+alias+"/_doc/1", `{"name":"guessed"}`)
	t.Cleanup(func() { send(t, http.MethodDelete, endpoint+"/"+alias, "") })
	c := newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias})
	if err := calls(t, c)["Create"](); err == nil || kindOf(err) != nil || !strings.Contains(err.Error(), alias) {
		t.Errorf("Create = %v, want an error of no kind that names the index", err)
	}
}

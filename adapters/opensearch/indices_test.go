package opensearch_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
	"rental.example/domain/item"
)

// aliasOf is the alias that a call of that name needs.
func aliasOf(call, alias string) string {
	if call == "Owners" || call == "Merge" {
		return alias + "-owners"
	}
	return alias
}

// checkIndices finds that the aliases lead to the indices of ours, whose mapping was not guessed.
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

// TestFirstCalls has each call be the first ever, of an engine that makes what is missing by guessing if
// one lets it.
func TestFirstCalls(t *testing.T) {
	t.Parallel()
	endpoint := engine(t)
	for name, kind := range map[string]error{
		"Get": domain.ErrNotFound, "Create": nil, "Replace": domain.ErrConflict, "Delete": domain.ErrNotFound,
		"Search": nil, "Refresh": nil, "Held": nil, "Remove": nil, "Owners": nil, "Merge": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			alias := newAlias(t, endpoint)
			c := newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias})
			if err := calls(t, c)[name](); kindOf(err) != kind || (err == nil) != (kind == nil) {
				t.Errorf("%v, want %v", err, kind)
			}
			checkIndices(t, endpoint, aliasOf(name, alias))
		})
	}
}

// TestShards: the index of items is made with the shards of the configuration, the owners' with one, and a client
// of another number takes what is there.
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

// TestEightFirstCalls has eight clients meet the missing indices at once.
func TestEightFirstCalls(t *testing.T) {
	t.Parallel()
	endpoint := engine(t)
	for round := range 3 {
		alias := newAlias(t, endpoint)
		var all sync.WaitGroup
		for i := range 8 {
			c := newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias})
			id := item.NewID(noon, [10]byte{byte(i)})
			all.Go(func() {
				items := opensearch.NewItems(c)
				err := items.Create(t.Context(), newItem(t, id, "Drill", "request"))
				if round == 1 || err != nil && i == 0 {
					_, err = items.Search(t.Context(), item.Query{Limit: 1, Sort: item.ByNewest})
				}
				if err != nil {
					t.Errorf("client %d: %v", i, err)
				}
			})
		}
		all.Wait()
		checkIndices(t, endpoint, alias)
		found, err := opensearch.NewItems(newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias})).
			Search(t.Context(), item.Query{Limit: 10, Sort: item.ByNewest})
		if err != nil || len(found.Items) != 8 {
			t.Errorf("found %d, %v; want 8", len(found.Items), err)
		}
	}
}

// TestFirstCallsTogether has every call meet indices that other clients are making at that moment: they are there
// then, and their shards are not.
func TestFirstCallsTogether(t *testing.T) {
	t.Parallel()
	endpoint := engine(t)
	for range 5 {
		alias := newAlias(t, endpoint)
		var all sync.WaitGroup
		for range 4 {
			c := newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias})
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
	}
}

// TestIndicesVanish: whatever is called next makes them again.
func TestIndicesVanish(t *testing.T) {
	t.Parallel()
	endpoint := engine(t)
	alias := newAlias(t, endpoint)
	c := newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias})
	for range 2 {
		for name := range calls(t, nil) {
			dropIndices(t, endpoint, alias)
			if err := calls(t, c)[name](); err != nil && kindOf(err) != domain.ErrNotFound && kindOf(err) != domain.ErrConflict {
				t.Errorf("%s = %v", name, err)
			}
			checkIndices(t, endpoint, aliasOf(name, alias))
		}
	}
}

// TestAliasVanishes: an index without its alias gets it back, and keeps what it has.
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

// TestFieldsAreAdded writes to indices of before the fields were thought of.
func TestFieldsAreAdded(t *testing.T) {
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
	for _, name := range []string{"Create", "Merge"} {
		if err := calls(t, c)[name](); err != nil {
			t.Errorf("%s = %v", name, err)
		}
	}
	checkIndices(t, endpoint, alias, alias+"-owners")
}

// TestDeletedKnownIsAdded deletes an owner in an index of before anybody asked when that was learned.
func TestDeletedKnownIsAdded(t *testing.T) {
	t.Parallel()
	endpoint := engine(t)
	alias := newAlias(t, endpoint) + "-owners"
	definition, err := os.ReadFile("owners.index.json")
	if err != nil {
		t.Fatal(err)
	}
	const field = ",\n      \"deletedKnown\": {\"type\": \"long\"}"
	earlier := strings.Replace(string(definition), field, "", 1)
	if earlier == string(definition) {
		t.Fatalf("owners.index.json has no %s", field)
	}
	send(t, http.MethodPut, endpoint+"/"+alias+"-v1", earlier)
	send(t, http.MethodPut, endpoint+"/"+alias+"-v1/_alias/"+alias, "")
	send(t, http.MethodPut, endpoint+"/"+alias+"/_doc/"+string(someOwner), fmt.Sprintf(`{"id":%q,"version":0,"ratings":0,"deleted":4}`, someOwner))
	owners := opensearch.NewOwners(newClient(t, opensearch.Config{Endpoint: endpoint, Alias: strings.TrimSuffix(alias, "-owners")}))
	want := item.Owner{ID: someOwner, LastDeleted: 4} // known for ever
	for _, version := range []domain.Version{4, 5} {
		e := item.OwnerEvent{OwnerID: someOwner, Version: version, Deleted: true, Received: noon}
		want = want.Merge(e)
		if got, err := owners.Merge(t.Context(), e); err != nil || got != want {
			t.Errorf("Merge(%+v) = %+v, %v; want %+v", e, got, err, want)
		}
	}
	got, err := owners.Owners(t.Context(), []domain.UserID{someOwner})
	if err != nil || got[someOwner] != want || !want.DeletionReceived.Equal(noon) {
		t.Errorf("Owners = %+v, %v; want %+v", got, err, want)
	}
	if mapping := send(t, http.MethodGet, endpoint+"/"+alias+"/_mapping", ""); !strings.Contains(mapping, `"deletedKnown":{"type":"long"}`) {
		t.Errorf("the mapping is %s", mapping)
	}
}

// TestIndexInTheWay: an index that has the alias's name, as a careless writer makes it, is nothing that
// could be mended here, and no item's absence.
func TestIndexInTheWay(t *testing.T) {
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

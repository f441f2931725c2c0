package indices_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/samtest"
	"rental.example/domain/item"
	"rental.example/functions/ops/indices"
)

// check compares all documents with the acknowledged writes.
func (s *stack) check(t *testing.T) {
	t.Helper()
	s.call(t, "POST", "/"+s.alias+"/_refresh", "")
	existing := maps.Clone(s.want)
	maps.DeleteFunc(existing, func(_ item.ID, name string) bool { return name == "" })
	var count struct{ Count int }
	if err := s.client.Call(t.Context(), opensearch.RetryRead, "GET", "/"+s.alias+"/_count", nil, &count); err != nil || count.Count != len(existing) {
		t.Errorf("%d documents, %v; want %d", count.Count, err, len(existing))
	}
	wrong, names := 0, s.names(t)
	for id, name := range s.want {
		if got, found := names[id]; got != name || found != (name != "") {
			if wrong++; wrong <= 5 {
				t.Errorf("%s: got %q, want %q", id, got, name)
			}
		}
	}
	if wrong > 5 {
		t.Errorf("%d documents are wrong", wrong)
	}
}

// names returns the names of all documents that were ever acknowledged and exist.
func (s *stack) names(t *testing.T) map[item.ID]string {
	t.Helper()
	found := map[item.ID]string{}
	for batch := range slices.Chunk(slices.Collect(maps.Keys(s.want)), 1000) {
		body, err := json.Marshal(map[string]any{"ids": batch})
		if err != nil {
			t.Fatal(err)
		}
		var response struct {
			Docs []struct {
				ID     item.ID               `json:"_id"`
				Found  bool                  `json:"found"`
				Source struct{ Name string } `json:"_source"`
			}
		}
		if err := s.client.Call(t.Context(), opensearch.RetryRead, "POST", "/"+s.alias+"/_mget", body, &response); err != nil {
			t.Fatal(err)
		}
		for _, d := range response.Docs {
			if d.Found {
				found[d.ID] = d.Source.Name
			}
		}
	}
	return found
}

// checkAlias checks that the alias points to that index and to no other.
func (s *stack) checkAlias(t *testing.T, alias, want string) {
	t.Helper()
	var all map[string]any
	if err := s.client.Call(t.Context(), opensearch.RetryRead, "GET", "/_alias/"+alias, nil, &all); err != nil || len(all) != 1 || all[want] == nil {
		t.Errorf("%s points to %v, %v; want %s", alias, slices.Collect(maps.Keys(all)), err, want)
	}
}

// repository registers a repository in a folder of the engine, and returns its name.
func (s *stack) repository(t *testing.T) string {
	t.Helper()
	if os.Getenv("OPENSEARCH_SNAPSHOTS") == "" {
		samtest.Endpoint(t, "OPENSEARCH_SNAPSHOTS", "opensearch")
	}
	name := "r" + s.alias
	s.call(t, "PUT", "/_snapshot/"+name, fmt.Sprintf(`{"type":"fs","settings":{"location":%q}}`, name))
	t.Cleanup(func() { s.call(t, "DELETE", "/_snapshot/"+name, "") })
	return name
}

func restoreOptions(repository string) indices.RestoreOptions {
	return indices.RestoreOptions{Snapshot: repository + "/before"}
}

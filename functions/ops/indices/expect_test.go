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

// check compares all that is stored with what was acknowledged to clients.
func (s *stack) check(t *testing.T) {
	t.Helper()
	s.call(t, "POST", "/"+s.alias+"/_refresh", "")
	left := maps.Clone(s.want)
	maps.DeleteFunc(left, func(_ item.ID, name string) bool { return name == "" })
	var count struct{ Count int }
	if err := s.client.Call(t.Context(), opensearch.RetryRead, "GET", "/"+s.alias+"/_count", nil, &count); err != nil || count.Count != len(left) {
		t.Errorf("%d documents, %v; want %d", count.Count, err, len(left))
	}
	wrong, names := 0, s.names(t)
	for id, name := range s.want {
		if got, there := names[id]; got != name || there != (name != "") {
			if wrong++; wrong <= 5 {
				t.Errorf("%s: got %q, want %q", id, got, name)
			}
		}
	}
	if wrong > 5 {
		t.Errorf("%d documents are wrong", wrong)
	}
}

// names are those of all documents that were acknowledged to clients, as a look-up by id finds them.
func (s *stack) names(t *testing.T) map[item.ID]string {
	t.Helper()
	found := map[item.ID]string{}
	for batch := range slices.Chunk(slices.Collect(maps.Keys(s.want)), 1000) {
		body, err := json.Marshal(map[string]any{"ids": batch})
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Docs []struct {
				ID     item.ID               `json:"_id"`
				Found  bool                  `json:"found"`
				Source struct{ Name string } `json:"_source"`
			}
		}
		if err := s.client.Call(t.Context(), opensearch.RetryRead, "POST", "/"+s.alias+"/_mget", body, &answer); err != nil {
			t.Fatal(err)
		}
		for _, d := range answer.Docs {
			if d.Found {
				found[d.ID] = d.Source.Name
			}
		}
	}
	return found
}

// standsFor checks that the alias stands for that index, and for no other.
func (s *stack) standsFor(t *testing.T, alias, want string) {
	t.Helper()
	var all map[string]any
	if err := s.client.Call(t.Context(), opensearch.RetryRead, "GET", "/_alias/"+alias, nil, &all); err != nil || len(all) != 1 || all[want] == nil {
		t.Errorf("%s stands for %v, %v; want %s", alias, slices.Collect(maps.Keys(all)), err, want)
	}
}

// repository is one in the engine's own folder, where there is S3 in AWS.
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

type restorationType = indices.RestoreOptions

func restoration(repository string) indices.RestoreOptions {
	return indices.RestoreOptions{Snapshot: repository + "/before"}
}

package opensearch_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/domain"
)

// checkCall checks the error of a call that found no index: those that need a document find none, others succeed.
func checkCall(t *testing.T, name string, err error) {
	t.Helper()
	want := map[string]error{"Get": domain.ErrNotFound, "Replace": domain.ErrConflict, "Delete": domain.ErrConflict}[name]
	if opensearchtest.KindOf(err) != want && !(name == "Delete" && errors.Is(err, domain.ErrNotFound)) || (err == nil) != (want == nil) {
		t.Errorf("%s = %v, want %v", name, err, want)
	}
}

// TestFirstCalls makes each call find no index, twice: first when there never was one, then after it was deleted. An
// engine that may guess a mapping would create it wrong.
func TestFirstCalls(t *testing.T) {
	t.Parallel()
	endpoint := opensearchtest.Engine(t)
	for name := range callsOver(t, nil) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			alias := opensearchtest.NewAlias(t, endpoint)
			notes := newNotes(t, opensearchtest.Config(endpoint, nil), alias)
			for range 2 {
				checkCall(t, name, calls(t, notes)[name]())
				opensearchtest.CheckIndices(t, endpoint, alias)
				opensearchtest.DropIndices(t, endpoint, alias)
			}
		})
	}
}

// TestDocuments creates, replaces, finds and deletes documents of an engine.
func TestDocuments(t *testing.T) {
	t.Parallel()
	endpoint := opensearchtest.Engine(t)
	notes := newNotes(t, opensearchtest.Config(endpoint, nil), opensearchtest.NewAlias(t, endpoint))
	put := func(n note, base *opensearch.Revision) error { return notes.Put(t.Context(), n.ID, n, base, "") }
	first, second := note{someID, "first", 1}, note{otherID, "second", 1}
	for _, err := range []error{put(first, nil), put(second, nil)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := put(first, nil); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("second creation: %v", err)
	}
	got, at, err := opensearch.Get[note](t.Context(), notes, someID)
	if parsed, ok := opensearch.ParseRevision(at.String()); err != nil || got != first || !ok || parsed != at {
		t.Fatalf("Get = %+v, %v, %v", got, at, err)
	}
	if err := put(note{someID, "changed", 2}, &at); err != nil {
		t.Error(err)
	}
	if err := notes.Delete(t.Context(), someID, at); !errors.Is(err, domain.ErrConflict) {
		t.Errorf("Delete at an old revision: %v", err)
	}
	if err := notes.Refresh(t.Context()); err != nil {
		t.Error(err)
	}
	found, err := opensearch.Search[results](t.Context(), notes, map[string]any{"sort": []string{"id"}})
	if err != nil || len(found.Hits) != 2 || found.Hits[0].Source.Text != "changed" || found.Hits[0].SortKey != `"`+someID+`"` {
		t.Errorf("Search = %+v, %v", found, err)
	}
	_, ofSecond, err := opensearch.Get[note](t.Context(), notes, otherID)
	if err != nil {
		t.Fatal(err)
	}
	refused, err := opensearch.BulkDelete(t.Context(), notes, []opensearch.Deletion[string]{{someID, at}, {otherID, ofSecond}, {"missing", at}})
	if diff := cmp.Diff([]string{someID, "missing"}, refused); diff != "" || err != nil {
		t.Errorf("BulkDelete: %v (-want +got):\n%s", err, diff)
	}
	if n, err := opensearch.CountExisting(t.Context(), notes, refused); n != 1 || err != nil {
		t.Errorf("CountExisting = %d, %v", n, err)
	}
	all, err := opensearch.MultiGet[note](t.Context(), notes, []string{someID, otherID})
	if diff := cmp.Diff(map[string]note{someID: {someID, "changed", 2}}, all); diff != "" || err != nil {
		t.Errorf("MultiGet: %v (-want +got):\n%s", err, diff)
	}
}

// TestAliasVanishes checks that an index without its alias gets it back, and keeps its documents.
func TestAliasVanishes(t *testing.T) {
	t.Parallel()
	endpoint := opensearchtest.Engine(t)
	alias := opensearchtest.NewAlias(t, endpoint)
	notes := newNotes(t, opensearchtest.Config(endpoint, nil), alias)
	if err := calls(t, notes)["Create"](); err != nil {
		t.Fatal(err)
	}
	opensearchtest.Send(t, http.MethodDelete, endpoint+"/"+alias+"-v1/_alias/"+alias, "")
	if err := calls(t, notes)["Get"](); err != nil {
		t.Errorf("Get = %v", err)
	}
	opensearchtest.CheckIndices(t, endpoint, alias)
}

// TestAddsFields writes to an index whose mapping lacks fields.
func TestAddsFields(t *testing.T) {
	t.Parallel()
	endpoint := opensearchtest.Engine(t)
	alias := opensearchtest.NewAlias(t, endpoint)
	opensearchtest.Send(t, http.MethodPut, endpoint+"/"+alias+"-v1",
		fmt.Sprintf(`{"mappings": {"dynamic": "strict", "properties": {"id": {"type": "keyword"}}}, "aliases": {%q: {}}}`, alias))
	if err := calls(t, newNotes(t, opensearchtest.Config(endpoint, nil), alias))["Create"](); err != nil {
		t.Errorf("Create = %v", err)
	}
	opensearchtest.CheckIndices(t, endpoint, alias)
}

// TestIndexWithNameOfAlias checks that an index with the name of the alias, as the engine creates for a careless writer,
// is a permanent error and no missing document.
func TestIndexWithNameOfAlias(t *testing.T) {
	t.Parallel()
	endpoint := opensearchtest.Engine(t)
	alias := opensearchtest.NewAlias(t, endpoint)
	opensearchtest.Send(t, http.MethodPut, endpoint+"/"+alias+"/_doc/1", `{"name":"guessed"}`)
	t.Cleanup(func() { opensearchtest.Send(t, http.MethodDelete, endpoint+"/"+alias, "") })
	notes := newNotes(t, opensearchtest.Config(endpoint, nil), alias)
	if err := calls(t, notes)["Create"](); err == nil || opensearchtest.KindOf(err) != nil || !strings.Contains(err.Error(), alias) {
		t.Errorf("Create = %v, want an error of no kind that names the index", err)
	}
}

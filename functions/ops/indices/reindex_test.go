package indices_test

import (
	"strings"
	"testing"
	"time"

	"rental.example/adapters/opensearch"
)

// TestReindex copies 10,000 items into an index of more shards while clients write: nothing that was acknowledged is
// lost, nothing that was deleted comes back, and every read succeeds.
func TestReindex(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	ids := s.seed(t, seeded, time.Now().Add(-time.Hour))
	stop := s.load(t, ids[1:], ids[0])
	time.Sleep(time.Second)
	begun := time.Now()
	if err := s.admin.Reindex(t.Context(), false, 3); err != nil {
		t.Error(err)
	}
	t.Logf("reindexed in %v", time.Since(begun).Round(time.Millisecond))
	before := s.writes.Load()
	time.Sleep(time.Second)
	stop()
	if s.writes.Load() == before || s.retries.Load() == 0 {
		t.Errorf("%d writes before the end of the reindex, %d after, %d refused: the load tests nothing", before, s.writes.Load(), s.retries.Load())
	}
	s.check(t)
	s.standsFor(t, s.alias, s.alias+"-v2")
	var settings map[string]struct {
		Settings struct {
			Index struct {
				Shards string `json:"number_of_shards"`
			}
		}
	}
	if err := s.client.Call(t.Context(), opensearch.RetryRead, "GET", "/"+s.alias+"-v2/_settings", nil, &settings); err != nil || settings[s.alias+"-v2"].Settings.Index.Shards != "3" {
		t.Errorf("settings: %+v, %v; want 3 shards", settings, err)
	}
}

// TestReindexFails leaves everything as it was: the alias, writes, and no half-filled index.
func TestReindexFails(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.seed(t, 300, time.Now())
	s.call(t, "PUT", "/"+s.alias+"-v1/_mapping", `{"properties":{"colour":{"type":"keyword"}}}`)
	s.call(t, "PUT", "/"+s.alias+"-v1/_doc/01J9ZZZZZZZZZZZZZZZZZZZZZZ", `{"id":"01J9ZZZZZZZZZZZZZZZZZZZZZZ","colour":"red"}`)
	err := s.admin.Reindex(t.Context(), false, 0)
	if err == nil || !strings.Contains(err.Error(), "refuses to index a document: strict_dynamic_mapping_exception") {
		t.Errorf("Reindex = %v; want the refusal of a field that the definition has not", err)
	}
	s.standsFor(t, s.alias, s.alias+"-v1")
	if err := s.client.Call(t.Context(), opensearch.RetryRead, "GET", "/"+s.alias+"-v2", nil, nil); err == nil {
		t.Error("the new index is left over")
	}
	if err := s.writeOnce(t, newItemID(), "after", 0, "request"); err != nil {
		t.Errorf("writing: %v", err)
	}
}

// TestReindexAfterKill: a run that was killed while writes were blocked is run again.
func TestReindexAfterKill(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.seed(t, 300, time.Now())
	s.call(t, "PUT", "/"+s.alias+"-v2", "")
	s.call(t, "PUT", "/"+s.alias+"-v1/_block/write", "")
	if err := s.admin.Reindex(t.Context(), false, 0); err != nil {
		t.Fatal(err)
	}
	s.standsFor(t, s.alias, s.alias+"-v3")
	s.check(t)
	if err := s.admin.Drop(t.Context(), s.alias+"-v3"); err == nil || !strings.Contains(err.Error(), "is in use") {
		t.Errorf("dropping what is in use: %v", err)
	}
	for _, name := range []string{s.alias + "-v1", s.alias + "-v2"} {
		if err := s.admin.Drop(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
	if err := s.admin.Drop(t.Context(), s.alias+"-v1"); err == nil || !strings.Contains(err.Error(), "there is no index") {
		t.Errorf("dropping nothing: %v", err)
	}
}

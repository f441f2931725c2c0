package indices_test

import (
	"strings"
	"testing"
	"time"

	"rental.example/adapters/opensearch"
)

// TestReindex copies 10,000 items into an index of more shards while clients write. No acknowledged write is lost, no
// deleted item comes back, and every read succeeds.
func TestReindex(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	ids := s.seed(t, seeded, time.Now().Add(-time.Hour))
	stop := s.load(t, ids[1:], ids[0])
	time.Sleep(time.Second)
	start := time.Now()
	if err := s.admin.Reindex(t.Context(), false, 3); err != nil {
		t.Error(err)
	}
	t.Logf("reindexed in %v", time.Since(start).Round(time.Millisecond))
	before := s.writes.Load()
	time.Sleep(time.Second)
	stop()
	if s.writes.Load() == before || s.retries.Load() == 0 {
		t.Errorf("%d writes before the end of the reindex, %d after, %d refused: want more than 0 each", before, s.writes.Load(), s.retries.Load())
	}
	s.check(t)
	s.checkAlias(t, s.alias, s.alias+"-v2")
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

// TestReindexFails checks that a failure leaves the alias, unblocks writes and deletes the new index.
func TestReindexFails(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.seed(t, 300, time.Now())
	s.call(t, "PUT", "/"+s.alias+"-v1/_mapping", `{"properties":{"colour":{"type":"keyword"}}}`)
	s.call(t, "PUT", "/"+s.alias+"-v1/_doc/01J9ZZZZZZZZZZZZZZZZZZZZZZ", `{"id":"01J9ZZZZZZZZZZZZZZZZZZZZZZ","colour":"red"}`)
	err := s.admin.Reindex(t.Context(), false, 0)
	if err == nil || !strings.Contains(err.Error(), "refuses to index a document: strict_dynamic_mapping_exception") {
		t.Errorf("Reindex = %v; want an error about a field that the definition lacks", err)
	}
	s.checkAlias(t, s.alias, s.alias+"-v1")
	if err := s.client.Call(t.Context(), opensearch.RetryRead, "GET", "/"+s.alias+"-v2", nil, nil); err == nil {
		t.Error("the new index was not deleted")
	}
	if err := s.writeOnce(t, newItemID(), "after", create, "request"); err != nil {
		t.Errorf("writing: %v", err)
	}
}

// TestReindexAfterKill runs again after a run that was killed while writes were blocked.
func TestReindexAfterKill(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	s.seed(t, 300, time.Now())
	s.call(t, "PUT", "/"+s.alias+"-v2", "")
	s.call(t, "PUT", "/"+s.alias+"-v1/_block/write", "")
	if err := s.admin.Reindex(t.Context(), false, 0); err != nil {
		t.Fatal(err)
	}
	s.checkAlias(t, s.alias, s.alias+"-v3")
	s.check(t)
	if err := s.admin.Drop(t.Context(), s.alias+"-v3"); err == nil || !strings.Contains(err.Error(), "is in use") {
		t.Errorf("dropping an index in use: %v", err)
	}
	for _, name := range []string{s.alias + "-v1", s.alias + "-v2"} {
		if err := s.admin.Drop(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
	if err := s.admin.Drop(t.Context(), s.alias+"-v1"); err == nil || !strings.Contains(err.Error(), "there is no index") {
		t.Errorf("dropping a missing index: %v", err)
	}
}

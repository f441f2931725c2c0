package indices_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/functions/ops/indices"
)

func (s *stack) merge(t *testing.T, e item.OwnerEvent) {
	t.Helper()
	e.Received = time.Now()
	if _, err := opensearchitems.NewOwners(s.client).Merge(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

// TestRestoreItems restores 10,000 items of a deleted index while clients write to a new one. All items and all
// acknowledged writes are there afterwards.
func TestRestoreItems(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	ids := s.seed(t, seeded, time.Now().Add(-time.Hour))
	for n, name := range []string{"Renamed later", "Deleted later", "As it was", "Erased later"} {
		s.merge(t, item.OwnerEvent{OwnerID: ownerID(n), Version: 5, Name: name})
	}
	repository := s.repository(t)
	if err := s.admin.TakeSnapshot(t.Context(), repository, "before"); err != nil {
		t.Fatal(err)
	}
	s.call(t, "DELETE", "/"+s.alias+"-v1", "")
	s.call(t, "DELETE", "/"+s.alias+"-owners-v1", "")
	stable := newItemID()
	if err := s.writeOnce(t, stable, "stable", create, "stable"); err != nil { // creates the index
		t.Fatal(err)
	}
	s.want[stable] = "stable"
	s.call(t, "PUT", "/"+s.alias+"-v1/_settings", `{"index.refresh_interval":"100ms"}`)
	s.merge(t, item.OwnerEvent{OwnerID: ownerID(0), Version: 9, Name: "Renamed"})
	s.merge(t, item.OwnerEvent{OwnerID: ownerID(1), Version: 9, Deleted: true})
	s.erased[string(ownerID(3))] = true
	for i, id := range ids {
		if i%100 == 3 { // the erased owner's
			s.want[id] = ""
		}
	}
	stop := s.load(t, nil, stable)
	time.Sleep(time.Second)
	if err := s.admin.RestoreItems(t.Context(), restoreOptions(repository)); err != nil {
		t.Error(err)
	}
	before := s.writes.Load()
	time.Sleep(time.Second)
	stop()
	if s.writes.Load() == before {
		t.Error("no write after the switch")
	}
	s.check(t)
	s.checkAlias(t, s.alias, s.alias+"-v2")
	s.checkAlias(t, s.alias+"-owners", s.alias+"-owners-v2")
	s.checkOwners(t, map[domain.UserID]string{ownerID(0): "Renamed", ownerID(1): "", ownerID(2): "As it was", ownerID(3): ""})
	if last := s.logged[len(s.logged)-1]; !strings.Contains(last, "now run republish") {
		t.Errorf("the last line is %q", last)
	}
}

func (s *stack) checkOwners(t *testing.T, want map[domain.UserID]string) {
	t.Helper()
	for id, name := range want {
		got, err := opensearchitems.NewOwners(s.client).Owners(t.Context(), []domain.UserID{id})
		if err != nil || got[id].Name != name {
			t.Errorf("owner %s = %+v, %v; want %q", id, got[id], err, name)
		}
	}
}

// TestRestoreItemsSince restores while the index in use exists. Writes after Since are kept, and deletions during the
// restore; earlier writes and deletions are undone.
func TestRestoreItemsSince(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	ids := s.seed(t, 400, time.Now().Add(-time.Hour))
	s.merge(t, item.OwnerEvent{OwnerID: ownerID(0), Version: 5, Name: "Ada"})
	repository := s.repository(t)
	if err := s.admin.TakeSnapshot(t.Context(), repository, "before"); err != nil {
		t.Fatal(err)
	}
	write := func(id item.ID, name string, kind writeKind) {
		t.Helper()
		if err := s.writeOnce(t, id, name, kind, name); err != nil {
			t.Fatal(err)
		}
	}
	wrong, kept, deleted := ids[0], ids[1], ids[2]
	was := s.want[wrong]
	write(wrong, "wrong", change)
	write(deleted, "", remove)
	time.Sleep(5 * time.Millisecond)
	since := time.Now()
	write(kept, "kept", change)
	s.want[wrong], s.want[kept] = was, "kept"
	stop := func() {}
	s.hook = func() { stop = s.load(t, ids[10:], ids[3]) }
	r := restoreOptions(repository)
	r.Since = since
	if err := s.admin.RestoreItems(t.Context(), r); err != nil {
		t.Error(err)
	}
	stop()
	s.check(t)
}

// TestRestoreItemsRefuses ambiguous options, and the loss of data.
func TestRestoreItemsRefuses(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	ids := s.seed(t, 10, time.Now().Add(-time.Hour))
	repository := s.repository(t)
	if err := s.admin.TakeSnapshot(t.Context(), repository, "before"); err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	if err := s.admin.WriteSnapshots(t.Context(), &table); err != nil || !strings.Contains(table.String(), "SUCCESS  "+repository+"/before  "+s.alias+"-v1 "+s.alias+"-owners-v1") {
		t.Errorf("Snapshots = %s, %v", table.String(), err)
	}
	refused := func(change func(r *indices.RestoreOptions), want string) {
		t.Helper()
		r := restoreOptions(repository)
		change(&r)
		if err := s.admin.RestoreItems(t.Context(), r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("RestoreItems(%+v) = %v; want %s", r, err, want)
		}
	}
	refused(func(r *indices.RestoreOptions) { r.Snapshot = "Before/../x" }, "want lower-case letters")
	refused(func(r *indices.RestoreOptions) { r.Snapshot = repository + "/after" }, "snapshot_missing_exception")
	refused(func(r *indices.RestoreOptions) { r.ItemsIndex = s.alias + "-v9" }, "say which one")

	// An index whose primary shard is not assigned cannot be read.
	s.call(t, "DELETE", "/"+s.alias+"-v1", "")
	s.call(t, "PUT", "/"+s.alias+"-v1?wait_for_active_shards=0", fmt.Sprintf(
		`{"settings":{"index.routing.allocation.require._name":"nowhere","index.number_of_shards":1},"aliases":{%q:{}}}`, s.alias))
	refused(func(*indices.RestoreOptions) {}, "accept that with LOSE=true")
	r := restoreOptions(repository)
	r.AllowDataLoss = true
	if err := s.admin.RestoreItems(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	s.checkAlias(t, s.alias, s.alias+"-v2")
	s.check(t)
	if !slices.ContainsFunc(s.logged, func(line string) bool { return strings.Contains(line, "are lost") }) {
		t.Errorf("no line says what is lost: %q", s.logged)
	}
	if err := s.writeOnce(t, ids[0], "after", change, "after"); err != nil {
		t.Errorf("writing: %v", err)
	}
}

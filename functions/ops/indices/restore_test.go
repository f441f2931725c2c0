package indices_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
	"rental.example/domain/item"
)

func (s *stack) owner(t *testing.T, e item.OwnerEvent) {
	t.Helper()
	e.Received = time.Now()
	if _, err := opensearch.NewOwners(s.client).Merge(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

// TestRestoreItems: the index was lost, and clients have written into a new one since. A restore brings back the
// 10,000 items of the snapshot, and loses nothing of what is acknowledged from then on.
func TestRestoreItems(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	ids := s.seed(t, seeded, time.Now().Add(-time.Hour))
	for n, name := range []string{"Renamed later", "Deleted later", "As it was", "Erased later"} {
		s.owner(t, item.OwnerEvent{OwnerID: ownerID(n), Version: 5, Name: name})
	}
	repository := s.repository(t)
	if err := s.admin.TakeSnapshot(t.Context(), repository, "before"); err != nil {
		t.Fatal(err)
	}
	s.call(t, "DELETE", "/"+s.alias+"-v1", "")
	s.call(t, "DELETE", "/"+s.alias+"-owners-v1", "")
	stable := newItemID()
	if err := s.writeOnce(t, stable, "stable", 0, "stable"); err != nil { // makes the index again
		t.Fatal(err)
	}
	s.want[stable] = "stable"
	s.call(t, "PUT", "/"+s.alias+"-v1/_settings", `{"index.refresh_interval":"100ms"}`)
	s.owner(t, item.OwnerEvent{OwnerID: ownerID(0), Version: 9, Name: "Renamed"})
	s.owner(t, item.OwnerEvent{OwnerID: ownerID(1), Version: 9, Deleted: true})
	s.erased[string(ownerID(3))] = true
	for i, id := range ids {
		if i%100 == 3 { // the erased owner's
			s.want[id] = ""
		}
	}
	stop := s.load(t, nil, stable)
	time.Sleep(time.Second)
	if err := s.admin.RestoreItems(t.Context(), restoration(repository)); err != nil {
		t.Error(err)
	}
	before := s.writes.Load()
	time.Sleep(time.Second)
	stop()
	if s.writes.Load() == before {
		t.Error("no write after the switch")
	}
	s.check(t)
	s.standsFor(t, s.alias, s.alias+"-v2")
	s.standsFor(t, s.alias+"-owners", s.alias+"-owners-v2")
	s.ownersAre(t, map[domain.UserID]string{ownerID(0): "Renamed", ownerID(1): "", ownerID(2): "As it was", ownerID(3): ""})
	if last := s.said[len(s.said)-1]; !strings.Contains(last, "now run republish") {
		t.Errorf("it ends with %q", last)
	}
}

func (s *stack) ownersAre(t *testing.T, want map[domain.UserID]string) {
	t.Helper()
	for id, name := range want {
		got, err := opensearch.NewOwners(s.client).Owners(t.Context(), []domain.UserID{id})
		if err != nil || got[id].Name != name {
			t.Errorf("owner %s = %+v, %v; want %q", id, got[id], err, name)
		}
	}
}

// TestRestoreItemsOver: the index in use is there, with changes that are wanted and others that are not. What has
// been written since is kept, and deletions during the restore; what was deleted before comes back.
func TestRestoreItemsOver(t *testing.T) {
	t.Parallel()
	s := newStack(t)
	ids := s.seed(t, 400, time.Now().Add(-time.Hour))
	s.owner(t, item.OwnerEvent{OwnerID: ownerID(0), Version: 5, Name: "Ada"})
	repository := s.repository(t)
	if err := s.admin.TakeSnapshot(t.Context(), repository, "before"); err != nil {
		t.Fatal(err)
	}
	write := func(id item.ID, name string, choice int) {
		t.Helper()
		if err := s.writeOnce(t, id, name, choice, name); err != nil {
			t.Fatal(err)
		}
	}
	wrong, kept, deleted := ids[0], ids[1], ids[2]
	was := s.want[wrong]
	write(wrong, "wrong", 2)
	write(deleted, "", 1)
	time.Sleep(5 * time.Millisecond)
	since := time.Now()
	write(kept, "kept", 2)
	s.want[wrong], s.want[kept] = was, "kept"
	stop := func() {}
	s.hook = func() { stop = s.load(t, ids[10:], ids[3]) }
	r := restoration(repository)
	r.Since = since
	if err := s.admin.RestoreItems(t.Context(), r); err != nil {
		t.Error(err)
	}
	stop()
	s.check(t)
}

// TestRestoreItemsRefuses what would lose something, or is unclear.
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
	refused := func(change func(r *restorationType), want string) {
		t.Helper()
		r := restoration(repository)
		change(&r)
		if err := s.admin.RestoreItems(t.Context(), r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("RestoreItems(%+v) = %v; want %s", r, err, want)
		}
	}
	refused(func(r *restorationType) { r.Snapshot = "Before/../x" }, "want lower-case letters")
	refused(func(r *restorationType) { r.Snapshot = repository + "/after" }, "snapshot_missing_exception")
	refused(func(r *restorationType) { r.ItemsIndex = s.alias + "-v9" }, "say which one")

	// An index whose primary shard has no node: it cannot be read.
	s.call(t, "DELETE", "/"+s.alias+"-v1", "")
	s.call(t, "PUT", "/"+s.alias+"-v1?wait_for_active_shards=0", fmt.Sprintf(
		`{"settings":{"index.routing.allocation.require._name":"nowhere","index.number_of_shards":1},"aliases":{%q:{}}}`, s.alias))
	refused(func(*restorationType) {}, "accept that with LOSE=true")
	r := restoration(repository)
	r.AllowDataLoss = true
	if err := s.admin.RestoreItems(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	s.standsFor(t, s.alias, s.alias+"-v2")
	s.check(t)
	if !slices.ContainsFunc(s.said, func(line string) bool { return strings.Contains(line, "is lost") }) {
		t.Errorf("it does not say what is lost: %q", s.said)
	}
	if err := s.writeOnce(t, ids[0], "after", 2, "after"); err != nil {
		t.Errorf("writing: %v", err)
	}
}

package dynamousers_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/domain"
	"rental.example/domain/user"
)

// recordsOf returns all records of a table by id.
func recordsOf(t *testing.T, store *dynamousers.Store) map[domain.UserID]user.Record {
	t.Helper()
	page, err := store.Scan(t.Context(), "", 100)
	if err != nil || page.Next != "" || len(page.Unreadable) > 0 {
		t.Fatalf("Scan = %+v, %v", page, err)
	}
	all := make(map[domain.UserID]user.Record, len(page.Records))
	for _, r := range page.Records {
		all[r.ID()] = r
	}
	return all
}

// TestErase replaces a profile, a tombstone and nothing by a tombstone.
func TestErase(t *testing.T) {
	t.Parallel()
	client := dynamotest.Client(t)
	store := dynamousers.New(client, dynamotest.NewTable(t, client, dynamousers.Schema))
	if _, _, err := store.Save(t.Context(), profileAt(t, someone, noon, "request-1"), domain.Condition{}); err != nil {
		t.Fatal(err)
	}
	var last domain.Version
	for i, id := range []domain.UserID{someone, someone, newID()} {
		stamp := domain.Stamp{Time: noon.Add(time.Duration(i) * time.Hour), RequestID: "erase-" + string(rune('a'+i))}
		got, err := store.Erase(t.Context(), id, stamp)
		if err != nil || got.ID != id || got.Version <= last || got.RequestID != stamp.RequestID {
			t.Errorf("Erase %d = %+v, %v; want a version above %d", i, got, err, last)
		}
		repeated, err := store.Erase(t.Context(), id, stamp)
		if err != nil || repeated.Version < got.Version {
			t.Errorf("repeated Erase %d = %+v, %v; want %+v or later", i, repeated, err, got)
		}
		last = repeated.Version
		if r := recordsOf(t, store)[id]; r.Tombstone == nil || r.Tombstone.Version != last {
			t.Errorf("after Erase %d: %+v; want a tombstone at %d", i, r, last)
		}
	}
	if _, err := store.Get(t.Context(), someone); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Get after Erase: %v", err)
	}
}

// TestRestore checks that only records are written of which the table has none or an older one.
func TestRestore(t *testing.T) {
	t.Parallel()
	client := dynamotest.Client(t)
	names := [2]string{dynamotest.NewTable(t, client, dynamousers.Schema), dynamotest.NewTable(t, client, dynamousers.Schema)}
	backup, live := dynamousers.New(client, names[0]), dynamousers.New(client, names[1])
	save := func(to *dynamousers.Store, id domain.UserID, at time.Duration) {
		t.Helper()
		p := profileAt(t, id, noon.Add(at), "request-1")
		p.Ratings = 0
		if _, _, err := to.Save(t.Context(), p, domain.Condition{}); err != nil {
			t.Fatal(err)
		}
	}
	lost, changed, deleted, older := newID(), newID(), newID(), newID()
	for _, id := range []domain.UserID{lost, changed, deleted} {
		save(backup, id, 0)
	}
	save(backup, older, time.Hour)
	save(live, changed, time.Hour)
	save(live, older, 0)
	save(live, deleted, 0)
	if _, err := live.Delete(t.Context(), deleted, domain.Condition{}, domain.Stamp{Time: noon.Add(time.Hour), RequestID: "request-2"}); err != nil {
		t.Fatal(err)
	}
	before, saved := recordsOf(t, live), recordsOf(t, backup)
	for id, want := range map[domain.UserID]bool{lost: true, changed: false, deleted: false, older: true} {
		if restored, err := live.Restore(t.Context(), saved[id]); restored != want || err != nil {
			t.Errorf("Restore of %s = %t, %v; want %t", id, restored, err, want)
		}
	}
	want := map[domain.UserID]user.Record{lost: saved[lost], changed: before[changed], deleted: before[deleted], older: saved[older]}
	if diff := cmp.Diff(want, recordsOf(t, live)); diff != "" {
		t.Errorf("the table differs (-want +got):\n%s", diff)
	}
	if restored, err := live.Restore(t.Context(), saved[lost]); restored || err != nil {
		t.Errorf("repeated Restore = %t, %v; want nothing written", restored, err)
	}
	if diff := cmp.Diff(readItem(t, client, names[0], lost), readItem(t, client, names[1], lost), ignoreDocument); diff != "" {
		t.Errorf("the item differs (-saved +restored):\n%s", diff)
	}
}

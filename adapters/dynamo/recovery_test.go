package dynamo_test

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
	"rental.example/domain/user"
)

// statesOf are all records of a table, by id.
func statesOf(t *testing.T, store *dynamo.Users) map[domain.UserID]user.Record {
	t.Helper()
	page, err := store.Scan(t.Context(), "", 100)
	if err != nil || page.Next != "" || len(page.Unreadable) > 0 {
		t.Fatalf("Scan = %+v, %v", page, err)
	}
	all := make(map[domain.UserID]user.Record, len(page.Records))
	for _, s := range page.Records {
		all[s.ID()] = s
	}
	return all
}

// TestErase leaves a tombstone over a profile, over a tombstone, and where there was nothing.
func TestErase(t *testing.T) {
	t.Parallel()
	client := dynamo.NewClient(configFor(endpoint(t)))
	store := dynamo.NewUsers(client, newTable(t, client))
	if _, _, err := store.Save(t.Context(), profileAt(t, someone, noon, "request-1"), domain.Condition{}); err != nil {
		t.Fatal(err)
	}
	stranger := newID()
	var last domain.Version
	for i, id := range []domain.UserID{someone, someone, stranger} {
		stamp := domain.Stamp{Time: noon.Add(time.Duration(i) * time.Hour), RequestID: "erase-" + string(rune('a'+i))}
		got, err := store.Erase(t.Context(), id, stamp)
		if err != nil || got.ID != id || got.Version <= last || got.RequestID != stamp.RequestID {
			t.Errorf("Erase %d = %+v, %v; want a version above %d", i, got, err, last)
		}
		again, err := store.Erase(t.Context(), id, stamp) // as after a lost response
		if err != nil || again.Version < got.Version {
			t.Errorf("Erase %d again = %+v, %v; want %+v or later", i, again, err, got)
		}
		last = again.Version
		if kept := statesOf(t, store)[id]; kept.Tombstone == nil || kept.Tombstone.Version != last {
			t.Errorf("Erase %d leaves %+v; want a tombstone at %d", i, kept, last)
		}
	}
	if _, err := store.Get(t.Context(), someone); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Get after Erase: %v", err)
	}
}

// TestRestore: what is in the table and not older stays; the rest is written as it was saved.
func TestRestore(t *testing.T) {
	t.Parallel()
	client := dynamo.NewClient(configFor(endpoint(t)))
	names := [2]string{newTable(t, client), newTable(t, client)}
	backup, live := dynamo.NewUsers(client, names[0]), dynamo.NewUsers(client, names[1])
	save := func(to *dynamo.Users, id domain.UserID, at time.Duration) {
		t.Helper()
		p := profileAt(t, id, noon.Add(at), "request-1")
		p.Ratings = 0
		if _, _, err := to.Save(t.Context(), p, domain.Condition{}); err != nil {
			t.Fatal(err)
		}
	}
	lost, changed, deleted, behind := newID(), newID(), newID(), newID()
	for _, id := range []domain.UserID{lost, changed, deleted} {
		save(backup, id, 0)
	}
	save(backup, behind, time.Hour)
	save(live, changed, time.Hour)
	save(live, behind, 0)
	save(live, deleted, 0)
	if _, err := live.Delete(t.Context(), deleted, domain.Condition{}, domain.Stamp{Time: noon.Add(time.Hour), RequestID: "request-2"}); err != nil {
		t.Fatal(err)
	}
	before, saved := statesOf(t, live), statesOf(t, backup)
	for id, want := range map[domain.UserID]bool{lost: true, changed: false, deleted: false, behind: true} {
		if restored, err := live.Restore(t.Context(), saved[id]); restored != want || err != nil {
			t.Errorf("Restore of %s = %t, %v; want %t", id, restored, err, want)
		}
	}
	want := map[domain.UserID]user.Record{lost: saved[lost], changed: before[changed], deleted: before[deleted], behind: saved[behind]}
	if diff := cmp.Diff(want, statesOf(t, live)); diff != "" {
		t.Errorf("the table differs (-want +got):\n%s", diff)
	}
	if restored, err := live.Restore(t.Context(), saved[lost]); restored || err != nil {
		t.Errorf("Restore again = %t, %v; want nothing written", restored, err)
	}
	var items [2]any
	for i := range names {
		out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &names[i], Key: attributes{"id": text(string(lost))}})
		if err != nil {
			t.Fatal(err)
		}
		items[i] = out.Item
	}
	opts := cmpopts.IgnoreUnexported(types.AttributeValueMemberS{}, types.AttributeValueMemberN{}, types.AttributeValueMemberBOOL{})
	if diff := cmp.Diff(items[0], items[1], opts); diff != "" {
		t.Errorf("the item is not as it was saved (-saved +restored):\n%s", diff)
	}
}

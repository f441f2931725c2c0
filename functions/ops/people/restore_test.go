package people_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/functions/ops/people"
)

// TestRestoreUsers restores 10,000 profiles while clients write: what was acknowledged stays so, and whoever was
// erased, or has deleted their profile, stays deleted.
func TestRestoreUsers(t *testing.T) {
	t.Parallel()
	const n = 10_000
	client := newClient(t)
	source, live := dynamo.NewUsers(client, newTable(t, client, dynamo.UsersSchema)), dynamo.NewUsers(client, newTable(t, client, dynamo.UsersSchema))
	fill(t, source, n)
	saved := all(t, source)
	erasures := people.NewErasures(client, newTable(t, client, people.ErasuresSchema))
	erased, deleted := id(n-1), id(n-2)
	if _, err := erasures.Record(t.Context(), erased, time.Now(), false); err != nil {
		t.Fatal(err)
	}
	buried, err := live.Erase(t.Context(), deleted, domain.Stamp{Time: time.Now(), RequestID: "deletion"})
	if err != nil {
		t.Fatal(err)
	}
	isErased, err := erasures.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stop := load(t, live, n/2)
	begun := time.Now()
	r := people.Restoration{Source: source, Live: live, Erased: isErased, Now: time.Now(), Say: func(string, ...any) {}}
	done, err := people.RestoreUsers(t.Context(), r)
	told := stop()
	t.Logf("%v in %v", done, time.Since(begun).Round(time.Millisecond))
	if err != nil || done.Read != n || done.Erased != 1 || done.Newer == 0 || done.Written+done.Newer != n-1 {
		t.Errorf("RestoreUsers = %v, %v", done, err)
	}
	got := all(t, live)
	if s, there := got[erased]; there {
		t.Errorf("who was erased is back: %+v", s)
	}
	if s := got[deleted]; s.Tombstone == nil || s.Version() != buried.Version {
		t.Errorf("who was deleted is %+v; want the tombstone at %d", s, buried.Version)
	}
	wrong := 0
	for one, name := range told {
		if s := got[one]; (s.Profile == nil) != (name == "") || s.Profile != nil && s.Profile.Name != name {
			if wrong++; wrong < 5 {
				t.Errorf("%s is %+v; want what was acknowledged, %q", one, s, name)
			}
		}
		delete(saved, one)
	}
	if wrong > 0 {
		t.Errorf("%d of %d acknowledged writes are lost", wrong, len(told))
	}
	delete(saved, erased)
	delete(saved, deleted)
	maps.DeleteFunc(got, func(id domain.UserID, _ user.State) bool { _, ok := saved[id]; return !ok })
	if diff := cmp.Diff(saved, got); diff != "" {
		t.Errorf("the rest is not as it was saved (-want +got):\n%.2000s", diff)
	}
	again, err := people.RestoreUsers(t.Context(), r)
	if err != nil || again.Written != 0 || again.Read != n {
		t.Errorf("RestoreUsers again = %v, %v; want nothing written", again, err)
	}
}

// TestRestoreUsersLeavesOut expired tombstones, which would only expire again, and what it cannot read.
func TestRestoreUsersLeavesOut(t *testing.T) {
	t.Parallel()
	client := newClient(t)
	name := newTable(t, client, dynamo.UsersSchema)
	source, live := dynamo.NewUsers(client, name), dynamo.NewUsers(client, newTable(t, client, dynamo.UsersSchema))
	for n, at := range []time.Time{time.Now(), time.Now().Add(-user.TombstoneLife - time.Hour)} {
		if _, err := source.Erase(t.Context(), id(n), domain.Stamp{Time: at, RequestID: "deletion"}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &name, Item: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "by hand"}}})
	if err != nil {
		t.Fatal(err)
	}
	done, err := people.RestoreUsers(t.Context(), people.Restoration{
		Source: source, Live: live, Erased: func(string) bool { return false }, Now: time.Now(), Say: func(string, ...any) {},
	})
	want := people.Restored{Read: 2, Written: 1, Expired: 1, Unreadable: []string{"by hand"}}
	if diff := cmp.Diff(want, done); diff != "" || err != nil {
		t.Errorf("RestoreUsers, %v (-want +got):\n%s", err, diff)
	}
	if left := slices.Collect(maps.Keys(all(t, live))); !slices.Equal(left, []domain.UserID{id(0)}) {
		t.Errorf("the live table has %v", left)
	}
}

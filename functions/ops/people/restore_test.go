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

// TestRestoreUsers restores 10,000 profiles during other writes. Acknowledged writes are kept, and erased and deleted
// profiles stay deleted.
func TestRestoreUsers(t *testing.T) {
	t.Parallel()
	const n = 10_000
	client := newClient(t)
	source, live := dynamo.NewUsers(client, newTable(t, client, dynamo.UsersSchema)), dynamo.NewUsers(client, newTable(t, client, dynamo.UsersSchema))
	fill(t, source, n)
	saved := records(t, source)
	erasures := people.NewErasures(client, newTable(t, client, people.ErasuresSchema))
	erased, deleted := id(n-1), id(n-2)
	if _, err := erasures.Record(t.Context(), erased, time.Now(), false); err != nil {
		t.Fatal(err)
	}
	tombstone, err := live.Erase(t.Context(), deleted, domain.Stamp{Time: time.Now(), RequestID: "deletion"})
	if err != nil {
		t.Fatal(err)
	}
	isErased, err := erasures.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stop := load(t, live, n/2)
	start := time.Now()
	r := people.RestoreConfig{Source: source, Live: live, Erased: isErased, Now: time.Now(), Logf: func(string, ...any) {}}
	result, err := people.RestoreUsers(t.Context(), r)
	acknowledged := stop()
	t.Logf("%v in %v", result, time.Since(start).Round(time.Millisecond))
	if err != nil || result.Read != n || result.Erased != 1 || result.Newer == 0 || result.Written+result.Newer != n-1 {
		t.Errorf("RestoreUsers = %v, %v", result, err)
	}
	got := records(t, live)
	if s, there := got[erased]; there {
		t.Errorf("erased profile restored: %+v", s)
	}
	if s := got[deleted]; s.Tombstone == nil || s.Version() != tombstone.Version {
		t.Errorf("deleted profile is %+v; want the tombstone at %d", s, tombstone.Version)
	}
	wrong := 0
	for one, name := range acknowledged {
		if s := got[one]; (s.Profile == nil) != (name == "") || s.Profile != nil && s.Profile.Name != name {
			if wrong++; wrong < 5 {
				t.Errorf("%s is %+v; want the acknowledged name %q", one, s, name)
			}
		}
		delete(saved, one)
	}
	if wrong > 0 {
		t.Errorf("%d of %d acknowledged writes are lost", wrong, len(acknowledged))
	}
	delete(saved, erased)
	delete(saved, deleted)
	maps.DeleteFunc(got, func(id domain.UserID, _ user.Record) bool { _, ok := saved[id]; return !ok })
	if diff := cmp.Diff(saved, got); diff != "" {
		t.Errorf("other records differ (-want +got):\n%.2000s", diff)
	}
	repeated, err := people.RestoreUsers(t.Context(), r)
	if err != nil || repeated.Written != 0 || repeated.Read != n {
		t.Errorf("second RestoreUsers = %v, %v; want nothing written", repeated, err)
	}
}

// TestRestoreUsersSkips checks that expired tombstones and unreadable records are skipped.
func TestRestoreUsersSkips(t *testing.T) {
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
	result, err := people.RestoreUsers(t.Context(), people.RestoreConfig{
		Source: source, Live: live, Erased: func(string) bool { return false }, Now: time.Now(), Logf: func(string, ...any) {},
	})
	want := people.RestoreResult{Read: 2, Written: 1, Expired: 1, Unreadable: []string{"by hand"}}
	if diff := cmp.Diff(want, result); diff != "" || err != nil {
		t.Errorf("RestoreUsers, %v (-want +got):\n%s", err, diff)
	}
	if left := slices.Collect(maps.Keys(records(t, live))); !slices.Equal(left, []domain.UserID{id(0)}) {
		t.Errorf("the live table has %v", left)
	}
}

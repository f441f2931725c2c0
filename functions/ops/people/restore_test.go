package people_test

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/functions/ops/people"
)

func id(n int) domain.UserID {
	return domain.UserID(fmt.Sprintf("%08d-0000-4000-8000-000000000000", n))
}

func save(t *testing.T, store *dynamousers.Store, id domain.UserID, name string) {
	t.Helper()
	d := user.Draft{Name: name, Email: "jane@example.com", Type: "renter", Ratings: 3}
	p, err := user.New(domain.Caller{ID: id}, d, domain.Stamp{Time: time.Now(), RequestID: name})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.Save(t.Context(), p, domain.Condition{}); err != nil {
		t.Fatal(err)
	}
}

func erase(t *testing.T, store *dynamousers.Store, id domain.UserID, at time.Time) {
	t.Helper()
	if _, err := store.Erase(t.Context(), id, domain.Stamp{Time: at, RequestID: "deletion"}); err != nil {
		t.Fatal(err)
	}
}

// records returns the records of a store by id.
func records(t *testing.T, store *dynamousers.Store) map[domain.UserID]user.Record {
	t.Helper()
	found := map[domain.UserID]user.Record{}
	for after := ""; ; {
		page, err := store.Scan(t.Context(), after, 1000)
		if err != nil || len(page.Unreadable) > 0 {
			t.Fatalf("Scan: %v, unreadable: %v", err, page.Unreadable)
		}
		for _, r := range page.Records {
			found[r.ID()] = r
		}
		if after = page.Next; after == "" {
			return found
		}
	}
}

// TestRestoreUsers restores several pages. Newer and deleted profiles of the live table are kept, and erased users,
// expired tombstones and unreadable records are skipped.
func TestRestoreUsers(t *testing.T) {
	t.Parallel()
	const n = 600
	client := dynamotest.Client(t)
	sourceName := dynamotest.NewTable(t, client, dynamousers.Schema)
	source, live := dynamousers.New(client, sourceName), dynamousers.New(client, dynamotest.NewTable(t, client, dynamousers.Schema))
	for i := range n {
		save(t, source, id(i), fmt.Sprintf("Backup %d", i))
	}
	erase(t, source, id(n), time.Now())
	want := records(t, source)
	erasures := people.NewErasures(client, dynamotest.NewTable(t, client, people.ErasuresSchema))
	if _, err := erasures.Record(t.Context(), id(0), time.Now(), false); err != nil {
		t.Fatal(err)
	}
	isErased, err := erasures.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	delete(want, id(0))
	erase(t, live, id(1), time.Now())
	save(t, live, id(2), "Newer")
	maps.Copy(want, records(t, live))
	_, err = client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &sourceName, Item: map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "malformed"}}})
	if err != nil {
		t.Fatal(err)
	}
	erase(t, source, id(n+1), time.Now().Add(-user.TombstoneLife-time.Hour)) // the engine deletes it soon
	config := people.RestoreConfig{Source: source, Live: live, Erased: isErased, Now: time.Now(), Logf: t.Logf}
	got, err := people.RestoreUsers(t.Context(), config)
	result := people.RestoreResult{Read: n + 2, Written: n - 2, Newer: 2, Erased: 1, Expired: 1, Unreadable: []string{"malformed"}}
	if diff := cmp.Diff(result, got); diff != "" || err != nil {
		t.Errorf("RestoreUsers, %v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff(want, records(t, live)); diff != "" {
		t.Errorf("the live table (-want +got):\n%.2000s", diff)
	}
	if got, err := people.RestoreUsers(t.Context(), config); got.Written != 0 || err != nil {
		t.Errorf("second RestoreUsers = %v, %v; want nothing written", got, err)
	}
}

// TestConcurrentRestoreUsers restores 5,000 profiles while clients save and delete some of them: what was acknowledged
// stays, and the rest is as in the backup.
func TestConcurrentRestoreUsers(t *testing.T) {
	t.Parallel()
	const n, clients = 5_000, 4
	client := dynamotest.Client(t)
	source, live := dynamousers.New(client, dynamotest.NewTable(t, client, dynamousers.Schema)), dynamousers.New(client, dynamotest.NewTable(t, client, dynamousers.Schema))
	for i := range n {
		save(t, source, id(i), fmt.Sprintf("Backup %d", i))
	}
	want := records(t, source)
	ctx, stop := context.WithCancel(t.Context())
	written := make([]map[domain.UserID]string, clients) // names that were acknowledged, empty for deleted profiles
	var running sync.WaitGroup
	for c := range clients {
		written[c] = map[domain.UserID]string{}
		running.Go(func() {
			for i := c; ctx.Err() == nil; i = (i + clients) % (n / 2) {
				one, name := id(i), fmt.Sprintf("Client %d at %v", c, time.Now())
				save(t, live, one, name)
				if i%3 == 0 {
					_, err := live.Delete(t.Context(), one, domain.Condition{}, domain.Stamp{Time: time.Now(), RequestID: "deletion of " + name})
					if err != nil {
						t.Error(err)
					}
					name = ""
				}
				written[c][one] = name
			}
		})
	}
	got, err := people.RestoreUsers(t.Context(), people.RestoreConfig{
		Source: source, Live: live, Erased: func(string) bool { return false }, Now: time.Now(), Logf: t.Logf,
	})
	stop()
	running.Wait()
	if err != nil || got.Read != n || got.Newer == 0 || got.Written+got.Newer != n {
		t.Errorf("RestoreUsers = %v, %v", got, err)
	}
	restored := records(t, live)
	for _, acknowledged := range written {
		for one, name := range acknowledged {
			if r := restored[one]; (r.Profile == nil) != (name == "") || r.Profile != nil && r.Profile.Name != name {
				t.Errorf("%s is %+v; want what was acknowledged, %q", one, r, name)
			}
			delete(want, one)
			delete(restored, one)
		}
	}
	if diff := cmp.Diff(want, restored); diff != "" {
		t.Errorf("other profiles (-want +got):\n%.2000s", diff)
	}
}

package people_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/samtest"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/functions/ops/people"
)

func newClient(t *testing.T) *dynamodb.Client {
	t.Helper()
	return dynamo.NewClient(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(samtest.Endpoint(t, "DYNAMODB_ENDPOINT", "dynamodb")),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
}

// newTable makes a table of a schema for one test.
func newTable(t *testing.T, client *dynamodb.Client, schema func(name string) dynamo.Schema) string {
	t.Helper()
	name := "ops-" + rand.Text()
	if err := schema(name).Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := client.DeleteTable(context.WithoutCancel(t.Context()), &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
			t.Error(err)
		}
	})
	return name
}

func id(n int) domain.UserID {
	return domain.UserID(fmt.Sprintf("%08d-0000-4000-8000-000000000000", n))
}

func profile(t *testing.T, id domain.UserID, name, request string) user.Profile {
	t.Helper()
	d := user.Draft{Name: name, Email: "jane@example.com", Type: "renter", Ratings: 3}
	p, err := user.New(domain.Caller{ID: id}, d, domain.Stamp{Time: time.Now(), RequestID: request})
	if err != nil {
		t.Error(err)
	}
	return p
}

// all are the records of a store, by id.
func all(t *testing.T, store *dynamo.Users) map[domain.UserID]user.State {
	t.Helper()
	found := map[domain.UserID]user.State{}
	for after := ""; ; {
		page, err := store.Scan(t.Context(), after, 1000)
		if err != nil || len(page.Unreadable) > 0 {
			t.Fatalf("Scan: %v, unreadable: %v", err, page.Unreadable)
		}
		for _, s := range page.States {
			found[s.ID()] = s
		}
		if after = page.Next; after == "" {
			return found
		}
	}
}

// fill saves n profiles, some at once.
func fill(t *testing.T, store *dynamo.Users, n int) {
	t.Helper()
	var writers sync.WaitGroup
	const some = 16
	for w := range some {
		writers.Go(func() {
			for i := w; i < n; i += some {
				if _, _, err := store.Save(t.Context(), profile(t, id(i), fmt.Sprintf("Backup %d", i), "backup"), domain.Condition{}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
}

// load saves and deletes profiles of the live table until stop, which returns what was acknowledged: names, empty for
// deleted. An attempt of unknown outcome is repeated, as a client does.
func load(t *testing.T, live *dynamo.Users, ids int) (stop func() map[domain.UserID]string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	told := map[domain.UserID]string{}
	var clients sync.WaitGroup
	var mu sync.Mutex
	var writes int
	const some = 4
	for w := range some {
		clients.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				one := id(mathrand.IntN(ids/some)*some + w)
				name := write(t, live, one, n, fmt.Sprintf("r-%d-%d", w, n))
				mu.Lock()
				told[one] = name
				writes++
				mu.Unlock()
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	return func() map[domain.UserID]string {
		cancel()
		clients.Wait()
		t.Logf("%d writes acknowledged, of %d profiles", writes, len(told))
		return told
	}
}

// write deletes each third time, and returns the name that the profile has then.
func write(t *testing.T, live *dynamo.Users, one domain.UserID, n int, request string) (name string) {
	for {
		var err error
		if n%3 == 2 {
			_, err = live.Delete(t.Context(), one, domain.Condition{}, domain.Stamp{Time: time.Now(), RequestID: request})
		} else {
			name = "Writer " + request
			_, _, err = live.Save(t.Context(), profile(t, one, name, request), domain.Condition{})
		}
		switch {
		case err == nil:
			return name
		case errors.Is(err, domain.ErrNotFound): // there is a tombstone, or nothing yet
			n = 0
		case !errors.Is(err, domain.ErrUnavailable) && !errors.Is(err, domain.ErrConflict):
			t.Error(err)
			return name
		}
	}
}

// TestRestoreUsers restores 10,000 profiles while clients write: what they were told stays so, and whoever was
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

// TestErasures: the first time stays until it begins again, and nothing names the person.
func TestErasures(t *testing.T) {
	t.Parallel()
	client := newClient(t)
	name := newTable(t, client, people.ErasuresSchema)
	erasures := people.NewErasures(client, name)
	if at, err := erasures.At(t.Context(), id(1)); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("At = %v, %v before", at, err)
	}
	monday := time.Date(2030, 5, 6, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		at    time.Time
		again bool
		want  time.Time
	}{{monday, false, monday}, {monday.Add(time.Hour), false, monday}, {monday.Add(time.Hour), true, monday.Add(time.Hour)}} {
		got, err := erasures.Record(t.Context(), id(1), step.at, step.again)
		if err != nil || !got.Equal(step.want) {
			t.Errorf("Record(%v, %t) = %v, %v; want %v", step.at, step.again, got, err, step.want)
		}
		if at, err := erasures.At(t.Context(), id(1)); err != nil || !at.Equal(step.want) {
			t.Errorf("At = %v, %v; want %v", at, err, step.want)
		}
	}
	erased, err := erasures.All(t.Context())
	if err != nil || !erased(string(id(1))) || erased(string(id(2))) {
		t.Errorf("All: %v", err)
	}
	out, err := client.Scan(t.Context(), &dynamodb.ScanInput{TableName: &name})
	if err != nil || len(out.Items) != 1 || len(out.Items[0]) != 2 || fmt.Sprint(out.Items[0]["hash"]) == string(id(1)) {
		t.Errorf("stored: %+v, %v; want a hash and a time", out.Items, err)
	}
}

// TestErasuresSchemaIsTheTemplates, and so are the tokens' life and the queues' names.
func TestErasuresSchemaIsTheTemplates(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(samtest.Root(t), "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources struct {
			ErasuresTable struct {
				DeletionPolicy string `yaml:"DeletionPolicy"`
				Properties     struct {
					KeySchema               []map[string]string `yaml:"KeySchema"`
					AttributeDefinitions    []map[string]string `yaml:"AttributeDefinitions"`
					TimeToLiveSpecification any                 `yaml:"TimeToLiveSpecification"`
				} `yaml:"Properties"`
			} `yaml:"ErasuresTable"`
			UserPoolClient struct {
				Properties struct {
					IDTokenValidity    int               `yaml:"IdTokenValidity"`
					TokenValidityUnits map[string]string `yaml:"TokenValidityUnits"`
				} `yaml:"Properties"`
			} `yaml:"UserPoolClient"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	table, schema := template.Resources.ErasuresTable, people.ErasuresSchema("any")
	wantKeys := []map[string]string{{"AttributeName": *schema.Table.KeySchema[0].AttributeName, "KeyType": string(schema.Table.KeySchema[0].KeyType)}}
	wantAttributes := []map[string]string{{"AttributeName": *schema.Table.AttributeDefinitions[0].AttributeName, "AttributeType": string(schema.Table.AttributeDefinitions[0].AttributeType)}}
	if diff := cmp.Diff(wantKeys, table.Properties.KeySchema) + cmp.Diff(wantAttributes, table.Properties.AttributeDefinitions); diff != "" {
		t.Errorf("ErasuresTable (-schema +template):\n%s", diff)
	}
	if table.Properties.TimeToLiveSpecification != nil || table.DeletionPolicy != "Retain" {
		t.Errorf("ErasuresTable expires, or goes with the stack: backups do not")
	}
	client := template.Resources.UserPoolClient.Properties
	if life := time.Duration(client.IDTokenValidity) * time.Minute; client.TokenValidityUnits["IdToken"] != "minutes" || people.TokenLife <= life {
		t.Errorf("TokenLife is %v; ID tokens live for %d %s", people.TokenLife, client.IDTokenValidity, client.TokenValidityUnits["IdToken"])
	}
}

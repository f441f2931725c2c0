package people_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/samtest"
	"rental.example/domain"
	"rental.example/domain/user"
)

func newClient(t *testing.T) *dynamodb.Client {
	t.Helper()
	return dynamo.NewClient(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(samtest.Endpoint(t, "DYNAMODB_ENDPOINT", "dynamodb")),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
}

// newTable creates a table for one test.
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

// records returns the records of a store by id.
func records(t *testing.T, store *dynamo.Users) map[domain.UserID]user.Record {
	t.Helper()
	found := map[domain.UserID]user.Record{}
	for after := ""; ; {
		page, err := store.Scan(t.Context(), after, 1000)
		if err != nil || len(page.Unreadable) > 0 {
			t.Fatalf("Scan: %v, unreadable: %v", err, page.Unreadable)
		}
		for _, s := range page.Records {
			found[s.ID()] = s
		}
		if after = page.Next; after == "" {
			return found
		}
	}
}

// fill saves n profiles concurrently.
func fill(t *testing.T, store *dynamo.Users, n int) {
	t.Helper()
	var writers sync.WaitGroup
	const concurrency = 16
	for w := range concurrency {
		writers.Go(func() {
			for i := w; i < n; i += concurrency {
				if _, _, err := store.Save(t.Context(), profile(t, id(i), fmt.Sprintf("Backup %d", i), "backup"), domain.Condition{}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
}

// load saves and deletes profiles of the live table until stop is called, which returns the acknowledged names by id,
// empty for deleted profiles. Writes of unknown outcome are retried.
func load(t *testing.T, live *dynamo.Users, ids int) (stop func() map[domain.UserID]string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	acknowledged := map[domain.UserID]string{}
	var clients sync.WaitGroup
	var mu sync.Mutex
	var writes int
	const concurrency = 4
	for w := range concurrency {
		clients.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				one := id(mathrand.IntN(ids/concurrency)*concurrency + w)
				name := write(t, live, one, n, fmt.Sprintf("r-%d-%d", w, n))
				mu.Lock()
				acknowledged[one] = name
				writes++
				mu.Unlock()
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	return func() map[domain.UserID]string {
		cancel()
		clients.Wait()
		t.Logf("%d writes acknowledged, of %d profiles", writes, len(acknowledged))
		return acknowledged
	}
}

// write deletes the profile if n%3 is 2, else saves it. It returns the profile's name after that.
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
		case errors.Is(err, domain.ErrNotFound): // already deleted, or never saved
			n = 0
		case !errors.Is(err, domain.ErrUnavailable) && !errors.Is(err, domain.ErrConflict):
			t.Error(err)
			return name
		}
	}
}

package users_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory/memoryusers"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/functions/users"
)

const root = "../.."

// now is the time of the fixtures, and seeded that of the profiles in the store.
var (
	now    = time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	seeded = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

func clock() time.Time { return now }

// seed stores what every fixture finds: three profiles, created an hour apart, and the tombstone of another.
func seed(t testing.TB, store user.Store) {
	t.Helper()
	ctx := context.Background()
	for i, p := range []struct {
		sub  string
		d    user.Draft
		gone bool
	}{
		{"11111111-1111-4111-8111-111111111111", user.Draft{Name: "Jane Doe", Email: "jane@example.com", Type: "renter", Ratings: 25}, false},
		{"22222222-2222-4222-8222-222222222222", user.Draft{Name: "Max Mustermann", Email: "max@example.com", Type: "rentee", Ratings: 87.25}, false},
		{"33333333-3333-4333-8333-333333333333", user.Draft{Name: "Ada", Email: "admin@example.com", Type: "renter"}, false},
		{"44444444-4444-4444-8444-444444444444", user.Draft{Name: "Gone", Email: "gone@example.com", Type: "rentee"}, true},
	} {
		profile, err := user.New(domain.Caller{ID: domain.UserIDOf(p.sub), Sub: p.sub}, p.d, domain.Stamp{Time: seeded.Add(time.Duration(i) * time.Hour), RequestID: "seed"})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := store.Save(ctx, profile, domain.Condition{}); err != nil {
			t.Fatal(err)
		}
		if p.gone {
			if _, err := store.Delete(ctx, profile.ID, domain.Condition{}, domain.Stamp{Time: seeded.Add(5 * time.Hour), RequestID: "seed"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	deleteTooOften(t, store, now)
}

// deleteTooOften deletes a profile as often as is allowed in a day, before now.
func deleteTooOften(t testing.TB, store user.Store, now time.Time) {
	t.Helper()
	id := domain.UserIDOf("66666666-6666-4666-8666-666666666666")
	for n := range user.MaxDeletions {
		s := domain.Stamp{Time: now.Add(time.Duration(n-user.MaxDeletions) * time.Millisecond), RequestID: fmt.Sprint("seed ", n)}
		profile, err := user.New(domain.Caller{ID: id}, user.Draft{Name: "Flapping", Email: "a@example.com", Type: "rentee"}, s)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := store.Save(context.Background(), profile, domain.Condition{}); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Delete(context.Background(), id, domain.Condition{}, s); err != nil {
			t.Fatal(err)
		}
	}
}

// newHandler returns the function with a store, a fixed clock and an output.
func newHandler(store user.Store, out io.Writer) lambda.Handler {
	return newRouter(store, out)
}

func newRouter(store user.Store, out io.Writer) *apigateway.Router {
	logger := cloudwatch.NewLogger(out, 0, "users")
	return apigateway.NewRouter(users.New(store, clock, logger).Routes(), apigateway.Config{
		AllowedOrigin: "http://localhost:3000", // as in testdata/env.json
		Logger:        logger,
		Metrics:       cloudwatch.NewMetrics(out, "rental", "users", clock),
		Now:           clock,
	})
}

// failingStore returns err, or panics without one.
type failingStore struct {
	user.Store
	err error
}

func (f failingStore) Get(ctx context.Context, id domain.UserID) (user.Profile, error) {
	if errors.Is(f.err, domain.ErrUnavailable) {
		return user.Profile{}, f.err
	}
	return f.Store.Get(ctx, id)
}

func (f failingStore) Save(context.Context, user.Profile, domain.Condition) (user.Profile, bool, error) {
	if f.err == nil {
		panic("the password is hunter2")
	}
	return user.Profile{}, false, f.err
}

func (f failingStore) Delete(context.Context, domain.UserID, domain.Condition, domain.Stamp) (user.Tombstone, error) {
	return user.Tombstone{}, f.err
}

// storeFor returns the store of a case; fails is whether it is a failing one, which is in the suffix of the name.
func storeFor(name string, store user.Store) (_ user.Store, fails bool) {
	for suffix, err := range map[string]error{
		"-unavailable":    errors.Join(domain.ErrUnavailable, errors.New("dial tcp 10.0.0.7: secret cause")),
		"-conflict":       domain.ErrConflict,
		"-internal-error": errors.New("ValidationException: secret cause"),
		"-panic":          nil,
	} {
		if strings.HasSuffix(name, suffix) {
			return failingStore{store, err}, true
		}
	}
	return store, false
}

// stored matches personal data of seed, and tokens.
var stored = regexp.MustCompile(`@|TOKEN|eyJ|john|Jane|doe|Max|Roe`)

// TestGoldens compares the response to each fixture with its golden file, and checks the output.
func TestGoldens(t *testing.T) {
	t.Parallel()
	for _, c := range apigatewaytest.Cases(t, root, "users") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			store := memoryusers.New()
			seed(t, store)
			s, fails := storeFor(c.Name, store)
			var out bytes.Buffer
			c.Check(t, apigatewaytest.Invoke(t, newHandler(s, &out), "invocation-1", c.Event))
			apigatewaytest.CheckLogLines(t, "users", out.String())
			c.CheckNoSecrets(t, out.String())
			if found := stored.FindString(out.String()); found != "" && !fails {
				t.Errorf("%q in the output:\n%s", found, out.String())
			}
		})
	}
}

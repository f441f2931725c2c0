package items_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory/memoryitems"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/functions/items"
)

const root = "../.."

// now is the time of the fixtures, and seeded that of the stored items.
var (
	now    = time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC)
	seeded = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
)

func clock() time.Time { return now }

// The callers of the fixtures.
var (
	renter = domain.UserIDOf("11111111-1111-4111-8111-111111111111")
	rentee = domain.UserIDOf("22222222-2222-4222-8222-222222222222")
	admin  = domain.UserIDOf("33333333-3333-4333-8333-333333333333")
	gone   = domain.UserIDOf("44444444-4444-4444-8444-444444444444")
)

// ports are the ports of a catalog.
type ports struct {
	store  item.Store
	search item.Search
	owners item.Owners
}

func inMemory() ports {
	items := memoryitems.NewItems()
	return ports{store: items, search: items, owners: memoryitems.NewOwners()}
}

func ptr[T any](v T) *T { return &v }

// seed stores what every fixture finds: two owners, one who has deleted their profile, and items of theirs, one of them
// under an Idempotency-Key.
func seed(t testing.TB, p ports) {
	t.Helper()
	version := domain.VersionAt(seeded)
	for _, e := range []item.OwnerEvent{
		{OwnerID: renter, Version: version, Name: "Jane Doe", Ratings: 25},
		{OwnerID: rentee, Version: version, Name: "Max Mustermann"},
		{OwnerID: gone, Version: version + 5, Deleted: true},
	} {
		if _, err := p.owners.Merge(context.Background(), e); err != nil {
			t.Fatal(err)
		}
	}
	for i, s := range []struct {
		id    item.ID
		owner domain.UserID
		draft item.Draft
	}{
		{"01KDVJ2K000000000000000001", renter, item.Draft{Name: "Bosch drill", Details: "Hammer action, two batteries", Category: "power-tools",
			Tags: []string{"diy", "loud"}, PricePerDay: ptr(12.5), Lat: ptr(52.52), Lng: ptr(13.405)}},
		{"01KDVJ2K000000000000000002", rentee, item.Draft{Name: "Zelt für vier", Details: "Tent with awning", Category: "camping",
			Tags: []string{"outdoor"}, Lat: ptr(52.4907), Lng: ptr(13.3868)}},
		{"01KDVJ2K000000000000000003", admin, item.Draft{Name: "Cargo bike", Details: "Carries a drill press", Category: "bikes",
			Tags: []string{"diy"}, PricePerDay: ptr(30.0), Lat: ptr(53.5511), Lng: ptr(9.9937)}},
		{"01KDVJ2K000000000000000004", gone, item.Draft{Name: "Dead drill", Lat: ptr(52.52), Lng: ptr(13.405)}},
		{item.KeyedID(renter, "key-1"), renter, item.Draft{Name: "Circular saw", Details: "Cuts 60 mm, with guide rail", Category: "power-tools",
			Tags: []string{"diy", "wood"}, PricePerDay: ptr(19.99), Lat: ptr(52.5163), Lng: ptr(13.3777)}},
	} {
		itm, err := item.New(s.id, domain.Caller{ID: s.owner}, item.Owner{}, s.draft, domain.Stamp{Time: seeded.Add(time.Duration(i+1) * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if itm.OwnerID == gone { // from before the deletion
			itm.CreatedAt = seeded
		}
		if err := p.store.Create(context.Background(), itm); err != nil {
			t.Fatal(err)
		}
	}
}

// newHandler returns the function with ports, a fixed clock and an output.
func newHandler(p ports, out io.Writer) lambda.Handler {
	logger := cloudwatch.NewLogger(out, 0, "items")
	service := items.New(p.store, p.search, p.owners, items.Config{
		Now: clock, Random: func() [10]byte { return [10]byte{1, 2, 3} }, Logger: logger,
	})
	return apigateway.NewRouter(service.Routes(), apigateway.Config{
		AllowedOrigin: "http://localhost:3000", // as in testdata/env.json
		Logger:        logger,
		Metrics:       cloudwatch.NewMetrics(out, "rental", "items", clock),
		Now:           clock,
	})
}

// failingStore, failingOwners and failingSearch return err.
type failingStore struct {
	item.Store
	err error
}

func (s failingStore) Create(context.Context, item.Item) error { return s.err }

func (s failingStore) Replace(context.Context, item.Item, item.Revision) error { return s.err }

func (s failingStore) Delete(context.Context, item.ID, item.Revision) error { return s.err }

type failingOwners struct {
	known item.Owners
	err   error
}

func (o failingOwners) Merge(ctx context.Context, e item.OwnerEvent) (item.Owner, error) {
	return o.known.Merge(ctx, e)
}

func (o failingOwners) Owners(context.Context, []domain.UserID) (map[domain.UserID]item.Owner, error) {
	return nil, o.err
}

type failingSearch struct{ err error }

func (s failingSearch) Search(context.Context, item.Query) (item.Results, error) {
	return item.Results{}, s.err
}

// fullSearch finds as many items as an owner may have.
type fullSearch struct{}

func (fullSearch) Search(context.Context, item.Query) (item.Results, error) {
	return item.Results{Total: item.Total{Value: item.MaxOwned, Exact: true}}, nil
}

// portsFor returns the ports of a case; fails is whether they fail, which is in the suffix of the name.
func portsFor(name string, p ports) (_ ports, fails bool) {
	switch {
	case strings.HasSuffix(name, "-unavailable"):
		err := errors.Join(domain.ErrUnavailable, errors.New("dial tcp 10.0.0.7: secret cause"))
		p.owners = failingOwners{p.owners, err}
		if name == "search-engine-unavailable" {
			p.search = failingSearch{err}
		}
	case strings.HasSuffix(name, "-conflict"):
		p.store = failingStore{p.store, domain.ErrConflict}
	case strings.HasSuffix(name, "-too-many-items"):
		p.search = fullSearch{}
	default:
		return p, false
	}
	return p, true
}

// stored matches data of seed, tokens and words of searches.
var stored = regexp.MustCompile(`@|TOKEN|eyJ|Jane|Max|[Dd]ril|DRILL|saw|[Zz]elt|submarine`)

// TestGoldens compares the response to each fixture with its golden file, and checks the output.
func TestGoldens(t *testing.T) {
	t.Parallel()
	for _, c := range apigatewaytest.Cases(t, root, "items") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			p := inMemory()
			seed(t, p)
			p, fails := portsFor(c.Name, p)
			var out bytes.Buffer
			c.Check(t, apigatewaytest.Invoke(t, newHandler(p, &out), "invocation-1", c.Event))
			apigatewaytest.CheckLogLines(t, "items", out.String())
			c.CheckNoSecrets(t, out.String())
			if found := stored.FindString(out.String()); found != "" && !fails {
				t.Errorf("%q in the output:\n%s", found, out.String())
			}
		})
	}
}

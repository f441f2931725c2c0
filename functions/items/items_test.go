package items_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/functions/items"
)

const root = "../.."

// When the fixtures happen, and when what they find was made.
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

// ports are what a catalogue stands on.
type ports struct {
	store  item.Store
	search item.Search
	owners item.Owners
}

func inMemory() ports {
	items := memory.NewItems()
	return ports{store: items, search: items, owners: memory.NewOwners()}
}

func ptr[T any](v T) *T { return &v }

// seed puts into the ports what every fixture finds there: two known owners, one that has deleted their
// profile, and items of theirs, one of them under an Idempotency-Key.
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
		it, err := item.New(s.id, domain.Caller{ID: s.owner}, item.Owner{}, s.draft, domain.Stamp{Time: seeded.Add(time.Duration(i+1) * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if it.OwnerID == gone { // from before the deletion
			it.CreatedAt = seeded
		}
		if err := p.store.Create(context.Background(), it); err != nil {
			t.Fatal(err)
		}
	}
}

// newHandler is the function as it is deployed, but for the ports, the clock and the output.
func newHandler(p ports, out io.Writer) lambda.Handler {
	logger := cloudwatch.NewLogger(out, 0, "items")
	service := items.New(item.NewCatalog(p.store, p.search, p.owners), items.Config{
		Now: clock, Random: func() [10]byte { return [10]byte{1, 2, 3} }, Logger: logger,
	})
	return apigateway.NewRouter(service.Routes(), apigateway.Config{
		AllowedOrigin: "http://localhost:3000", // as in testdata/env.json
		Logger:        logger,
		Metrics:       cloudwatch.NewMetrics(out, "rental", "items", clock),
		Now:           clock,
	})
}

// troubled ports cannot do what is asked of them.
type troubledStore struct {
	item.Store
	err error
}

func (s troubledStore) Create(context.Context, item.Item) error { return s.err }

func (s troubledStore) Replace(context.Context, item.Item, item.Revision) error { return s.err }

func (s troubledStore) Delete(context.Context, item.ID, item.Revision) error { return s.err }

type troubledOwners struct {
	known item.Owners
	err   error
}

func (o troubledOwners) Merge(ctx context.Context, e item.OwnerEvent) (item.Owner, error) {
	return o.known.Merge(ctx, e)
}

func (o troubledOwners) Owners(context.Context, []domain.UserID) (map[domain.UserID]item.Owner, error) {
	return nil, o.err
}

type troubledSearch struct{ err error }

func (s troubledSearch) Search(context.Context, item.Query) (item.Results, error) {
	return item.Results{}, s.err
}

// fullSearch finds as many items of everybody as an owner may have.
type fullSearch struct{}

func (fullSearch) Search(context.Context, item.Query) (item.Results, error) {
	return item.Results{Total: item.Total{Value: item.MaxOwned, Exact: true}}, nil
}

// portsFor gives the cases of trouble, by their names, the ports that make it.
func portsFor(name string, p ports) (_ ports, trouble bool) {
	switch {
	case strings.HasSuffix(name, "-unavailable"):
		err := errors.Join(domain.ErrUnavailable, errors.New("dial tcp 10.0.0.7: secret cause"))
		p.owners = troubledOwners{p.owners, err}
		if name == "search-engine-unavailable" {
			p.search = troubledSearch{err}
		}
	case strings.HasSuffix(name, "-conflict"):
		p.store = troubledStore{p.store, domain.ErrConflict}
	case strings.HasSuffix(name, "-too-many-items"):
		p.search = fullSearch{}
	default:
		return p, false
	}
	return p, true
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for _, c := range apigatewaytest.Cases(t, root, "items") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			p := inMemory()
			seed(t, p)
			p, _ = portsFor(c.Name, p)
			var out bytes.Buffer
			c.Check(t, apigatewaytest.Invoke(t, newHandler(p, &out), "invocation-1", c.Event))
			c.CheckNoSecrets(t, out.String())
		})
	}
}

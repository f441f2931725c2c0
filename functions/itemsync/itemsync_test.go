package itemsync_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory/memoryitems"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/functions/itemsync"
)

const root = "../.."

// The time of the fixtures, and the version of most of their events.
var (
	now          = time.Date(2026, 1, 2, 3, 4, 15, 0, time.UTC)
	eventVersion = domain.VersionAt(time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC))
)

func clock() time.Time { return now }

const (
	renter = domain.UserID("11111111-1111-4111-8111-111111111111")
	rentee = domain.UserID("22222222-2222-4222-8222-222222222222")
	ada    = domain.UserID("33333333-3333-4333-8333-333333333333")
	gone   = domain.UserID("44444444-4444-4444-8444-444444444444")
)

var itemIDs = []item.ID{"01KDVJ2K000000000000000001", "01KDVJ2K000000000000000002", "01KDVJ2K000000000000000003"}

// ports are the ports of a registry, in memory.
type ports struct {
	owners   item.Owners
	holdings item.Holdings
	items    *memoryitems.Items
}

var errDown = errors.Join(domain.ErrUnavailable, errors.New("dial tcp 10.0.0.7: connection refused"))

// workingOwners is an alias so that brokenOwners can embed it: an embedded field Owners would hide the method.
type workingOwners = item.Owners

// brokenOwners fail every merge if down, and panic for an owner named Panic.
type brokenOwners struct {
	workingOwners
	down bool
}

func (o brokenOwners) Merge(ctx context.Context, e item.OwnerEvent) (item.Owner, error) {
	switch {
	case o.down:
		return item.Owner{}, errDown
	case e.Name == "Panic":
		panic("a programming error")
	}
	return o.workingOwners.Merge(ctx, e)
}

type brokenHoldings struct{ item.Holdings }

func (brokenHoldings) Remove(context.Context, []item.Holding) (int, error) { return 0, errDown }

// portsFor returns ports with owners, one of them deleted, and items, one of them created after the deletions of the
// fixtures. The name of a case selects what fails and what was merged before.
func portsFor(t testing.TB, name string) ports {
	t.Helper()
	p := ports{owners: memoryitems.NewOwners(), items: memoryitems.NewItems()}
	p.holdings = p.items
	seeds := []item.OwnerEvent{
		{OwnerID: renter, Version: eventVersion - 100, Name: "Jane Doe", Ratings: 25},
		{OwnerID: rentee, Version: eventVersion - 100, Name: "Max Mustermann"},
		{OwnerID: gone, Version: eventVersion - 100, Deleted: true, Received: now.Add(-time.Hour)},
	}
	if strings.HasSuffix(name, "-late") {
		seeds = append(seeds, item.OwnerEvent{OwnerID: renter, Version: eventVersion, Deleted: true, Received: now.Add(-itemsync.GracePeriod - time.Microsecond)})
	}
	for _, e := range seeds {
		if _, err := p.owners.Merge(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	lat, lng := 52.52, 13.405
	for i, owner := range []domain.UserID{renter, renter, rentee} {
		at := eventVersion.Time().Add(time.Duration(2*i-1) * time.Second) // before, after, after
		itm, err := item.New(itemIDs[i], domain.Caller{ID: owner}, item.Owner{Version: eventVersion - 100}, item.Draft{Name: "Drill", Lat: &lat, Lng: &lng}, domain.Stamp{Time: at})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.items.Create(t.Context(), itm); err != nil {
			t.Fatal(err)
		}
	}
	p.owners = brokenOwners{p.owners, strings.HasPrefix(name, "engine-unavailable")}
	if strings.HasPrefix(name, "removal-unavailable") {
		p.holdings = brokenHoldings{p.items}
	}
	return p
}

// newHandler returns the function as deployed, except for ports, clock and output.
func newHandler(p ports, out io.Writer) lambda.Handler {
	f := itemsync.New(item.NewRegistry(p.owners, p.holdings, itemsync.GracePeriod, clock), itemsync.Config{
		Logger: cloudwatch.NewLogger(out, 0, "itemsync"), Metrics: cloudwatch.NewMetrics(out, "rental", "itemsync", clock),
	})
	return lambda.NewHandler(f.Handle)
}

func invocation(ctx context.Context) context.Context {
	return lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: "invocation-1"})
}

// result is the response to an event and the state after it.
type result struct {
	Response json.RawMessage `json:"answer"`
	Owners   []item.Owner    `json:"owners"`
	Items    []item.ID       `json:"items"` // that still exist
}

func invoke(t testing.TB, p ports, out io.Writer, raw []byte) (got result) {
	t.Helper()
	var err error
	if got.Response, err = newHandler(p, out).Invoke(invocation(context.Background()), raw); err != nil {
		t.Fatalf("the handler failed: %v", err)
	}
	ids := []domain.UserID{renter, rentee, ada, gone}
	owners, err := p.owners.Owners(context.Background(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		got.Owners = append(got.Owners, owners[id])
	}
	for _, id := range itemIDs {
		if _, err := p.items.Get(context.Background(), id); err == nil {
			got.Items = append(got.Items, id)
		}
	}
	return got
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for _, c := range apigatewaytest.Cases(t, root, "itemsync") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			p := portsFor(t, c.Name)
			var out bytes.Buffer
			c.CheckResult(t, invoke(t, p, &out, c.Event))
			c.CheckNoSecrets(t, out.String())
			checkLog(t, out.String())
		})
	}
}

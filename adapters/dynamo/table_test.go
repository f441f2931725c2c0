package dynamo_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
)

func bookingsSchema(name string) dynamo.Schema {
	return dynamo.Schema{Table: &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("itemId"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("day"), AttributeType: types.ScalarAttributeTypeS},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("itemId"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("day"), KeyType: types.KeyTypeRange},
		},
	}}
}

func bookingsTable(client dynamo.API, name string) *dynamo.Table[booking] {
	return dynamo.NewTable[booking](client, name, dynamo.KeyNames{Partition: "itemId", Sort: "day"})
}

func newBookings(t *testing.T) *dynamo.Table[booking] {
	t.Helper()
	client := dynamo.NewClient(configFor(endpoint(t)))
	name := "bookings-" + rand.Text()
	if err := bookingsSchema(name).Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	return bookingsTable(client, name)
}

var (
	noCondition expression.ConditionBuilder
	tent        = expression.Key("itemId").Equal(expression.Value("tent"))
	byJoan      = expression.Name("renter").Equal(expression.Value("joan"))
)

// putBookings puts bookings of n days, every tenth of them by joan.
func putBookings(t *testing.T, bookings *dynamo.Table[booking], n int) (all, joans []booking) {
	t.Helper()
	for i := range n {
		b := booking{ItemID: "tent", Day: fmt.Sprintf("day %03d", i), Renter: "jane"}
		if i%10 == 9 {
			b.Renter = "joan"
			joans = append(joans, b)
		}
		if _, err := bookings.Put(t.Context(), b, noCondition); err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all, joans
}

func TestTableWrites(t *testing.T) {
	t.Parallel()
	ctx, bookings := t.Context(), newBookings(t)
	first, second := booking{"tent", "monday", "jane"}, booking{"tent", "monday", "joan"}
	key := dynamo.Key{Partition: "tent", Sort: "monday"}
	free := expression.Name("day").AttributeNotExists()
	byJane := expression.Name("renter").Equal(expression.Value("jane"))
	toJoan := expression.Set(expression.Name("renter"), expression.Value("joan"))

	if _, err := bookings.Get(ctx, key); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Get of nothing = %v", err)
	}
	if _, err := bookings.Delete(ctx, key, byJane); current(t, err) != nil {
		t.Errorf("Delete of nothing = %v", err)
	}
	if old, err := bookings.Put(ctx, first, free); old != nil || err != nil {
		t.Errorf("Put = %v, %v", old, err)
	}
	if _, err := bookings.Put(ctx, second, free); *current(t, err) != first {
		t.Errorf("second Put = %v", err)
	}
	if old, err := bookings.Update(ctx, key, toJoan, byJane, types.ReturnValueAllOld); err != nil || *old != first {
		t.Errorf("Update = %v, %v; want %v", old, err, first)
	}
	if _, err := bookings.Update(ctx, key, toJoan, byJane, types.ReturnValueAllNew); *current(t, err) != second {
		t.Errorf("second Update = %v", err)
	}
	if got, err := bookings.Update(ctx, key, toJoan, noCondition, types.ReturnValueAllNew); err != nil || *got != second {
		t.Errorf("third Update = %v, %v; want %v", got, err, second)
	}
	if got, err := bookings.Get(ctx, key); err != nil || got != second {
		t.Errorf("Get = %v, %v; want %v", got, err, second)
	}
	if old, err := bookings.Delete(ctx, key, noCondition); err != nil || *old != second {
		t.Errorf("Delete = %v, %v; want %v", old, err, second)
	}
	if old, err := bookings.Delete(ctx, key, noCondition); err != nil || old != nil {
		t.Errorf("second Delete = %v, %v", old, err)
	}
}

// current returns the current record of a ConditionFailedError.
func current(t *testing.T, err error) *booking {
	t.Helper()
	var failed *dynamo.ConditionFailedError[booking]
	if !errors.As(err, &failed) || !errors.Is(err, domain.ErrConflict) || failed.Ambiguous {
		t.Fatalf("got error %v, want a failed condition", err)
	}
	return failed.Current
}

// queryAll reads all pages, of which only the last may be short.
func queryAll(t *testing.T, bookings *dynamo.Table[booking], q dynamo.Query[booking]) (found []booking, pages int) {
	t.Helper()
	for {
		page, err := bookings.Query(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		found = append(found, page.Records...)
		if page.Next == nil {
			return found, pages
		}
		if n := len(page.Records); n != q.Limit {
			t.Errorf("a page of %d with a next page", n)
		}
		q.After = &booking{ItemID: page.Next.ItemID, Day: page.Next.Day}
	}
}

func TestTableQuery(t *testing.T) {
	t.Parallel()
	bookings := newBookings(t)
	all, joans := putBookings(t, bookings, 250)
	descending := slices.Clone(all)
	slices.Reverse(descending)
	early := tent.And(expression.Key("day").LessThan(expression.Value("day 020")))
	boat := expression.Key("itemId").Equal(expression.Value("boat"))
	tests := map[string]struct {
		query dynamo.Query[booking]
		want  []booking
		pages int
	}{
		"all":         {dynamo.Query[booking]{KeyCondition: tent, Limit: 300}, all, 1},
		"exactly all": {dynamo.Query[booking]{KeyCondition: tent, Limit: 250}, all, 1},
		"pages":       {dynamo.Query[booking]{KeyCondition: tent, Limit: 50}, all, 5},
		"descending":  {dynamo.Query[booking]{KeyCondition: tent, Limit: 70, Descending: true}, descending, 4},
		"range":       {dynamo.Query[booking]{KeyCondition: early, Limit: 7}, all[:20], 3},
		"filter":      {dynamo.Query[booking]{KeyCondition: tent, Filter: byJoan, Limit: 10}, joans, 3},
		"no record":   {dynamo.Query[booking]{KeyCondition: boat, Limit: 5}, nil, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, pages := queryAll(t, bookings, test.query)
			if diff := cmp.Diff(test.want, got); diff != "" || pages != test.pages {
				t.Errorf("%d pages, want %d; (-want +got):\n%s", pages, test.pages, diff)
			}
		})
	}
}

// scanAll reads all pages and sorts their records.
func scanAll(t *testing.T, bookings *dynamo.Table[booking], after *booking, limit int) (all dynamo.ScanPage[booking], pages int) {
	t.Helper()
	for {
		page, err := bookings.Scan(t.Context(), after, limit)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(page.Records) + len(page.Undecodable); n > limit {
			t.Errorf("a page of %d, want at most %d", n, limit)
		}
		pages++
		all.Records = append(all.Records, page.Records...)
		all.Undecodable = append(all.Undecodable, page.Undecodable...)
		if after = page.Next; after == nil {
			byDay := func(a, b booking) int { return strings.Compare(a.Day, b.Day) }
			slices.SortFunc(all.Records, byDay)
			slices.SortFunc(all.Undecodable, byDay)
			return all, pages
		}
		after.Renter = "not part of the key"
	}
}

func TestTableScan(t *testing.T) {
	t.Parallel()
	bookings := newBookings(t)
	all, _ := putBookings(t, bookings, 50)
	for _, test := range []struct {
		after    *booking
		limit    int
		want     []booking
		minPages int
	}{{nil, 5000, all, 1}, {nil, 7, all, 8}, {nil, 1, all, 50}, {&booking{ItemID: "tent", Day: "day 039"}, 10, all[40:], 1}} {
		got, pages := scanAll(t, bookings, test.after, test.limit)
		if diff := cmp.Diff(test.want, got.Records); diff != "" || pages < test.minPages || len(got.Undecodable) > 0 {
			t.Errorf("after %v, limit %d: %d pages, want %d; %d undecodable (-want +got):\n%s", test.after, test.limit, pages, test.minPages, len(got.Undecodable), diff)
		}
	}
}

// TestTableScanUndecodable adds items whose renter is a list.
func TestTableScanUndecodable(t *testing.T) {
	t.Parallel()
	bookings := newBookings(t)
	all, _ := putBookings(t, bookings, 10)
	want := dynamo.ScanPage[booking]{Records: all}
	for i := range 3 {
		key := booking{ItemID: "tent", Day: fmt.Sprintf("eve %d", i)}
		change := expression.Set(expression.Name("renter"), expression.Value([]string{"jane"}))
		if _, err := bookings.Update(t.Context(), dynamo.Key{Partition: key.ItemID, Sort: key.Day}, change, noCondition, "NONE"); err != nil {
			t.Fatal(err)
		}
		want.Undecodable = append(want.Undecodable, key)
	}
	got, _ := scanAll(t, bookings, nil, 2)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLimitIsRequired(t *testing.T) {
	t.Parallel()
	client, sent := newClient(noEndpoint, reset)
	bookings := bookingsTable(client, "bookings")
	_, queryErr := bookings.Query(t.Context(), dynamo.Query[booking]{KeyCondition: tent})
	_, scanErr := bookings.Scan(t.Context(), nil, 0)
	if queryErr == nil || scanErr == nil || sent.attempts > 0 {
		t.Errorf("without a limit: Query = %v, Scan = %v after %d attempts", queryErr, scanErr, sent.attempts)
	}
}

// TestInjection checks that values with the syntax of expressions, and reserved words as names, have no effect.
func TestInjection(t *testing.T) {
	t.Parallel()
	bookings := newBookings(t)
	for i, value := range []string{`" OR 1=1`, ":0", "#0", "size(day)", `{"N":"1"}`} {
		b := booking{ItemID: value, Day: strconv.Itoa(i), Renter: value}
		if _, err := bookings.Put(t.Context(), b, expression.Name("name").AttributeNotExists()); err != nil {
			t.Error(err)
		}
		if got, err := bookings.Get(t.Context(), dynamo.Key{Partition: value, Sort: strconv.Itoa(i)}); err != nil || got != b {
			t.Errorf("Get = %v, %v; want %v", got, err, b)
		}
	}
}

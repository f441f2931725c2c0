package dynamo_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
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

func newBookings(t *testing.T) *dynamo.Table[booking] {
	t.Helper()
	client := dynamo.NewClient(configFor(endpoint(t)))
	name := "bookings-" + rand.Text()
	if err := bookingsSchema(name).Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	return dynamo.NewTable[booking](client, name, dynamo.KeyNames{Partition: "itemId", Sort: "day"})
}

func always() expression.ConditionBuilder { return expression.ConditionBuilder{} }

// book puts bookings of n days, every tenth of them by joan.
func book(t *testing.T, bookings *dynamo.Table[booking], n int) []booking {
	t.Helper()
	all := make([]booking, n)
	for i := range all {
		all[i] = booking{ItemID: "tent", Day: fmt.Sprintf("day %03d", i), Renter: "jane"}
		if i%10 == 9 {
			all[i].Renter = "joan"
		}
		if _, err := bookings.Put(t.Context(), all[i], always()); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestTableWrites(t *testing.T) {
	t.Parallel()
	ctx, bookings := t.Context(), newBookings(t)
	first, second := booking{"tent", "monday", "jane"}, booking{"tent", "monday", "joan"}
	key := dynamo.Key{Partition: "tent", Sort: "monday"}
	free := expression.Name("day").AttributeNotExists()
	byJane := expression.Name("renter").Equal(expression.Value("jane"))
	to := expression.Set(expression.Name("renter"), expression.Value("joan"))

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
	if old, err := bookings.Update(ctx, key, to, byJane, types.ReturnValueAllOld); err != nil || *old != first {
		t.Errorf("Update = %v, %v; want %v", old, err, first)
	}
	if _, err := bookings.Update(ctx, key, to, byJane, types.ReturnValueAllNew); *current(t, err) != second {
		t.Errorf("second Update = %v", err)
	}
	if got, err := bookings.Update(ctx, key, to, always(), types.ReturnValueAllNew); err != nil || *got != second {
		t.Errorf("third Update = %v, %v; want %v", got, err, second)
	}
	if got, err := bookings.Get(ctx, key); err != nil || got != second {
		t.Errorf("Get = %v, %v; want %v", got, err, second)
	}
	if old, err := bookings.Delete(ctx, key, always()); err != nil || *old != second {
		t.Errorf("Delete = %v, %v; want %v", old, err, second)
	}
	if old, err := bookings.Delete(ctx, key, always()); err != nil || old != nil {
		t.Errorf("Delete again = %v, %v", old, err)
	}
}

// current is the record that a condition failed over.
func current(t *testing.T, err error) *booking {
	t.Helper()
	var failed *dynamo.ConditionFailedError[booking]
	if !errors.As(err, &failed) || !errors.Is(err, domain.ErrConflict) || failed.Ambiguous {
		t.Fatalf("got error %v, want a failed condition", err)
	}
	return failed.Current
}

// days reads pages until there is nothing more, and checks that only the last may be short where no
// bound of requests allows others to be.
func days(t *testing.T, bookings *dynamo.Table[booking], q dynamo.Query[booking]) (found []booking, pages int) {
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
		if n := len(page.Records); n > q.Limit || n < q.Limit && q.MaxRequests == 0 {
			t.Errorf("a page of %d, and there is more", n)
		}
		q.After = &booking{ItemID: page.Next.ItemID, Day: page.Next.Day}
	}
}

func TestTableQuery(t *testing.T) {
	t.Parallel()
	bookings := newBookings(t)
	all := book(t, bookings, 250)
	var byJoan, descending []booking
	for i, b := range all {
		if b.Renter == "joan" {
			byJoan = append(byJoan, b)
		}
		descending = append(descending, all[len(all)-1-i])
	}
	tent := expression.Key("itemId").Equal(expression.Value("tent"))
	day := expression.Key("day")
	ofJoan := expression.Name("renter").Equal(expression.Value("joan"))
	tests := map[string]struct {
		query dynamo.Query[booking]
		want  []booking
		pages int
	}{
		"all":             {dynamo.Query[booking]{KeyCondition: tent, Limit: 300}, all, 1},
		"exactly all":     {dynamo.Query[booking]{KeyCondition: tent, Limit: 250, Consistent: true}, all, 1},
		"by pages":        {dynamo.Query[booking]{KeyCondition: tent, Limit: 50}, all, 5},
		"descending":      {dynamo.Query[booking]{KeyCondition: tent, Limit: 70, Descending: true}, descending, 4},
		"a range":         {dynamo.Query[booking]{KeyCondition: tent.And(day.LessThan(expression.Value("day 020"))), Limit: 7}, all[:20], 3},
		"filtered":        {dynamo.Query[booking]{KeyCondition: tent, Filter: ofJoan, Limit: 10}, byJoan, 3},
		"within requests": {dynamo.Query[booking]{KeyCondition: tent, Filter: ofJoan, Limit: 25, MaxRequests: 1}, byJoan, 3},
		"nothing":         {dynamo.Query[booking]{KeyCondition: expression.Key("itemId").Equal(expression.Value("boat")), Limit: 5}, nil, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, pages := days(t, bookings, test.query)
			if diff := cmp.Diff(test.want, got); diff != "" || pages != test.pages {
				t.Errorf("%d pages, want %d; (-want +got):\n%s", pages, test.pages, diff)
			}
		})
	}
}

func TestQueryNeedsALimit(t *testing.T) {
	t.Parallel()
	client, sent := clientOver(nowhere, reset)
	bookings := dynamo.NewTable[booking](client, "bookings", dynamo.KeyNames{Partition: "itemId", Sort: "day"})
	q := dynamo.Query[booking]{KeyCondition: expression.Key("itemId").Equal(expression.Value("tent"))}
	if _, err := bookings.Query(t.Context(), q); err == nil || sent.attempts > 0 {
		t.Errorf("Query without a limit = %v after %d attempts", err, sent.attempts)
	}
}

// TestReservedNamesAndForgedValues are harmless: expressions hold placeholders alone.
func TestReservedNamesAndForgedValues(t *testing.T) {
	t.Parallel()
	bookings := newBookings(t)
	for i, forged := range []string{`" OR 1=1`, ":0", "#0", "size(day)", `{"N":"1"}`} {
		b := booking{ItemID: forged, Day: strconv.Itoa(i), Renter: forged}
		reserved := expression.Name("name").AttributeNotExists()
		if _, err := bookings.Put(t.Context(), b, reserved); err != nil {
			t.Error(err)
		}
		if got, err := bookings.Get(t.Context(), dynamo.Key{Partition: forged, Sort: strconv.Itoa(i)}); err != nil || got != b {
			t.Errorf("Get = %v, %v; want %v", got, err, b)
		}
	}
}

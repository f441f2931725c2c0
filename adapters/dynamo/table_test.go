package dynamo_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamotest"
	"rental.example/domain"
)

var readingKeys = dynamo.KeyNames{Partition: "sensor", Sort: "day"}

func readingsSchema(name string) dynamo.Schema { return dynamo.NewSchema(name, readingKeys) }

func readingsTable(client dynamo.API, name string) *dynamo.Table[reading] {
	return dynamo.NewTable[reading](client, name, readingKeys)
}

func newReadings(t *testing.T) *dynamo.Table[reading] {
	t.Helper()
	client := dynamotest.Client(t)
	return readingsTable(client, dynamotest.NewTable(t, client, readingsSchema))
}

var (
	noCondition expression.ConditionBuilder
	attic       = expression.Key("sensor").Equal(expression.Value("attic"))
	byJoan      = expression.Name("author").Equal(expression.Value("joan"))
)

// putReadings puts readings of n days, every tenth of them by joan.
func putReadings(t *testing.T, readings *dynamo.Table[reading], n int) (all, joans []reading) {
	t.Helper()
	for i := range n {
		b := reading{Sensor: "attic", Day: fmt.Sprintf("day %03d", i), Author: "jane"}
		if i%10 == 9 {
			b.Author = "joan"
			joans = append(joans, b)
		}
		if _, err := readings.Put(t.Context(), b, noCondition); err != nil {
			t.Fatal(err)
		}
		all = append(all, b)
	}
	return all, joans
}

func TestTableWrites(t *testing.T) {
	t.Parallel()
	ctx, readings := t.Context(), newReadings(t)
	first, second := reading{"attic", "monday", "jane"}, reading{"attic", "monday", "joan"}
	key := dynamo.Key{Partition: "attic", Sort: "monday"}
	free := expression.Name("day").AttributeNotExists()
	byJane := expression.Name("author").Equal(expression.Value("jane"))
	toJoan := expression.Set(expression.Name("author"), expression.Value("joan"))

	if _, err := readings.Get(ctx, key); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Get of nothing = %v", err)
	}
	if _, err := readings.Delete(ctx, key, byJane); current(t, err) != nil {
		t.Errorf("Delete of nothing = %v", err)
	}
	if old, err := readings.Put(ctx, first, free); old != nil || err != nil {
		t.Errorf("Put = %v, %v", old, err)
	}
	if _, err := readings.Put(ctx, second, free); *current(t, err) != first {
		t.Errorf("second Put = %v", err)
	}
	if old, err := readings.Update(ctx, key, toJoan, byJane, types.ReturnValueAllOld); err != nil || *old != first {
		t.Errorf("Update = %v, %v; want %v", old, err, first)
	}
	if _, err := readings.Update(ctx, key, toJoan, byJane, types.ReturnValueAllNew); *current(t, err) != second {
		t.Errorf("second Update = %v", err)
	}
	if got, err := readings.Update(ctx, key, toJoan, noCondition, types.ReturnValueAllNew); err != nil || *got != second {
		t.Errorf("third Update = %v, %v; want %v", got, err, second)
	}
	if got, err := readings.Get(ctx, key); err != nil || got != second {
		t.Errorf("Get = %v, %v; want %v", got, err, second)
	}
	if old, err := readings.Delete(ctx, key, noCondition); err != nil || *old != second {
		t.Errorf("Delete = %v, %v; want %v", old, err, second)
	}
	if old, err := readings.Delete(ctx, key, noCondition); err != nil || old != nil {
		t.Errorf("second Delete = %v, %v", old, err)
	}
}

// current returns the current record of a ConditionFailedError.
func current(t *testing.T, err error) *reading {
	t.Helper()
	var failed *dynamo.ConditionFailedError[reading]
	if !errors.As(err, &failed) || !errors.Is(err, domain.ErrConflict) || failed.Ambiguous {
		t.Fatalf("got error %v, want a failed condition", err)
	}
	return failed.Current
}

// queryAll reads all pages, of which only the last may be short.
func queryAll(t *testing.T, readings *dynamo.Table[reading], q dynamo.Query[reading]) (found []reading, pages int) {
	t.Helper()
	for {
		page, err := readings.Query(t.Context(), q)
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
		q.After = &reading{Sensor: page.Next.Sensor, Day: page.Next.Day}
	}
}

func TestTableQuery(t *testing.T) {
	t.Parallel()
	readings := newReadings(t)
	all, joans := putReadings(t, readings, 250)
	descending := slices.Clone(all)
	slices.Reverse(descending)
	early := attic.And(expression.Key("day").LessThan(expression.Value("day 020")))
	boat := expression.Key("sensor").Equal(expression.Value("boat"))
	tests := map[string]struct {
		query dynamo.Query[reading]
		want  []reading
		pages int
	}{
		"all":         {dynamo.Query[reading]{KeyCondition: attic, Limit: 300}, all, 1},
		"exactly all": {dynamo.Query[reading]{KeyCondition: attic, Limit: 250}, all, 1},
		"pages":       {dynamo.Query[reading]{KeyCondition: attic, Limit: 50}, all, 5},
		"descending":  {dynamo.Query[reading]{KeyCondition: attic, Limit: 70, Descending: true}, descending, 4},
		"range":       {dynamo.Query[reading]{KeyCondition: early, Limit: 7}, all[:20], 3},
		"filter":      {dynamo.Query[reading]{KeyCondition: attic, Filter: byJoan, Limit: 10}, joans, 3},
		"no record":   {dynamo.Query[reading]{KeyCondition: boat, Limit: 5}, nil, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, pages := queryAll(t, readings, test.query)
			if diff := cmp.Diff(test.want, got); diff != "" || pages != test.pages {
				t.Errorf("%d pages, want %d; (-want +got):\n%s", pages, test.pages, diff)
			}
		})
	}
}

// scanAll reads all pages and sorts their records.
func scanAll(t *testing.T, readings *dynamo.Table[reading], after *reading, limit int) (all dynamo.ScanPage[reading], pages int) {
	t.Helper()
	for {
		page, err := readings.Scan(t.Context(), after, limit)
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
			byDay := func(a, b reading) int { return strings.Compare(a.Day, b.Day) }
			slices.SortFunc(all.Records, byDay)
			slices.SortFunc(all.Undecodable, byDay)
			return all, pages
		}
		after.Author = "not part of the key"
	}
}

func TestTableScan(t *testing.T) {
	t.Parallel()
	readings := newReadings(t)
	all, _ := putReadings(t, readings, 50)
	for _, test := range []struct {
		after    *reading
		limit    int
		want     []reading
		minPages int
	}{{nil, 5000, all, 1}, {nil, 7, all, 8}, {nil, 1, all, 50}, {&reading{Sensor: "attic", Day: "day 039"}, 10, all[40:], 1}} {
		got, pages := scanAll(t, readings, test.after, test.limit)
		if diff := cmp.Diff(test.want, got.Records); diff != "" || pages < test.minPages || len(got.Undecodable) > 0 {
			t.Errorf("after %v, limit %d: %d pages, want %d; %d undecodable (-want +got):\n%s", test.after, test.limit, pages, test.minPages, len(got.Undecodable), diff)
		}
	}
}

// TestTableScanUndecodable adds items whose author is a list.
func TestTableScanUndecodable(t *testing.T) {
	t.Parallel()
	readings := newReadings(t)
	all, _ := putReadings(t, readings, 10)
	want := dynamo.ScanPage[reading]{Records: all}
	for i := range 3 {
		key := reading{Sensor: "attic", Day: fmt.Sprintf("eve %d", i)}
		change := expression.Set(expression.Name("author"), expression.Value([]string{"jane"}))
		if _, err := readings.Update(t.Context(), dynamo.Key{Partition: key.Sensor, Sort: key.Day}, change, noCondition, "NONE"); err != nil {
			t.Fatal(err)
		}
		want.Undecodable = append(want.Undecodable, key)
	}
	got, _ := scanAll(t, readings, nil, 2)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLimitIsRequired(t *testing.T) {
	t.Parallel()
	client, sent := dynamotest.NewClient(dynamotest.NoEndpoint, dynamotest.Reset)
	readings := readingsTable(client, "readings")
	_, queryErr := readings.Query(t.Context(), dynamo.Query[reading]{KeyCondition: attic})
	_, scanErr := readings.Scan(t.Context(), nil, 0)
	if queryErr == nil || scanErr == nil || sent.Attempts > 0 {
		t.Errorf("without a limit: Query = %v, Scan = %v after %d attempts", queryErr, scanErr, sent.Attempts)
	}
}

// TestInjection checks that values with the syntax of expressions, and reserved words as names, have no effect.
func TestInjection(t *testing.T) {
	t.Parallel()
	readings := newReadings(t)
	for i, value := range []string{`" OR 1=1`, ":0", "#0", "size(day)", `{"N":"1"}`} {
		b := reading{Sensor: value, Day: strconv.Itoa(i), Author: value}
		if _, err := readings.Put(t.Context(), b, expression.Name("name").AttributeNotExists()); err != nil {
			t.Error(err)
		}
		if got, err := readings.Get(t.Context(), dynamo.Key{Partition: value, Sort: strconv.Itoa(i)}); err != nil || got != b {
			t.Errorf("Get = %v, %v; want %v", got, err, b)
		}
	}
}

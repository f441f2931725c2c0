package dynamo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo"
)

// scanAll reads all pages, and checks that none is larger than its limit.
func scanAll(t *testing.T, bookings *dynamo.Table[booking], s dynamo.Scan[booking]) (all dynamo.ScanPage[booking], pages int) {
	t.Helper()
	for {
		page, err := bookings.Scan(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(page.Records) + len(page.Undecodable); n > s.Limit {
			t.Errorf("a page of %d, want at most %d", n, s.Limit)
		}
		pages++
		all.Records = append(all.Records, page.Records...)
		all.Undecodable = append(all.Undecodable, page.Undecodable...)
		if s.After = page.Next; s.After == nil {
			byDay := func(a, b booking) int { return strings.Compare(a.Day, b.Day) }
			slices.SortFunc(all.Records, byDay)
			slices.SortFunc(all.Undecodable, byDay)
			return all, pages
		}
		s.After.Renter = "is no part of the key"
	}
}

func TestTableScan(t *testing.T) {
	t.Parallel()
	bookings := newBookings(t)
	all := book(t, bookings, 50)
	var byJoan []booking
	for _, b := range all {
		if b.Renter == "joan" {
			byJoan = append(byJoan, b)
		}
	}
	ofJoan := expression.Name("renter").Equal(expression.Value("joan"))
	tests := map[string]struct {
		scan  dynamo.Scan[booking]
		want  []booking
		pages int // at least
	}{
		"at once":       {dynamo.Scan[booking]{Limit: 5000}, all, 1},
		"by pages":      {dynamo.Scan[booking]{Limit: 7, Consistent: true}, all, 8},
		"one by one":    {dynamo.Scan[booking]{Limit: 1}, all, 50},
		"filtered":      {dynamo.Scan[booking]{Limit: 6, Filter: ofJoan}, byJoan, 9},
		"behind others": {dynamo.Scan[booking]{Limit: 10, After: &booking{ItemID: "tent", Day: "day 039"}}, all[40:], 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, pages := scanAll(t, bookings, test.scan)
			if diff := cmp.Diff(test.want, got.Records); diff != "" || pages < test.pages || len(got.Undecodable) > 0 {
				t.Errorf("%d pages, want %d; %d undecodable (-want +got):\n%s", pages, test.pages, len(got.Undecodable), diff)
			}
		})
	}
}

// TestTableScanGoesOn puts renters into the table that are no text.
func TestTableScanGoesOn(t *testing.T) {
	t.Parallel()
	bookings := newBookings(t)
	want := dynamo.ScanPage[booking]{Records: book(t, bookings, 10)}
	for i := range 3 {
		key := booking{ItemID: "tent", Day: fmt.Sprintf("eve %d", i)}
		change := expression.Set(expression.Name("renter"), expression.Value([]string{"jane"}))
		if _, err := bookings.Update(t.Context(), dynamo.Key{Partition: key.ItemID, Sort: key.Day}, change, always(), "NONE"); err != nil {
			t.Fatal(err)
		}
		want.Undecodable = append(want.Undecodable, key)
	}
	got, _ := scanAll(t, bookings, dynamo.Scan[booking]{Limit: 2})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestScanNeedsALimit(t *testing.T) {
	t.Parallel()
	client, sent := clientOver(nowhere, reset)
	bookings := dynamo.NewTable[booking](client, "bookings", dynamo.KeyNames{Partition: "itemId", Sort: "day"})
	if _, err := bookings.Scan(t.Context(), dynamo.Scan[booking]{}); err == nil || sent.attempts > 0 {
		t.Errorf("Scan without a limit = %v after %d attempts", err, sent.attempts)
	}
}

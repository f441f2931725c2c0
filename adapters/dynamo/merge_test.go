package dynamo_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	gocmp "github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
)

// shelves answers queries from bookings that are in order within each partition, and counts.
type shelves struct {
	dynamo.API
	byItem   map[string][]booking
	mu       sync.Mutex
	requests map[string]int
	read     atomic.Int64
}

func (s *shelves) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	partition := in.ExpressionAttributeValues[":0"].(*types.AttributeValueMemberS).Value
	s.mu.Lock()
	s.requests[partition]++
	s.mu.Unlock()
	rest := s.byItem[partition]
	if start, ok := in.ExclusiveStartKey["day"].(*types.AttributeValueMemberS); ok {
		rest = slices.DeleteFunc(slices.Clone(rest), func(b booking) bool { return b.Day <= start.Value })
	}
	out := &dynamodb.QueryOutput{}
	for _, b := range rest[:min(int(*in.Limit), len(rest))] {
		out.Items = append(out.Items, itemOfBooking(b))
		out.LastEvaluatedKey = itemOfBooking(booking{ItemID: b.ItemID, Day: b.Day})
	}
	if len(out.Items) == len(rest) {
		out.LastEvaluatedKey = nil
	}
	s.read.Add(int64(len(out.Items)))
	return out, nil
}

func itemOfBooking(b booking) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"itemId": &types.AttributeValueMemberS{Value: b.ItemID},
		"day":    &types.AttributeValueMemberS{Value: b.Day},
	}
}

func byDay(a, b booking) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.ItemID, b.ItemID))
}

// spread puts n days into the partitions that choose names, and gives all in order, and the queries.
func spread(n, partitions int, choose func(day int) int) (*shelves, []booking, []dynamo.Query[booking]) {
	s := &shelves{byItem: make(map[string][]booking), requests: make(map[string]int)}
	var all []booking
	for i := range n {
		b := booking{ItemID: fmt.Sprintf("item %02d", choose(i)), Day: fmt.Sprintf("day %06d", i)}
		s.byItem[b.ItemID] = append(s.byItem[b.ItemID], b)
		all = append(all, b)
	}
	queries := make([]dynamo.Query[booking], partitions)
	for i := range queries {
		queries[i].KeyCondition = expression.Key("itemId").Equal(expression.Value(fmt.Sprintf("item %02d", i)))
	}
	return s, all, queries
}

func TestQueryMergedKeepsTheOrder(t *testing.T) {
	t.Parallel()
	const partitions = 32
	tests := map[string]struct {
		choose   func(day int) int
		limit    int
		requests int // the most that any partition gets
		read     int64
	}{
		"even, a small page":   {func(d int) int { return d * 7 % partitions }, 20, 1, 9 * partitions},
		"even, a large page":   {func(d int) int { return d * 7 % partitions }, 1000, 1, 70 * partitions},
		"all in one partition": {func(int) int { return 5 }, 100, 8, 101 + 14},
		"one after the other":  {func(d int) int { return d / 200 % partitions }, 100, 8, 14*partitions + 100},
		"more than there is":   {func(d int) int { return d % 3 }, 5000, 7, 3000},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, all, queries := spread(3000, partitions, test.choose)
			table := dynamo.NewTable[booking](s, "bookings", dynamo.KeyNames{Partition: "itemId", Sort: "day"})
			page, err := table.QueryMerged(t.Context(), queries, test.limit, byDay)
			if err != nil {
				t.Fatal(err)
			}
			want := all[:min(test.limit, len(all))]
			if diff := gocmp.Diff(want, page.Records); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if more := page.Next != nil; more != (len(want) < len(all)) || more && *page.Next != want[len(want)-1] {
				t.Errorf("next %v", page.Next)
			}
			if most := slices.Max(slices.Collect(maps.Values(s.requests))); most > test.requests {
				t.Errorf("%d requests for one partition, want at most %d", most, test.requests)
			}
			if read := s.read.Load(); read > test.read {
				t.Errorf("read %d records for a page of %d, want at most %d", read, test.limit, test.read)
			}
		})
	}
}

// broken fails for one partition and hangs for all others until their context is over.
type broken struct {
	dynamo.API
	hanging atomic.Int32
}

func (b *broken) Query(ctx context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	if in.ExpressionAttributeValues[":0"].(*types.AttributeValueMemberS).Value == "item 03" {
		return nil, &types.ProvisionedThroughputExceededException{}
	}
	b.hanging.Add(1)
	defer b.hanging.Add(-1)
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestQueryMergedGivesUpTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, _, queries := spread(0, 32, nil)
		b := new(broken)
		table := dynamo.NewTable[booking](b, "bookings", dynamo.KeyNames{Partition: "itemId", Sort: "day"})
		_, err := table.QueryMerged(t.Context(), queries, 10, byDay)
		var throttled *types.ProvisionedThroughputExceededException
		if !errors.Is(err, domain.ErrUnavailable) || !errors.As(err, &throttled) {
			t.Errorf("QueryMerged = %v; want the error of the one that failed", err)
		}
		if n := b.hanging.Load(); n != 0 {
			t.Errorf("%d requests still hang", n)
		}
	})
}

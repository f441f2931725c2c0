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

// fakeQueries implements Query with ordered readings by partition, and counts requests and records.
type fakeQueries struct {
	dynamo.API
	readings map[string][]reading
	mu       sync.Mutex
	requests map[string]int
	read     int
}

func (f *fakeQueries) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	partition := in.ExpressionAttributeValues[":0"].(*types.AttributeValueMemberS).Value
	f.requests[partition]++
	rest := f.readings[partition]
	if start, ok := in.ExclusiveStartKey["day"].(*types.AttributeValueMemberS); ok {
		rest = slices.DeleteFunc(slices.Clone(rest), func(b reading) bool { return b.Day <= start.Value })
	}
	out := &dynamodb.QueryOutput{}
	for _, b := range rest[:min(int(*in.Limit), len(rest))] {
		out.Items = append(out.Items, dynamo.Attributes{"sensor": dynamo.String(b.Sensor), "day": dynamo.String(b.Day)})
	}
	if n := len(out.Items); n < len(rest) {
		out.LastEvaluatedKey = out.Items[n-1]
	}
	f.read += len(out.Items)
	return out, nil
}

func compareDays(a, b reading) int {
	return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Sensor, b.Sensor))
}

// spread returns readings of n days in order, a fake with each in the partition that choose returns, and the queries.
func spread(n, partitions int, choose func(day int) int) (*fakeQueries, []reading, []dynamo.Query[reading]) {
	f := &fakeQueries{readings: make(map[string][]reading), requests: make(map[string]int)}
	var all []reading
	for i := range n {
		b := reading{Sensor: fmt.Sprintf("sensor %02d", choose(i)), Day: fmt.Sprintf("day %06d", i)}
		f.readings[b.Sensor] = append(f.readings[b.Sensor], b)
		all = append(all, b)
	}
	queries := make([]dynamo.Query[reading], partitions)
	for i := range queries {
		queries[i].KeyCondition = expression.Key("sensor").Equal(expression.Value(fmt.Sprintf("sensor %02d", i)))
	}
	return f, all, queries
}

func TestQueryMerged(t *testing.T) {
	t.Parallel()
	const partitions = 32
	tests := map[string]struct {
		choose      func(day int) int
		limit       int
		maxRequests int // for one partition
		maxRead     int
	}{
		"even, small page":    {func(d int) int { return d * 7 % partitions }, 20, 1, 9 * partitions},
		"even, large page":    {func(d int) int { return d * 7 % partitions }, 1000, 1, 70 * partitions},
		"one partition":       {func(int) int { return 5 }, 100, 8, 101 + 14},
		"partition by period": {func(d int) int { return d / 200 % partitions }, 100, 8, 14*partitions + 100},
		"last page":           {func(d int) int { return d % 3 }, 5000, 7, 3000},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, all, queries := spread(3000, partitions, test.choose)
			page, err := readingsTable(f, "readings").QueryMerged(t.Context(), queries, test.limit, compareDays)
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
			if n := slices.Max(slices.Collect(maps.Values(f.requests))); n > test.maxRequests {
				t.Errorf("%d requests for one partition, want at most %d", n, test.maxRequests)
			}
			if f.read > test.maxRead {
				t.Errorf("%d records read for a page of %d, want at most %d", f.read, test.limit, test.maxRead)
			}
		})
	}
}

// failingQueries fails for one partition, and blocks for all others until their context ends.
type failingQueries struct {
	dynamo.API
	inFlight atomic.Int32
}

func (f *failingQueries) Query(ctx context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	if in.ExpressionAttributeValues[":0"].(*types.AttributeValueMemberS).Value == "sensor 03" {
		return nil, &types.ProvisionedThroughputExceededException{}
	}
	f.inFlight.Add(1)
	defer f.inFlight.Add(-1)
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestQueryMergedCancels(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, _, queries := spread(0, 32, nil)
		f := new(failingQueries)
		_, err := readingsTable(f, "readings").QueryMerged(t.Context(), queries, 10, compareDays)
		var throttled *types.ProvisionedThroughputExceededException
		if !errors.Is(err, domain.ErrUnavailable) || !errors.As(err, &throttled) {
			t.Errorf("QueryMerged = %v; want the error of the failed query", err)
		}
		if n := f.inFlight.Load(); n != 0 {
			t.Errorf("%d requests in flight", n)
		}
	})
}

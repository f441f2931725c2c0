package dynamo

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Index is a secondary index of a table.
type Index struct {
	Name string
	Keys KeyNames
}

// Query asks for records of one partition, in the order of its sort key.
type Query[T any] struct {
	Where    expression.KeyConditionBuilder // the partition, and a range of the sort key if wanted
	Filter   expression.ConditionBuilder    // only records for which it holds; the zero one always does
	Index    *Index                         // nil: the table itself
	Backward bool                           // in descending order
	// Consistent reads see every acknowledged write and cost twice as much. A global secondary index
	// refuses them.
	Consistent bool
	// After continues behind a record, whether that still exists or not. Only the key attributes of
	// the table and of the index count; they must be in the range of Where.
	After *T
	// Limit is the most records that a page holds; 1 or more.
	Limit int
	// Requests is the most requests to make for a page with a Filter, which DynamoDB applies only
	// after reading: without a bound, a filter that drops nearly everything makes one page read the
	// whole partition. Zero means no bound.
	Requests int
}

// Page is a part of what a Query finds.
type Page[T any] struct {
	Records []T
	// Next is where the next page starts, to be that query's After: a record with at least the key
	// attributes. Nil means that there is nothing more, and only nil does: a page that ran out of
	// Requests is short, or empty, and has a Next.
	Next *T
}

// Query reads one page. It makes as many requests as the page needs, or as q.Requests allows.
func (t *Table[T]) Query(ctx context.Context, q Query[T]) (Page[T], error) {
	r, err := t.newReader(q, q.Limit+1) // one more tells whether there is more
	if err != nil {
		return Page[T]{}, err
	}
	records := make([]T, 0, min(q.Limit, maxRequested))
	for len(records) < q.Limit {
		record, ok, err := r.next(ctx)
		if err != nil {
			return Page[T]{}, err
		}
		if !ok {
			break
		}
		records = append(records, record)
	}
	_, more, err := r.peek(ctx)
	switch {
	case err != nil:
		return Page[T]{}, err
	case more:
		return Page[T]{Records: records, Next: &records[len(records)-1]}, nil
	case r.input.ExclusiveStartKey != nil && !r.ended:
		next, err := t.returned("Query", r.input.ExclusiveStartKey)
		return Page[T]{Records: records, Next: next}, err
	}
	return Page[T]{Records: records}, nil
}

const (
	maxRequested = 1000 // records by one request; DynamoDB stops at 1 MB anyway
	minFiltered  = 100  // records to look at by one request where a filter may drop most of them
)

// reader reads the records of one query, a request at a time, when they are needed.
type reader[T any] struct {
	table    *Table[T]
	input    *dynamodb.QueryInput
	requests int // how many more may be made; negative: any number
	buffer   []T
	ended    bool // no record is left to be requested
}

// newReader makes a reader that asks for perRequest records at a time.
func (t *Table[T]) newReader(q Query[T], perRequest int) (*reader[T], error) {
	if q.Limit < 1 {
		return nil, t.failure("Query", fmt.Errorf("limit %d", q.Limit))
	}
	b := expression.NewBuilder().WithKeyCondition(q.Where)
	if q.Filter.IsSet() {
		b, perRequest = b.WithFilter(q.Filter), max(perRequest, minFiltered)
	}
	expr, err := b.Build()
	if err != nil {
		return nil, t.failure("Query", err)
	}
	r := &reader[T]{table: t, requests: q.Requests, input: &dynamodb.QueryInput{
		TableName:                 &t.name,
		KeyConditionExpression:    expr.KeyCondition(),
		FilterExpression:          expr.Filter(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
		ConsistentRead:            &q.Consistent,
		ScanIndexForward:          aws.Bool(!q.Backward),
		Limit:                     aws.Int32(int32(min(perRequest, maxRequested))),
	}}
	if q.Requests == 0 {
		r.requests = -1
	}
	if q.Index != nil {
		r.input.IndexName = &q.Index.Name
	}
	r.input.ExclusiveStartKey, err = t.startKey(q.After, q.Index)
	if err != nil {
		return nil, t.failure("Query", err)
	}
	return r, nil
}

// startKey is the key attributes of record, of the table and of the index; nothing for no record.
func (t *Table[T]) startKey(record *T, index *Index) (item, error) {
	if record == nil {
		return nil, nil
	}
	start, err := attributevalue.MarshalMap(record)
	if err != nil {
		return nil, err
	}
	names := []string{t.keys.Partition, t.keys.Sort}
	if index != nil {
		names = append(names, index.Keys.Partition, index.Keys.Sort)
	}
	only(start, names)
	return start, nil
}

// only removes the attributes that have none of the names.
func only(of item, names []string) {
	maps.DeleteFunc(of, func(name string, _ attribute) bool { return !slices.Contains(names, name) })
}

// peek is the next record, which stays; ok is false when there is none, or no request left to get it.
func (r *reader[T]) peek(ctx context.Context) (record T, ok bool, err error) {
	for len(r.buffer) == 0 && !r.ended && r.requests != 0 {
		if err := r.request(ctx); err != nil {
			return record, false, err
		}
	}
	if len(r.buffer) == 0 {
		return record, false, nil
	}
	return r.buffer[0], true, nil
}

// next is the next record, which is taken away.
func (r *reader[T]) next(ctx context.Context) (record T, ok bool, err error) {
	record, ok, err = r.peek(ctx)
	if ok {
		r.buffer = r.buffer[1:]
	}
	return record, ok, err
}

func (r *reader[T]) request(ctx context.Context) error {
	r.requests--
	var seen attempts
	out, err := r.table.client.Query(ctx, r.input, seen.watch)
	if err != nil {
		return r.table.callFailure("Query", err, seen)
	}
	r.buffer = make([]T, len(out.Items))
	for i, from := range out.Items {
		if err := attributevalue.UnmarshalMap(from, &r.buffer[i]); err != nil {
			return r.table.failure("Query", fmt.Errorf("decoding an item: %w", err))
		}
	}
	r.input.ExclusiveStartKey = out.LastEvaluatedKey
	r.ended = len(out.LastEvaluatedKey) == 0
	return nil
}

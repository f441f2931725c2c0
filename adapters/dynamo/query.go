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
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Index is a secondary index of a table.
type Index struct {
	Name string
	Keys KeyNames
}

// Query selects records of one partition, in the order of its sort key.
type Query[T any] struct {
	KeyCondition expression.KeyConditionBuilder // the partition, and optionally a range of the sort key
	Filter       expression.ConditionBuilder    // only records that satisfy it; the zero Filter selects all
	Index        *Index                         // nil for the table itself
	Descending   bool
	// After is the cursor: the last record of the previous page, which need not exist any more. Only the key
	// attributes of the table and the index count. They must be in the range of KeyCondition.
	After *T
	// Limit is the maximum number of records of a page, 1 or more.
	Limit int
}

// Page is a page of the result of a Query.
type Page[T any] struct {
	Records []T
	Next    *T // the After of the next page; nil if and only if this is the last page
}

// Query reads one page, with as many requests as needed. DynamoDB filters after reading, so a Filter that drops nearly all
// records reads the whole partition for one page.
func (t *Table[T]) Query(ctx context.Context, q Query[T]) (Page[T], error) {
	r, err := t.newReader(q, q.Limit+1) // one more shows whether there is a next page
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
	if err != nil {
		return Page[T]{}, err
	}
	page := Page[T]{Records: records}
	if more {
		page.Next = &records[len(records)-1]
	}
	return page, nil
}

const (
	maxRequested = 1000 // records of one request; DynamoDB stops at 1 MB
	minFiltered  = 100  // records read by one request with a filter, which may drop most of them
)

// reader reads the records of a query, with a request whenever its buffer is empty.
type reader[T any] struct {
	table  *Table[T]
	input  *dynamodb.QueryInput
	buffer []T
	done   bool // all records were requested
}

// newReader returns a reader that requests perRequest records at a time.
func (t *Table[T]) newReader(q Query[T], perRequest int) (*reader[T], error) {
	if q.Limit < 1 {
		return nil, t.wrapError("Query", fmt.Errorf("limit %d", q.Limit))
	}
	b := expression.NewBuilder().WithKeyCondition(q.KeyCondition)
	if q.Filter.IsSet() {
		b, perRequest = b.WithFilter(q.Filter), max(perRequest, minFiltered)
	}
	expr, err := b.Build()
	if err != nil {
		return nil, t.wrapError("Query", err)
	}
	r := &reader[T]{table: t, input: &dynamodb.QueryInput{
		TableName:                 &t.name,
		KeyConditionExpression:    expr.KeyCondition(),
		FilterExpression:          expr.Filter(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
		ScanIndexForward:          aws.Bool(!q.Descending),
		Limit:                     aws.Int32(int32(min(perRequest, maxRequested))),
	}}
	if q.Index != nil {
		r.input.IndexName = &q.Index.Name
	}
	r.input.ExclusiveStartKey, err = t.startKey(q.After, q.Index)
	if err != nil {
		return nil, t.wrapError("Query", err)
	}
	return r, nil
}

// startKey returns the key attributes of record for the table and the index; nil for no record.
func (t *Table[T]) startKey(record *T, index *Index) (Attributes, error) {
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
	keepOnly(start, names)
	return start, nil
}

// keepOnly deletes all attributes of item except names.
func keepOnly(item Attributes, names []string) {
	maps.DeleteFunc(item, func(name string, _ types.AttributeValue) bool { return !slices.Contains(names, name) })
}

// peek returns the next record without consuming it; ok is false if there is none.
func (r *reader[T]) peek(ctx context.Context) (record T, ok bool, err error) {
	for len(r.buffer) == 0 && !r.done {
		if err := r.request(ctx); err != nil {
			return record, false, err
		}
	}
	if len(r.buffer) == 0 {
		return record, false, nil
	}
	return r.buffer[0], true, nil
}

// next returns and consumes the next record.
func (r *reader[T]) next(ctx context.Context) (record T, ok bool, err error) {
	record, ok, err = r.peek(ctx)
	if ok {
		r.buffer = r.buffer[1:]
	}
	return record, ok, err
}

func (r *reader[T]) request(ctx context.Context) error {
	var tracker responseTracker
	out, err := r.table.client.Query(ctx, r.input, tracker.install)
	if err != nil {
		return r.table.wrapCallError("Query", err, tracker)
	}
	r.buffer = make([]T, len(out.Items))
	for i, item := range out.Items {
		if err := attributevalue.UnmarshalMap(item, &r.buffer[i]); err != nil {
			return r.table.wrapError("Query", fmt.Errorf("decoding an item: %w", err))
		}
	}
	r.input.ExclusiveStartKey = out.LastEvaluatedKey
	r.done = len(out.LastEvaluatedKey) == 0
	return nil
}

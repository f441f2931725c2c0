package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Scan selects the records of a whole table, in DynamoDB's own order. It reads all items, and is charged for them.
type Scan[T any] struct {
	Filter expression.ConditionBuilder // only records that satisfy it; the zero Filter selects all
	// Consistent requests strongly consistent reads, which cost twice as much.
	Consistent bool
	// After is the cursor: the Next of the previous page. Only its key attributes count.
	After *T
	// Limit is the maximum number of records read for a page, 1 or more, before the Filter. DynamoDB stops at 1 MB.
	Limit int
}

// ScanPage is a page of the result of a Scan.
type ScanPage[T any] struct {
	Records []T
	// Undecodable are items that cannot be decoded into a T: records with the key attributes only. They do not end the
	// scan, since it would end there each time.
	Undecodable []T
	// Next is the After of the next page, with the key attributes. It is nil if and only if this is the last page.
	Next *T
}

// Scan reads one page with one request.
func (t *Table[T]) Scan(ctx context.Context, s Scan[T]) (ScanPage[T], error) {
	input, err := t.scanInput(s)
	if err != nil {
		return ScanPage[T]{}, t.failure("Scan", err)
	}
	var tracker responseTracker
	out, err := t.client.Scan(ctx, input, tracker.install)
	if err != nil {
		return ScanPage[T]{}, t.callFailure("Scan", err, tracker)
	}
	page := ScanPage[T]{Records: make([]T, 0, len(out.Items))}
	for _, from := range out.Items {
		if err := t.add(from, &page); err != nil {
			return ScanPage[T]{}, t.failure("Scan", err)
		}
	}
	page.Next, err = t.returned("Scan", out.LastEvaluatedKey)
	return page, err
}

func (t *Table[T]) scanInput(s Scan[T]) (*dynamodb.ScanInput, error) {
	if s.Limit < 1 {
		return nil, fmt.Errorf("limit %d", s.Limit)
	}
	var expr expression.Expression
	var err error
	if s.Filter.IsSet() {
		if expr, err = expression.NewBuilder().WithFilter(s.Filter).Build(); err != nil {
			return nil, err
		}
	}
	start, err := t.startKey(s.After, nil)
	return &dynamodb.ScanInput{
		TableName:                 &t.name,
		FilterExpression:          expr.Filter(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
		ConsistentRead:            &s.Consistent,
		Limit:                     aws.Int32(int32(min(s.Limit, maxRequested))),
		ExclusiveStartKey:         start,
	}, err
}

// add decodes an item and appends it to the page.
func (t *Table[T]) add(from item, page *ScanPage[T]) error {
	var record T
	if attributevalue.UnmarshalMap(from, &record) == nil {
		page.Records = append(page.Records, record)
		return nil
	}
	keepOnly(from, []string{t.keys.Partition, t.keys.Sort})
	key, err := decode[T](from)
	if err != nil {
		return err
	}
	page.Undecodable = append(page.Undecodable, *key)
	return nil
}

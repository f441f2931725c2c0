package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Scan asks for the records of a whole table, in an order that is DynamoDB's own. It reads, and costs, all
// that is there.
type Scan[T any] struct {
	Filter expression.ConditionBuilder // only records for which it holds; the zero one always does
	// Consistent reads see every write that was acknowledged before the page was asked for, and cost twice
	// as much.
	Consistent bool
	// After continues behind a record, whether that still exists or not. Only its key attributes count.
	After *T
	// Limit is the most records to look at for a page; 1 or more. DynamoDB filters only after that, and
	// stops at 1 MB.
	Limit int
}

// Scanned is a page of a Scan.
type Scanned[T any] struct {
	Records []T
	// Undecodable are the items that cannot be decoded into a T: of each what its key says. What somebody
	// once wrote by hand does not end every scan at the same place.
	Undecodable []T
	// Next is where the next page starts, to be that scan's After: a record with the key attributes. Nil
	// means that there is nothing more, and only nil does.
	Next *T
}

// Scan reads one page with one request.
func (t *Table[T]) Scan(ctx context.Context, s Scan[T]) (Scanned[T], error) {
	input, err := t.scanInput(s)
	if err != nil {
		return Scanned[T]{}, t.failure("Scan", err)
	}
	var seen attempts
	out, err := t.client.Scan(ctx, input, seen.watch)
	if err != nil {
		return Scanned[T]{}, t.callFailure("Scan", err, seen)
	}
	page := Scanned[T]{Records: make([]T, 0, len(out.Items))}
	for _, from := range out.Items {
		if err := t.add(from, &page); err != nil {
			return Scanned[T]{}, t.failure("Scan", err)
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

// add puts what is scanned where it belongs.
func (t *Table[T]) add(from item, page *Scanned[T]) error {
	var record T
	if attributevalue.UnmarshalMap(from, &record) == nil {
		page.Records = append(page.Records, record)
		return nil
	}
	only(from, []string{t.keys.Partition, t.keys.Sort})
	key, err := decode[T](from)
	if err != nil {
		return err
	}
	page.Undecodable = append(page.Undecodable, *key)
	return nil
}

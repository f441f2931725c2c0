package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// ScanPage is a page of a Scan.
type ScanPage[T any] struct {
	Records []T
	// Undecodable are items that cannot be decoded into a T: records with the key attributes only. They do not end the
	// scan, since it would end there each time.
	Undecodable []T
	Next        *T // the cursor of the next page, with the key attributes; nil if and only if this is the last page
}

// Scan reads one page of the whole table, in DynamoDB's own order, with one strongly consistent request. The cursor after is
// the Next of the previous page, nil for the first. The page has at most limit records, 1 or more, and at most 1 MB.
func (t *Table[T]) Scan(ctx context.Context, after *T, limit int) (ScanPage[T], error) {
	if limit < 1 {
		return ScanPage[T]{}, t.wrapError("Scan", fmt.Errorf("limit %d", limit))
	}
	start, err := t.startKey(after, nil)
	if err != nil {
		return ScanPage[T]{}, t.wrapError("Scan", err)
	}
	input := &dynamodb.ScanInput{
		TableName: &t.name, ConsistentRead: aws.Bool(true), ExclusiveStartKey: start,
		Limit: aws.Int32(int32(min(limit, maxRequested))),
	}
	var tracker responseTracker
	out, err := t.client.Scan(ctx, input, tracker.install)
	if err != nil {
		return ScanPage[T]{}, t.wrapCallError("Scan", err, tracker)
	}
	page := ScanPage[T]{Records: make([]T, 0, len(out.Items))}
	for _, item := range out.Items {
		if err := t.add(item, &page); err != nil {
			return ScanPage[T]{}, t.wrapError("Scan", err)
		}
	}
	page.Next, err = t.decodeReturned("Scan", out.LastEvaluatedKey)
	return page, err
}

// add decodes an item and appends it to the page.
func (t *Table[T]) add(item Attributes, page *ScanPage[T]) error {
	var record T
	if attributevalue.UnmarshalMap(item, &record) == nil {
		page.Records = append(page.Records, record)
		return nil
	}
	keepOnly(item, []string{t.keys.Partition, t.keys.Sort})
	key, err := decode[T](item)
	if err != nil {
		return err
	}
	page.Undecodable = append(page.Undecodable, *key)
	return nil
}

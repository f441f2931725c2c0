package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/domain"
)

// API is what a Table needs of a *dynamodb.Client.
type API interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
}

var _ API = (*dynamodb.Client)(nil)

// KeyNames are the attributes that make the primary key of a table or the key of an index.
type KeyNames struct {
	Partition string
	Sort      string // empty when there is none
}

// Key is the values of a table's key attributes, as Go values.
type Key struct {
	Partition any
	Sort      any // nil when the table has no sort key
}

// Table is a table, or the part of one, whose items are records of type T: a struct with dynamodbav
// tags. It is safe for concurrent use.
//
// Each method's error is domain.ErrUnavailable where the service throttles, fails, or does not answer
// in time, a *ConditionFailedError where a condition does not hold, and anything else where the
// request itself is wrong, which no repetition mends. Their texts name the operation and the table.
type Table[T any] struct {
	client API
	name   string
	keys   KeyNames
}

// NewTable is the table called name with the primary key keys.
func NewTable[T any](client API, name string, keys KeyNames) *Table[T] {
	return &Table[T]{client: client, name: name, keys: keys}
}

// Get reads the record under key, as of the latest acknowledged write (a strongly consistent read).
// It fails with domain.ErrNotFound when there is none.
func (t *Table[T]) Get(ctx context.Context, key Key) (T, error) {
	var none T
	k, err := t.key(key)
	if err != nil {
		return none, t.failure("GetItem", err)
	}
	var seen attempts
	out, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.name, Key: k, ConsistentRead: aws.Bool(true),
	}, seen.watch)
	if err != nil {
		return none, t.callFailure("GetItem", err, seen)
	}
	if out.Item == nil {
		return none, domain.ErrNotFound
	}
	record, err := decode[T](out.Item)
	if err != nil {
		return none, t.failure("GetItem", err)
	}
	return *record, nil
}

// Put replaces whatever is under record's key by record, if when holds; the zero when always does.
// It returns what was replaced, nil when nothing was.
func (t *Table[T]) Put(ctx context.Context, record T, when expression.ConditionBuilder) (old *T, err error) {
	item, err := attributevalue.MarshalMap(record)
	if err != nil {
		return nil, t.failure("PutItem", err)
	}
	return t.put(ctx, item, when)
}

// put is Put for what is encoded already.
func (t *Table[T]) put(ctx context.Context, item item, when expression.ConditionBuilder) (old *T, err error) {
	expr, err := build(when, nil)
	if err != nil {
		return nil, t.failure("PutItem", err)
	}
	var seen attempts
	out, err := t.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &t.name, Item: item, ReturnValues: types.ReturnValueAllOld,
		ConditionExpression:                 expr.Condition(),
		ExpressionAttributeNames:            expr.Names(),
		ExpressionAttributeValues:           expr.Values(),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}, seen.watch)
	if err != nil {
		return nil, t.writeFailure("PutItem", err, seen)
	}
	return t.returned("PutItem", out.Attributes)
}

// Update changes the record under key, or makes one, if when holds; the zero when always does. It
// returns what want asks for: types.ReturnValueAllOld the record before (nil when there was none),
// types.ReturnValueAllNew the one after.
func (t *Table[T]) Update(ctx context.Context, key Key, change expression.UpdateBuilder,
	when expression.ConditionBuilder, want types.ReturnValue) (*T, error) {
	s, err := Prepare(change, when)
	if err != nil {
		return nil, t.failure("UpdateItem", err)
	}
	return t.Execute(ctx, key, s, noParameters, want)
}

// Delete removes the record under key, if when holds; the zero when always does. It returns what was
// removed, nil when there was nothing.
func (t *Table[T]) Delete(ctx context.Context, key Key, when expression.ConditionBuilder) (old *T, err error) {
	k, err := t.key(key)
	if err != nil {
		return nil, t.failure("DeleteItem", err)
	}
	expr, err := build(when, nil)
	if err != nil {
		return nil, t.failure("DeleteItem", err)
	}
	var seen attempts
	out, err := t.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &t.name, Key: k, ReturnValues: types.ReturnValueAllOld,
		ConditionExpression:                 expr.Condition(),
		ExpressionAttributeNames:            expr.Names(),
		ExpressionAttributeValues:           expr.Values(),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}, seen.watch)
	if err != nil {
		return nil, t.writeFailure("DeleteItem", err, seen)
	}
	return t.returned("DeleteItem", out.Attributes)
}

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

// API is the part of *dynamodb.Client that a Table uses.
type API interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
}

var _ API = (*dynamodb.Client)(nil)

// KeyNames names the key attributes of a table or an index.
type KeyNames struct {
	Partition string
	Sort      string // empty if there is none
}

// Key has the values of a table's key attributes.
type Key struct {
	Partition any
	Sort      any // nil if the table has no sort key
}

// Table is a table, or the part of one, for records of type T, a struct with dynamodbav tags. A record is the Go value of an
// item, which is the form that DynamoDB stores. A Table is safe for concurrent use.
//
// Each method returns domain.ErrUnavailable if the service throttles, fails or does not respond in time, a
// *ConditionFailedError if a condition is not satisfied, and another error for an invalid request, which must not be
// retried. After ErrUnavailable a write may have been applied. A *ConditionFailedError wraps domain.ErrConflict, or
// ErrUnavailable if Ambiguous. Error texts name the operation and the table, and no values.
type Table[T any] struct {
	client API
	name   string
	keys   KeyNames
}

// NewTable returns the table with the given name and primary key.
func NewTable[T any](client API, name string, keys KeyNames) *Table[T] {
	return &Table[T]{client: client, name: name, keys: keys}
}

// Get returns the record with the key, by a strongly consistent read, or domain.ErrNotFound.
func (t *Table[T]) Get(ctx context.Context, key Key) (T, error) {
	var zero T
	k, err := t.key(key)
	if err != nil {
		return zero, t.wrapError("GetItem", err)
	}
	var tracker responseTracker
	out, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.name, Key: k, ConsistentRead: aws.Bool(true),
	}, tracker.install)
	if err != nil {
		return zero, t.wrapCallError("GetItem", err, tracker)
	}
	if out.Item == nil {
		return zero, domain.ErrNotFound
	}
	record, err := decode[T](out.Item)
	if err != nil {
		return zero, t.wrapError("GetItem", err)
	}
	return *record, nil
}

// Put replaces the record with record's key, or creates it, if cond holds; the zero cond always does. It returns the old
// record, nil if there was none.
func (t *Table[T]) Put(ctx context.Context, record T, cond expression.ConditionBuilder) (old *T, err error) {
	item, err := attributevalue.MarshalMap(record)
	if err != nil {
		return nil, t.wrapError("PutItem", err)
	}
	expr, err := build(cond, nil)
	if err != nil {
		return nil, t.wrapError("PutItem", err)
	}
	return t.PutItem(ctx, &dynamodb.PutItemInput{
		Item: item, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
}

// PutItem sends input to the table, with an item and expressions that the caller has built; see Put for the results.
func (t *Table[T]) PutItem(ctx context.Context, input *dynamodb.PutItemInput) (old *T, err error) {
	input.TableName, input.ReturnValues = &t.name, types.ReturnValueAllOld
	input.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	var tracker responseTracker
	out, err := t.client.PutItem(ctx, input, tracker.install)
	if err != nil {
		return nil, t.wrapWriteError("PutItem", err, tracker)
	}
	return t.decodeReturned("PutItem", out.Attributes)
}

// Update changes the record with the key, or creates it, if cond holds; the zero cond always does. It returns what
// returnValues selects: types.ReturnValueAllOld the old record, nil if there was none, types.ReturnValueAllNew the new.
func (t *Table[T]) Update(ctx context.Context, key Key, change expression.UpdateBuilder,
	cond expression.ConditionBuilder, returnValues types.ReturnValue) (*T, error) {
	k, err := t.key(key)
	if err != nil {
		return nil, t.wrapError("UpdateItem", err)
	}
	expr, err := build(cond, &change)
	if err != nil {
		return nil, t.wrapError("UpdateItem", err)
	}
	return t.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		Key: k, ReturnValues: returnValues, UpdateExpression: expr.Update(), ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
	})
}

// UpdateItem sends input to the table, with a key and expressions that the caller has built; see Update for the results.
func (t *Table[T]) UpdateItem(ctx context.Context, input *dynamodb.UpdateItemInput) (*T, error) {
	input.TableName = &t.name
	input.ReturnValuesOnConditionCheckFailure = types.ReturnValuesOnConditionCheckFailureAllOld
	var tracker responseTracker
	out, err := t.client.UpdateItem(ctx, input, tracker.install)
	if err != nil {
		return nil, t.wrapWriteError("UpdateItem", err, tracker)
	}
	return t.decodeReturned("UpdateItem", out.Attributes)
}

// Delete deletes the record with the key if cond holds; the zero cond always does. It returns the old record, nil if
// there was none.
func (t *Table[T]) Delete(ctx context.Context, key Key, cond expression.ConditionBuilder) (old *T, err error) {
	k, err := t.key(key)
	if err != nil {
		return nil, t.wrapError("DeleteItem", err)
	}
	expr, err := build(cond, nil)
	if err != nil {
		return nil, t.wrapError("DeleteItem", err)
	}
	var tracker responseTracker
	out, err := t.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &t.name, Key: k, ReturnValues: types.ReturnValueAllOld, ConditionExpression: expr.Condition(),
		ExpressionAttributeNames: expr.Names(), ExpressionAttributeValues: expr.Values(),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}, tracker.install)
	if err != nil {
		return nil, t.wrapWriteError("DeleteItem", err, tracker)
	}
	return t.decodeReturned("DeleteItem", out.Attributes)
}

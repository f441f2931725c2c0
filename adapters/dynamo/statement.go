package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Statement is an update and its condition as the service takes them, built once for many executions that
// differ in their parameters alone: building them is a tenth of the CPU that a write takes. It is safe for
// concurrent use.
type Statement struct {
	update, condition *string
	names             map[string]string    // by placeholder, like values; nobody writes to them
	values            map[string]attribute // a parameter in the place of what each execution gives
}

// parameter is what Parameter stands for, as an attribute and on its way to become one.
type parameter struct{ *types.AttributeValueMemberS }

// MarshalDynamoDBAttributeValue implements attributevalue.Marshaler.
func (p parameter) MarshalDynamoDBAttributeValue() (types.AttributeValue, error) { return p, nil }

// Parameter stands, in the expressions of a Statement, for a value that comes with each execution.
func Parameter(name string) expression.ValueBuilder {
	return expression.Value(parameter{&types.AttributeValueMemberS{Value: name}})
}

func noParameters(string) types.AttributeValue { return nil }

// Prepare builds a Statement: change happens if when holds; the zero when always does.
func Prepare(change expression.UpdateBuilder, when expression.ConditionBuilder) (Statement, error) {
	expr, err := build(when, &change)
	if err != nil {
		return Statement{}, fmt.Errorf("preparing a statement: %w", err)
	}
	return Statement{update: expr.Update(), condition: expr.Condition(), names: expr.Names(), values: expr.Values()}, nil
}

// with is the statement's values, for each parameter what value gives.
func (s Statement) with(value func(parameter string) types.AttributeValue) (item, error) {
	if len(s.values) == 0 {
		return nil, nil
	}
	values := make(item, len(s.values))
	for placeholder, v := range s.values {
		if p, ok := v.(parameter); ok {
			if v = value(p.Value); v == nil {
				return nil, fmt.Errorf("no value for the parameter %q", p.Value)
			}
		}
		values[placeholder] = v
	}
	return values, nil
}

// Execute is Update by a statement. value gives its parameters; one that it does not know is nil, and an error.
func (t *Table[T]) Execute(ctx context.Context, key Key, s Statement, value func(parameter string) types.AttributeValue, want types.ReturnValue) (*T, error) {
	k, err := t.key(key)
	if err != nil {
		return nil, t.failure("UpdateItem", err)
	}
	values, err := s.with(value)
	if err != nil {
		return nil, t.failure("UpdateItem", err)
	}
	var seen attempts
	out, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.name, Key: k, ReturnValues: want,
		UpdateExpression:                    s.update,
		ConditionExpression:                 s.condition,
		ExpressionAttributeNames:            s.names,
		ExpressionAttributeValues:           values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}, seen.watch)
	if err != nil {
		return nil, t.writeFailure("UpdateItem", err, seen)
	}
	return t.returned("UpdateItem", out.Attributes)
}

package dynamo

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Attributes are the attribute values of an item, a key or an expression, by name.
type Attributes = map[string]types.AttributeValue

// String returns a value of DynamoDB's type S.
func String[S ~string](s S) types.AttributeValue {
	return &types.AttributeValueMemberS{Value: string(s)}
}

// Integer returns a value of DynamoDB's type N.
func Integer[N ~int | ~int64](n N) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(int64(n), 10)}
}

// Float returns a value of DynamoDB's type N: the shortest decimal of the same float64, as the SDK writes it, of at most 17
// of the 38 digits that DynamoDB stores.
func Float(f float64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatFloat(f, 'f', -1, 64)}
}

// Bool returns a value of DynamoDB's type BOOL.
func Bool(b bool) types.AttributeValue { return &types.AttributeValueMemberBOOL{Value: b} }

// decode returns the record of an item.
func decode[T any](item Attributes) (*T, error) {
	record := new(T)
	if err := attributevalue.UnmarshalMap(item, record); err != nil {
		return nil, fmt.Errorf("decoding an item: %w", err)
	}
	return record, nil
}

// decodeReturned returns the record of the item that an operation returned, nil for none.
func (t *Table[T]) decodeReturned(op string, item Attributes) (*T, error) {
	if len(item) == 0 {
		return nil, nil
	}
	record, err := decode[T](item)
	if err != nil {
		return nil, t.wrapError(op, err)
	}
	return record, nil
}

// key encodes k.
func (t *Table[T]) key(k Key) (Attributes, error) {
	values := map[string]any{t.keys.Partition: k.Partition}
	if t.keys.Sort != "" {
		values[t.keys.Sort] = k.Sort
	}
	encoded, err := attributevalue.MarshalMap(values)
	if err != nil {
		return nil, fmt.Errorf("encoding a key: %w", err)
	}
	return encoded, nil
}

// build builds the expressions of a write. The builder replaces all names and values by placeholders, so that reserved
// words and injected syntax have no effect. Without cond and change it returns an empty expression.
func build(cond expression.ConditionBuilder, change *expression.UpdateBuilder) (expression.Expression, error) {
	b := expression.NewBuilder()
	if change != nil {
		b = b.WithUpdate(*change)
	}
	switch {
	case cond.IsSet():
		b = b.WithCondition(cond)
	case change == nil:
		return expression.Expression{}, nil
	}
	return b.Build()
}

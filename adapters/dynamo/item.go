package dynamo

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// item is a record in the form of the SDK.
type item = map[string]attribute

type attribute = types.AttributeValue

func decode[T any](from item) (*T, error) {
	record := new(T)
	if err := attributevalue.UnmarshalMap(from, record); err != nil {
		return nil, fmt.Errorf("decoding an item: %w", err)
	}
	return record, nil
}

// returned decodes the item that an operation returned, nil for none.
func (t *Table[T]) returned(op string, from item) (*T, error) {
	if len(from) == 0 {
		return nil, nil
	}
	record, err := decode[T](from)
	if err != nil {
		return nil, t.failure(op, err)
	}
	return record, nil
}

// key encodes k.
func (t *Table[T]) key(k Key) (item, error) {
	attributes := map[string]any{t.keys.Partition: k.Partition}
	if t.keys.Sort != "" {
		attributes[t.keys.Sort] = k.Sort
	}
	encoded, err := attributevalue.MarshalMap(attributes)
	if err != nil {
		return nil, fmt.Errorf("encoding a key: %w", err)
	}
	return encoded, nil
}

// build builds the expressions of a write. The builder replaces all names and values by placeholders, so that reserved
// words and injected syntax have no effect. It returns an error if there is nothing to build.
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

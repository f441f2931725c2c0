package dynamo

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// item is a record in the SDK's form.
type item = map[string]attribute

type attribute = types.AttributeValue

func decode[T any](from item) (*T, error) {
	record := new(T)
	if err := attributevalue.UnmarshalMap(from, record); err != nil {
		return nil, fmt.Errorf("decoding an item: %w", err)
	}
	return record, nil
}

// returned is the record that a write returns, nil when it returns none.
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

// key is k in the SDK's form.
func (t *Table[T]) key(k Key) (item, error) {
	partition, err := attributevalue.Marshal(k.Partition)
	if err != nil {
		return nil, fmt.Errorf("encoding a key: %w", err)
	}
	if t.keys.Sort == "" {
		return item{t.keys.Partition: partition}, nil
	}
	sort, err := attributevalue.Marshal(k.Sort)
	if err != nil {
		return nil, fmt.Errorf("encoding a key: %w", err)
	}
	return item{t.keys.Partition: partition, t.keys.Sort: sort}, nil
}

// build makes the expression of a write. The SDK's builder refuses to build nothing, and replaces
// every name and value by a placeholder, so that reserved words and forged values mean nothing.
func build(when expression.ConditionBuilder, change *expression.UpdateBuilder) (expression.Expression, error) {
	b := expression.NewBuilder()
	if change != nil {
		b = b.WithUpdate(*change)
	}
	switch {
	case when.IsSet():
		b = b.WithCondition(when)
	case change == nil:
		return expression.Expression{}, nil
	}
	return b.Build()
}

package dynamotest

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/dynamo"
)

// Expressions is a table without records that checks the expressions of each write: DynamoDB rejects placeholders that are
// undefined or unused, and reserved words as names.
type Expressions struct {
	dynamo.API
	T    *testing.T
	Item dynamo.Attributes // the response to each GetItem
	All  map[string]bool   // the expressions of all writes
}

func (e *Expressions) check(names map[string]string, values dynamo.Attributes, expressions ...*string) {
	e.T.Helper()
	text := ""
	for _, expression := range expressions {
		text += aws.ToString(expression) + " "
	}
	want := regexp.MustCompile(`[:#]\w+`).FindAllString(text, -1)
	slices.Sort(want)
	got := slices.AppendSeq(slices.Collect(maps.Keys(names)), maps.Keys(values))
	slices.Sort(got)
	if diff := cmp.Diff(slices.Compact(want), got); diff != "" {
		e.T.Errorf("placeholders of %s (-used +defined):\n%s", text, diff)
	}
	if reserved := reservedNames(text); len(reserved) > 0 {
		e.T.Errorf("%q are reserved words, which need placeholders: %s", reserved, text)
	}
	if strings.Count(text, "(") != strings.Count(text, ")") {
		e.T.Errorf("parentheses of %s", text)
	}
	if e.All == nil {
		e.All = make(map[string]bool)
	}
	e.All[text] = true
}

// GetItem implements dynamo.API.
func (e *Expressions) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{Item: e.Item}, nil
}

// UpdateItem implements dynamo.API.
func (e *Expressions) UpdateItem(_ context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	e.check(in.ExpressionAttributeNames, in.ExpressionAttributeValues, in.UpdateExpression, in.ConditionExpression)
	return &dynamodb.UpdateItemOutput{}, nil
}

// PutItem implements dynamo.API.
func (e *Expressions) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	e.check(in.ExpressionAttributeNames, in.ExpressionAttributeValues, in.ConditionExpression)
	return &dynamodb.PutItemOutput{}, nil
}

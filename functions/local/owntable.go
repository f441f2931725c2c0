package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
)

// ownTable is a client of an engine for development, which may come back empty when it is restarted. Whoever finds the
// table missing makes it and tries once more, as with the indices of OpenSearch. What is deployed does not: a table that
// is missing there has to be restored.
type ownTable struct {
	*dynamodb.Client
	name string
}

var _ dynamo.API = ownTable{}

func (t ownTable) ensure(ctx context.Context) error {
	return dynamo.EnsureUsersTable(ctx, t.Client, t.name)
}

// stream is the ARN of the table's stream.
func (t ownTable) stream(ctx context.Context) (string, error) {
	out, err := t.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &t.name})
	if err != nil {
		return "", err
	}
	if out.Table.LatestStreamArn == nil {
		return "", fmt.Errorf("table %s has no stream", t.name)
	}
	return *out.Table.LatestStreamArn, nil
}

// GetItem implements dynamo.API.
func (t ownTable) GetItem(ctx context.Context, in *dynamodb.GetItemInput, options ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return again(ctx, t, t.Client.GetItem, in, options)
}

// PutItem implements dynamo.API.
func (t ownTable) PutItem(ctx context.Context, in *dynamodb.PutItemInput, options ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	return again(ctx, t, t.Client.PutItem, in, options)
}

// UpdateItem implements dynamo.API.
func (t ownTable) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, options ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	return again(ctx, t, t.Client.UpdateItem, in, options)
}

// DeleteItem implements dynamo.API.
func (t ownTable) DeleteItem(ctx context.Context, in *dynamodb.DeleteItemInput, options ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	return again(ctx, t, t.Client.DeleteItem, in, options)
}

// Query implements dynamo.API.
func (t ownTable) Query(ctx context.Context, in *dynamodb.QueryInput, options ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return again(ctx, t, t.Client.Query, in, options)
}

// Scan implements dynamo.API.
func (t ownTable) Scan(ctx context.Context, in *dynamodb.ScanInput, options ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	return again(ctx, t, t.Client.Scan, in, options)
}

// again calls once more where the table was missing and could be made.
func again[In, Out any](ctx context.Context, t ownTable, call func(context.Context, *In, ...func(*dynamodb.Options)) (*Out, error),
	in *In, options []func(*dynamodb.Options)) (*Out, error) {
	out, err := call(ctx, in, options...)
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		return out, err
	}
	if ensureErr := t.ensure(ctx); ensureErr != nil {
		return nil, fmt.Errorf("%w; and the table cannot be made: %w", err, ensureErr)
	}
	return call(ctx, in, options...)
}

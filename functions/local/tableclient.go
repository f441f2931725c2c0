package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamousers"
)

// creationTimeout limits the creation of a missing table by an operation.
const creationTimeout = 5 * time.Second

// tableClient creates the users table if an operation finds it missing, and repeats the operation once. Engines for
// development may restart empty. Deployed functions do not do this: a missing table must be restored.
type tableClient struct {
	client *dynamodb.Client
	table  string
}

var _ dynamo.API = tableClient{}

// GetItem implements dynamo.API.
func (c tableClient) GetItem(ctx context.Context, in *dynamodb.GetItemInput, options ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return createIfMissing(ctx, c, c.client.GetItem, in, options)
}

// PutItem implements dynamo.API.
func (c tableClient) PutItem(ctx context.Context, in *dynamodb.PutItemInput, options ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	return createIfMissing(ctx, c, c.client.PutItem, in, options)
}

// UpdateItem implements dynamo.API.
func (c tableClient) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, options ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	return createIfMissing(ctx, c, c.client.UpdateItem, in, options)
}

// DeleteItem implements dynamo.API.
func (c tableClient) DeleteItem(ctx context.Context, in *dynamodb.DeleteItemInput, options ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	return createIfMissing(ctx, c, c.client.DeleteItem, in, options)
}

// Query implements dynamo.API.
func (c tableClient) Query(ctx context.Context, in *dynamodb.QueryInput, options ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return createIfMissing(ctx, c, c.client.Query, in, options)
}

// Scan implements dynamo.API.
func (c tableClient) Scan(ctx context.Context, in *dynamodb.ScanInput, options ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	return createIfMissing(ctx, c, c.client.Scan, in, options)
}

// createIfMissing limits the creation by creationTimeout and by ctx. Its error has the cause.
func createIfMissing[In, Out any](ctx context.Context, c tableClient,
	call func(context.Context, *In, ...func(*dynamodb.Options)) (*Out, error), in *In, options []func(*dynamodb.Options)) (*Out, error) {
	out, err := call(ctx, in, options...)
	var missing *types.ResourceNotFoundException
	if !errors.As(err, &missing) {
		return out, err
	}
	creation, cancel := context.WithTimeout(ctx, creationTimeout)
	defer cancel()
	if createErr := dynamousers.Schema(c.table).Ensure(creation, c.client); createErr != nil {
		return nil, fmt.Errorf("%w; cannot create the table: %w", err, createErr)
	}
	return call(ctx, in, options...)
}

// streamARN returns the ARN of the table's stream.
func streamARN(ctx context.Context, client *dynamodb.Client, table string) (string, error) {
	out, err := client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		return "", err
	}
	if out.Table.LatestStreamArn == nil {
		return "", fmt.Errorf("table %s has no stream", table)
	}
	return *out.Table.LatestStreamArn, nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
)

// newTableClient returns a client that creates the users table if an operation finds it missing, and retries the
// operation. Engines for development may restart empty. Deployed functions do not do this: a missing table must be restored.
func newTableClient(config aws.Config, table string, logger *slog.Logger) *dynamodb.Client {
	plain := dynamo.NewClient(config)
	create := func() bool {
		err := dynamo.EnsureUsersTable(context.Background(), plain, table) // a Retryer has no context
		if err != nil {
			logger.Error("cannot create missing table", "table", table, "error", err)
		}
		return err == nil
	}
	return dynamo.NewClient(config, func(o *dynamodb.Options) { o.Retryer = tableRetryer{o.Retryer, create} })
}

// tableRetryer also retries after a ResourceNotFoundException, if create returns true.
type tableRetryer struct {
	aws.Retryer
	create func() bool
}

// IsErrorRetryable implements aws.Retryer.
func (r tableRetryer) IsErrorRetryable(err error) bool {
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		return r.create()
	}
	return r.Retryer.IsErrorRetryable(err)
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

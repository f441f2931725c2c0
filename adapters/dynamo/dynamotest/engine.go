// Package dynamotest has what the tests of stores in DynamoDB share: tables in a local engine, scripted responses, and checks of
// schemas and expressions.
package dynamotest

import (
	"context"
	"crypto/rand"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/samtest"
)

// Config returns a configuration for a local engine, which accepts any credentials. Attempts may take longer than a
// function's: the engine is slow on a machine that is busy with other tests.
func Config(endpoint string) aws.Config {
	return aws.Config{
		HTTPClient:   &http.Client{Timeout: 30 * time.Second},
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

// Endpoint returns the URL of a local engine. Without one it skips the test, in CI it fails it.
func Endpoint(t *testing.T) string {
	t.Helper()
	return samtest.Endpoint(t, "DYNAMODB_ENDPOINT", "dynamodb")
}

// Client returns a client of the local engine; see Endpoint.
func Client(t *testing.T) *dynamodb.Client {
	t.Helper()
	return dynamo.NewClient(Config(Endpoint(t)))
}

// NewTable creates a table of a schema for one test, and returns its name.
func NewTable(t *testing.T, client *dynamodb.Client, schema func(tableName string) dynamo.Schema) string {
	t.Helper()
	name := "test-" + rand.Text()
	if err := schema(name).Ensure(t.Context(), client); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, err := client.DeleteTable(context.WithoutCancel(t.Context()), &dynamodb.DeleteTableInput{TableName: &name})
		if err != nil {
			t.Error(err)
		}
	})
	return name
}

package dynamo_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/adapters/dynamo"
	"rental.example/domain"
)

// configFor returns a configuration for a local engine, which accepts any credentials. Attempts may take longer than a
// function's: the engine is slow on a machine that is busy with other tests.
func configFor(endpoint string) aws.Config {
	return aws.Config{
		HTTPClient:   &http.Client{Timeout: 30 * time.Second},
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

// endpoint returns the endpoint of an engine. It skips the test if there is none.
func endpoint(t *testing.T) string {
	t.Helper()
	url := os.Getenv("DYNAMODB_ENDPOINT")
	if url == "" && os.Getenv("CI") == "true" {
		t.Fatal("DYNAMODB_ENDPOINT is not set, and CI tests against a real engine")
	}
	if url == "" {
		t.Skip("needs a DynamoDB engine: run testdata/engines/with dynamodb go test ./adapters/dynamo, or set DYNAMODB_ENDPOINT")
	}
	return url
}

// newTable creates a users table for one test and returns its name.
func newTable(t *testing.T, client *dynamodb.Client) string {
	t.Helper()
	name := "users-" + rand.Text()
	if err := dynamo.EnsureUsersTable(t.Context(), client, name); err != nil {
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

func newID() domain.UserID {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return domain.UserID(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/samtest"
)

// emptyEngine answers as DynamoDB does without any table, until one is made.
type emptyEngine struct{ made atomic.Bool }

// ServeHTTP implements http.Handler.
func (e *emptyEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch {
	case operation == "CreateTable":
		e.made.Store(true)
	case !e.made.Load():
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Cannot do operations on a non-existent table"}`)
		return
	case operation == "DescribeTable":
		_, _ = io.WriteString(w, `{"Table":{"TableStatus":"ACTIVE"}}`)
		return
	}
	_, _ = io.WriteString(w, `{}`)
}

// TestTableIsMadeAgain: whichever operation finds the table missing makes it.
func TestTableIsMadeAgain(t *testing.T) {
	t.Parallel()
	engine := new(emptyEngine)
	server := httptest.NewServer(engine)
	defer server.Close()
	table := ownTable{name: "users", Client: dynamo.NewClient(aws.Config{
		Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})}
	key := map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "1"}}
	for name, call := range map[string]func(context.Context) (any, error){
		"GetItem": func(ctx context.Context) (any, error) {
			return table.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table.name, Key: key})
		},
		"PutItem": func(ctx context.Context) (any, error) {
			return table.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table.name, Item: key})
		},
		"UpdateItem": func(ctx context.Context) (any, error) {
			return table.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: &table.name, Key: key})
		},
		"DeleteItem": func(ctx context.Context) (any, error) {
			return table.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table.name, Key: key})
		},
		"Query": func(ctx context.Context) (any, error) {
			return table.Query(ctx, &dynamodb.QueryInput{TableName: &table.name})
		},
		"Scan": func(ctx context.Context) (any, error) {
			return table.Scan(ctx, &dynamodb.ScanInput{TableName: &table.name})
		},
	} {
		engine.made.Store(false)
		if _, err := call(t.Context()); err != nil || !engine.made.Load() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEngineComesBackEmpty: after a real engine has lost the table, the API serves and events flow.
func TestEngineComesBackEmpty(t *testing.T) {
	t.Parallel()
	endpoint := samtest.Endpoint(t, "DYNAMODB_ENDPOINT", "dynamodb")
	name := "lost-" + newUUID()
	r := startIn(t, map[string]string{"USERS_TABLE": name}, append([]string{"-dynamodb", endpoint}, fast...)...)
	token := r.signIn(t, "renter@example.com")
	r.call(t, 201, token, "POST", "/user", john)
	id := r.listed(t, token, "Drill")
	r.shows(t, id, "john", settled)
	client := dynamo.NewClient(aws.Config{
		Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	if _, err := client.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
		t.Fatal(err)
	}
	r.call(t, 404, token, "GET", "/user", "")
	r.call(t, 201, token, "POST", "/user", strings.Replace(john, "john", "Johanna", 1))
	r.shows(t, id, "Johanna", settled)
}

package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/samtest"
	"rental.example/functions/local/template"
)

// emptyEngine is a DynamoDB without tables until CreateTable. It implements aws.HTTPClient.
type emptyEngine struct {
	creation string // the response to CreateTable: an error if it has a type
	status   string // of a table
	useless  bool   // the table is missing after its creation too

	created   bool
	creations int
}

// Do implements aws.HTTPClient.
func (e *emptyEngine) Do(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	body := `{}`
	switch {
	case operation == "CreateTable":
		e.creations++
		e.created = true
		body = cmp.Or(e.creation, body)
	case operation == "DescribeTable" && e.created:
		body = `{"Table":{"TableStatus":"` + cmp.Or(e.status, "ACTIVE") + `"}}`
	case !e.created || e.useless && strings.HasSuffix(operation, "Item"):
		body = `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Cannot do operations on a non-existent table"}`
	}
	w := httptest.NewRecorder()
	if strings.Contains(body, "__type") {
		w.WriteHeader(http.StatusBadRequest)
	}
	_, _ = io.WriteString(w, body)
	return w.Result(), nil
}

// client returns a client of the engine.
func (e *emptyEngine) client() tableClient {
	config := engineConfig("http://dynamodb.invalid")
	config.HTTPClient = e
	key := template.Key{Partition: "id"}
	return tableClient{dynamo.NewClient(config), []template.Table{{Name: "users", Key: key, Attributes: []template.Attribute{{Name: "id", Type: "S"}}}}}
}

// get reads a record of the table.
func get(ctx context.Context, client tableClient) error {
	_, err := client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("users"), Key: tableKey})
	return err
}

var tableKey = map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "1"}}

func TestMissingTableIsCreated(t *testing.T) {
	t.Parallel()
	engine, table := new(emptyEngine), aws.String("users")
	client := engine.client()
	for name, call := range map[string]func() error{
		"GetItem": func() error {
			_, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: table, Key: tableKey})
			return err
		},
		"PutItem": func() error {
			_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: table, Item: tableKey})
			return err
		},
		"UpdateItem": func() error {
			_, err := client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: table, Key: tableKey})
			return err
		},
		"DeleteItem": func() error {
			_, err := client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: table, Key: tableKey})
			return err
		},
		"Query": func() error {
			_, err := client.Query(t.Context(), &dynamodb.QueryInput{TableName: table})
			return err
		},
		"Scan": func() error {
			_, err := client.Scan(t.Context(), &dynamodb.ScanInput{TableName: table})
			return err
		},
	} {
		engine.created, engine.creations = false, 0
		if err := call(); err != nil || engine.creations != 1 {
			t.Errorf("%s: %v, %d creations", name, err, engine.creations)
		}
	}
}

// TestMissingTableErrors: an operation creates the table once, not longer than creationTimeout or its own context, and its
// error has the cause.
func TestMissingTableErrors(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		engine  emptyEngine
		timeout time.Duration // of the operation
		took    time.Duration
		want    string
	}{
		"rejected":      {emptyEngine{creation: `{"__type":"ValidationException","message":"no space"}`}, time.Minute, 0, "ValidationException: no space"},
		"never active":  {emptyEngine{status: "CREATING"}, time.Minute, creationTimeout, "cannot create the table: "},
		"context ends":  {emptyEngine{status: "CREATING"}, time.Second, time.Second, "cannot create the table: "},
		"still missing": {emptyEngine{useless: true}, time.Minute, 0, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), tt.timeout)
			defer cancel()
			start := time.Now()
			err := get(ctx, tt.engine.client())
			var missing *types.ResourceNotFoundException
			if !errors.As(err, &missing) || !strings.Contains(err.Error(), tt.want) || tt.engine.creations != 1 || time.Since(start) != tt.took {
				t.Errorf("%s: %v, %d creations, after %v", name, err, tt.engine.creations, time.Since(start))
			}
		})
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
	id := r.listItem(t, token, "Drill")
	r.waitForOwner(t, id, "john", afterRetry)
	client := dynamo.NewClient(engineConfig(endpoint))
	if _, err := client.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
		t.Fatal(err)
	}
	r.call(t, 404, token, "GET", "/user", "")
	r.call(t, 201, token, "POST", "/user", strings.Replace(john, "john", "Johanna", 1))
	r.waitForOwner(t, id, "Johanna", afterRetry)
}

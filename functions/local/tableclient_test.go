package main

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/samtest"
)

// emptyEngine is a DynamoDB without tables until CreateTable.
type emptyEngine struct{ created atomic.Bool }

// ServeHTTP implements http.Handler.
func (e *emptyEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	body := `{}`
	switch {
	case operation == "CreateTable":
		e.created.Store(true)
	case !e.created.Load():
		w.WriteHeader(http.StatusBadRequest)
		body = `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Cannot do operations on a non-existent table"}`
	case operation == "DescribeTable":
		body = `{"Table":{"TableStatus":"ACTIVE"}}`
	}
	_, _ = io.WriteString(w, body)
}

func TestMissingTableIsCreated(t *testing.T) {
	t.Parallel()
	engine := new(emptyEngine)
	server := httptest.NewServer(engine)
	defer server.Close()
	table, key := "users", map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: "1"}}
	client := newTableClient(engineConfig(server.URL), table, slog.New(slog.DiscardHandler))
	_, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: key})
	if err != nil || !engine.created.Load() {
		t.Errorf("GetItem: %v", err)
	}
	engine.created.Store(false)
	_, err = client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{TableName: &table, Key: key})
	if err != nil || !engine.created.Load() {
		t.Errorf("UpdateItem: %v", err)
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

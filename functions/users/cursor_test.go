package users_test

import (
	"encoding/json"
	"io"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/memory/memoryusers"
	"rental.example/domain"
)

// FuzzCursor checks that GET /users returns a page or 400 for any cursor.
func FuzzCursor(f *testing.F) {
	store := memoryusers.New()
	seed(f, store)
	h := newHandler(store, io.Discard)
	list := func(t testing.TB, query map[string][]string) apigatewaytest.Response {
		t.Helper()
		req := events.APIGatewayProxyRequest{HTTPMethod: "GET", Resource: "/users", MultiValueQueryStringParameters: query}
		req.RequestContext.Authorizer = map[string]any{"claims": map[string]any{
			"sub": "33333333-3333-4333-8333-333333333333", "token_use": "id", "cognito:groups": domain.GroupAdmin}}
		event, err := json.Marshal(req)
		if err != nil {
			t.Fatal(err)
		}
		return apigatewaytest.Invoke(t, h, "invocation-1", event)
	}
	first, _ := list(f, map[string][]string{"limit": {"1"}}).Body.(map[string]any)
	next, _ := first["next"].(string)
	apigatewaytest.FuzzCursor(f, next, func(t *testing.T, cursor string) apigatewaytest.Response {
		return list(t, map[string][]string{"cursor": {cursor}})
	})
}

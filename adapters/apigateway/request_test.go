package apigateway_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway"
	"rental.example/domain"
)

const sub = "e2c8a13b-4de5-429c-86b8-2ddd0de5c312"

func TestCaller(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		authorizer map[string]any
		want       *domain.Caller // nil: unauthenticated
	}{
		"nothing":           {nil, nil},
		"null claims":       {map[string]any{"claims": nil}, nil},
		"claims are text":   {map[string]any{"claims": "sub"}, nil},
		"no token_use":      {map[string]any{"claims": map[string]any{"sub": sub}}, nil},
		"access token":      {map[string]any{"claims": map[string]any{"sub": sub, "token_use": "access"}}, nil},
		"sub is a number":   {map[string]any{"claims": map[string]any{"sub": 7.0, "token_use": "id"}}, nil},
		"sub in upper case": {map[string]any{"claims": map[string]any{"sub": strings.ToUpper(sub), "token_use": "id"}}, nil},
		"required claims": {map[string]any{"claims": map[string]any{"sub": sub, "token_use": "id"}},
			&domain.Caller{ID: domain.UserIDOf(sub), Sub: sub, Identified: true}},
		"all claims": {map[string]any{"claims": map[string]any{"sub": sub, "token_use": "id", "email": "a@example.com", "email_verified": "true", "cognito:groups": "renter,admin"}},
			&domain.Caller{ID: domain.UserIDOf(sub), Sub: sub, Identified: true, Email: "a@example.com", EmailVerified: true, Groups: []string{"renter", "admin"}}},
		"other types": {map[string]any{"claims": map[string]any{"sub": sub, "token_use": "id", "email": 1.0, "email_verified": true, "cognito:groups": []any{"admin"}}},
			&domain.Caller{ID: domain.UserIDOf(sub), Sub: sub, Identified: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			req := events.APIGatewayProxyRequest{RequestContext: events.APIGatewayProxyRequestContext{Authorizer: tt.authorizer}}
			got, err := apigateway.Caller(req)
			if tt.want == nil {
				if !errors.Is(err, domain.ErrUnauthenticated) {
					t.Fatalf("got %+v, %v", got, err)
				}
				return
			}
			if diff := cmp.Diff(*tt.want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestGroups has groups with names similar to admin.
func TestGroups(t *testing.T) {
	t.Parallel()
	for groups, want := range map[string]bool{
		"admin": true, "x,admin": true, "admin,x": true, "": false, "Admin": false, "x admin": false, "admins": false, "[admin]": false, "x, admin": false,
	} {
		claims := map[string]any{"sub": sub, "token_use": "id", "cognito:groups": groups}
		caller, err := apigateway.Caller(events.APIGatewayProxyRequest{RequestContext: events.APIGatewayProxyRequestContext{Authorizer: map[string]any{"claims": claims}}})
		if err != nil || caller.IsAdmin() != want {
			t.Errorf("groups %q: admin %t, want %t (%v)", groups, caller.IsAdmin(), want, err)
		}
	}
}

func TestBodySize(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		size   int
		base64 bool
		ok     bool
	}{{apigateway.MaxBodySize, false, true}, {apigateway.MaxBodySize + 1, false, false}} {
		body := `{"text":"` + strings.Repeat("a", tt.size-len(`{"text":""}`)) + `"}`
		_, err := apigateway.Decode[textBody](events.APIGatewayProxyRequest{HTTPMethod: "POST", Body: body,
			Headers: map[string]string{"Content-Type": "application/json"}})
		if (err == nil) != tt.ok {
			t.Errorf("%d bytes: %v", tt.size, err)
		}
	}
}

type textBody struct{ text string }

func (b *textBody) Fields() []apigateway.Field {
	return []apigateway.Field{apigateway.NewField("text", &b.text)}
}

func TestContentTypes(t *testing.T) {
	t.Parallel()
	for contentType, methods := range map[string]string{
		"application/json": "POST PATCH", "application/json; charset=utf-8": "POST PATCH", "APPLICATION/JSON;charset=\"UTF-8\"": "POST PATCH",
		"application/json; odd=1": "POST PATCH", "application/merge-patch+json": "PATCH", "application/merge-patch+json;charset=utf-8": "PATCH",
		"": "", "text/json": "", "application/json; charset=utf-16": "", "application/json, application/json": "", "application/jsonp": "", ";": "",
	} {
		for _, method := range []string{"POST", "PATCH"} {
			_, err := apigateway.Decode[textBody](events.APIGatewayProxyRequest{HTTPMethod: method, Body: "{}",
				Headers: map[string]string{"content-TYPE": contentType}})
			if got := err == nil; got != strings.Contains(methods, method) {
				t.Errorf("%s of %q: accepted %t (%v)", method, contentType, got, err)
			}
		}
	}
}

func TestPathParameter(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{"a": "a", "a%2Fb": "a/b", "a+b": "a+b", "%252e": "%2e"} {
		got, err := apigateway.PathParameter(events.APIGatewayProxyRequest{PathParameters: map[string]string{"id": raw}}, "id")
		if err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", raw, got, err, want)
		}
	}
	if _, err := apigateway.PathParameter(events.APIGatewayProxyRequest{PathParameters: map[string]string{"id": "%zz"}}, "id"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("broken escape: %v", err)
	}
}

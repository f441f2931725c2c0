package users

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/domain"
	"rental.example/domain/user"
)

// everyField is a body with all fields.
const everyField = `{"name":"Jane","email":"jane@example.com","ratings":25.5,"userType":"rentee"}`

// TestFieldsAreCopied fails if a new field is not copied between body, domain and views.
func TestFieldsAreCopied(t *testing.T) {
	t.Parallel()
	body, patch := apigatewaytest.DecodeBody[profileBody](t, everyField), apigatewaytest.DecodeBody[patchBody](t, everyField)
	caller := domain.Caller{ID: domain.UserIDOf("sub"), Sub: "sub", Email: "jane@example.com", EmailVerified: true}
	stamp := domain.Stamp{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), RequestID: "request-1"}
	created, err := user.New(caller, user.Draft(body), stamp)
	if err != nil {
		t.Fatalf("everyField, in this file, is rejected: %v", err)
	}
	for source, v := range map[string]any{
		"everyField, in this file, of a POST": body, "everyField, in this file, of a PATCH": patch,
		"user.New":                    created,
		"profileResponse, in wire.go": view(t, created), "Profile.Public": created.Public(), "newPublicView, in wire.go": newPublicView(created.Public()),
	} {
		for _, field := range apigatewaytest.ZeroFields(v) {
			t.Errorf("%s leaves %s of %T empty", source, field, v)
		}
	}
	changed, err := user.Profile{ID: created.ID, CreatedAt: created.CreatedAt}.Change(caller, user.Patch(patch), stamp)
	if err != nil || !changed.Equal(created) {
		t.Errorf("a patch of every field makes %+v, %v; a draft %+v", changed, err, created)
	}
}

// view returns the view of a profile in a response.
func view(t *testing.T, p user.Profile) (v profileView) {
	t.Helper()
	resp, err := profileResponse(http.StatusOK, p)
	if err == nil {
		err = json.Unmarshal([]byte(resp.Body), &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

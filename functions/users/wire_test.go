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

// everyField is a body of all that a client may send.
const everyField = `{"name":"Jane","email":"jane@example.com","ratings":25.5,"userType":"rentee"}`

// TestEveryFieldIsPassedOn: a field that is new is passed on from the body to the domain, by the domain, and to the views.
func TestEveryFieldIsPassedOn(t *testing.T) {
	t.Parallel()
	body, patch := apigatewaytest.DecodeBody[profileBody](t, everyField), apigatewaytest.DecodeBody[patchBody](t, everyField)
	caller := domain.Caller{ID: domain.UserIDOf("sub"), Sub: "sub", Email: "jane@example.com", EmailVerified: true}
	stamp := domain.Stamp{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), RequestID: "request-1"}
	made, err := user.New(caller, body.draft(), stamp)
	if err != nil {
		t.Fatalf("everyField, in this file, is refused: %v", err)
	}
	for source, v := range map[string]any{
		"everyField, in this file, of a POST": body, "everyField, in this file, of a PATCH": patch,
		"draft(), in wire.go": body.draft(), "patch(), in wire.go": patch.patch(), "user.New": made,
		"profileAnswer, in wire.go": shown(t, made), "Profile.Public": made.Public(), "newPublicView, in wire.go": newPublicView(made.Public()),
	} {
		for _, field := range apigatewaytest.ZeroFields(v) {
			t.Errorf("%s leaves %s of %T empty", source, field, v)
		}
	}
	changed, err := user.Profile{ID: made.ID, CreatedAt: made.CreatedAt}.Change(caller, patch.patch(), stamp)
	if err != nil || changed != made {
		t.Errorf("a patch of every field makes %+v, %v; a draft %+v", changed, err, made)
	}
}

// shown is the view of a profile in a response.
func shown(t *testing.T, p user.Profile) (view profileView) {
	t.Helper()
	resp, err := profileAnswer(http.StatusOK, p)
	if err == nil {
		err = json.Unmarshal([]byte(resp.Body), &view)
	}
	if err != nil {
		t.Fatal(err)
	}
	return view
}

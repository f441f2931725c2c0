package cognito

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDisabledUser: a disabled user cannot sign in or refresh a login, and still exists.
func TestDisabledUser(t *testing.T) {
	h := parallelWithJane(t)
	refresh := h.signIn(jane, password).refresh
	h.succeeds("AdminDisableUser", adminBody(jane))
	h.fails("InitiateAuth", passwordFlow(jane, password), "NotAuthorizedException", "User is disabled.")
	h.fails("InitiateAuth", passwordFlow(jane, "Wr0ng-password"), "NotAuthorizedException", "Incorrect username or password.")
	h.fails("InitiateAuth", refreshFlow(refresh), "NotAuthorizedException", "Refresh Token has been revoked")
	if user := h.succeeds("AdminGetUser", adminBody(jane)); user.body["Enabled"] != false {
		t.Errorf("got %v", user.body)
	}
	h.succeeds("AdminEnableUser", adminBody(jane))
	h.signIn(jane, password)
	if user := h.succeeds("AdminGetUser", adminBody(jane)); user.body["Enabled"] != true {
		t.Errorf("got %v", user.body)
	}
}

func TestListGroupsForUser(t *testing.T) {
	h := parallelWithJane(t)
	want := func(groups ...any) {
		t.Helper()
		if diff := cmp.Diff(append([]any{}, groups...), h.succeeds("AdminListGroupsForUser", adminBody(jane)).body["Groups"]); diff != "" {
			t.Errorf("groups (-want +got):\n%s", diff)
		}
	}
	want([]any{}...)
	body := adminBody(jane)
	body["GroupName"] = "admin"
	h.succeeds("AdminAddUserToGroup", body)
	want(map[string]any{"GroupName": "admin", "UserPoolId": PoolID})
}

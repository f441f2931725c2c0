package cognito

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDisabledUser: nobody signs in to a disabled account or refreshes a login that it had, and it is there still.
func TestDisabledUser(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.add(jane)
	refresh := h.signIn(jane, password).refresh
	h.ok("AdminDisableUser", adminBody(jane))
	h.refused("InitiateAuth", passwordFlow(jane, password), "NotAuthorizedException", "User is disabled.")
	h.refused("InitiateAuth", passwordFlow(jane, "Wr0ng-password"), "NotAuthorizedException", "Incorrect username or password.")
	h.refused("InitiateAuth", refreshFlow(refresh), "NotAuthorizedException", "Refresh Token has been revoked")
	if user := h.ok("AdminGetUser", adminBody(jane)); user.body["Enabled"] != false {
		t.Errorf("got %v", user.body)
	}
	h.ok("AdminEnableUser", adminBody(jane))
	h.signIn(jane, password)
	if user := h.ok("AdminGetUser", adminBody(jane)); user.body["Enabled"] != true {
		t.Errorf("got %v", user.body)
	}
}

func TestListGroupsForUser(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.add(jane)
	want := func(groups ...any) {
		t.Helper()
		if diff := cmp.Diff(append([]any{}, groups...), h.ok("AdminListGroupsForUser", adminBody(jane)).body["Groups"]); diff != "" {
			t.Errorf("groups (-want +got):\n%s", diff)
		}
	}
	want([]any{}...)
	body := adminBody(jane)
	body["GroupName"] = "admin"
	h.ok("AdminAddUserToGroup", body)
	want(map[string]any{"GroupName": "admin", "UserPoolId": PoolID})
}

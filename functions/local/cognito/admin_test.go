package cognito

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func adminBody(email string) fields { return fields{"UserPoolId": PoolID, "Username": email} }

func TestAdminCreateUser(t *testing.T) {
	h := parallel(t)
	created := h.succeeds("AdminCreateUser", invitation(jane))
	sub := created.at("User", "Username")
	now := float64(h.clock.read().UnixMilli()) / 1000
	want := fields{"User": map[string]any{
		"Username": sub, "Enabled": true, "UserStatus": "FORCE_CHANGE_PASSWORD", "UserCreateDate": now, "UserLastModifiedDate": now,
		"Attributes": []any{
			map[string]any{"Name": "sub", "Value": sub}, map[string]any{"Name": "email", "Value": jane},
			map[string]any{"Name": "email_verified", "Value": "true"}, map[string]any{"Name": "name", "Value": "Jane"},
		},
	}}
	if diff := cmp.Diff(want, created.body); diff != "" {
		t.Errorf("AdminCreateUser (-want +got):\n%s", diff)
	}
	h.fails("ForgotPassword", fields{"ClientId": ClientID, "Username": jane}, "NotAuthorizedException",
		"User password cannot be reset in the current state.")
	h.fails("ConfirmSignUp", confirmBody(jane, ConfirmationCode), "NotAuthorizedException",
		"User cannot be confirmed. Current status is FORCE_CHANGE_PASSWORD")

	h.clock.advance(time.Minute)
	h.fails("AdminSetUserPassword", fields{"UserPoolId": PoolID, "Username": sub, "Password": "weakweak"}, "InvalidPasswordException", "")
	h.succeeds("AdminSetUserPassword", fields{"UserPoolId": PoolID, "Username": sub, "Password": password, "Permanent": true})
	user := h.succeeds("AdminGetUser", adminBody(jane))
	if user.at("UserStatus") != "CONFIRMED" || user.at("Username") != sub || user.body["UserLastModifiedDate"] != now+60 || user.body["UserCreateDate"] != now {
		t.Errorf("got %v", user.body)
	}
	h.signIn(jane, password)
}

// TestRandomPassword: without a temporary password nobody can sign in until an administrator sets one.
func TestRandomPassword(t *testing.T) {
	h := parallel(t)
	h.succeeds("AdminCreateUser", adminBody(jane))
	if got := attributes(h.succeeds("AdminGetUser", adminBody(jane)), "UserAttributes")["email_verified"]; got != "false" {
		t.Errorf("email_verified is %s", got)
	}
	h.fails("InitiateAuth", passwordFlow(jane, password), "NotAuthorizedException", "Incorrect username or password.")
	h.succeeds("AdminSetUserPassword", fields{"UserPoolId": PoolID, "Username": jane, "Password": password})
	if got := h.succeeds("InitiateAuth", passwordFlow(jane, password)).at("ChallengeName"); got != "NEW_PASSWORD_REQUIRED" {
		t.Errorf("a password that is not permanent gave %q", got)
	}
	if err := checkPolicy(newPassword()); err != nil {
		t.Error(err)
	}
}

func TestAdminCreateUserErrors(t *testing.T) {
	h := parallel(t)
	h.add("taken@example.com")
	for name, tt := range map[string]struct {
		change fields
		want   string
	}{
		"taken":             {fields{"Username": "Taken@Example.com", "UserAttributes": nil}, "UsernameExistsException"},
		"no e-mail":         {fields{"Username": "jane"}, "InvalidParameterException"},
		"weak password":     {fields{"TemporaryPassword": "weakweak"}, "InvalidPasswordException"},
		"password of space": {fields{"TemporaryPassword": "Tempor4ry! "}, "InvalidParameterException"},
		"unknown action":    {fields{"MessageAction": "SHOUT"}, "InvalidParameterException"},
		"resending":         {fields{"MessageAction": "RESEND"}, "InvalidParameterException"},
		"unknown pool":      {fields{"UserPoolId": "us-east-1_other"}, "ResourceNotFoundException"},
		"ill-formed pool":   {fields{"UserPoolId": "local"}, "InvalidParameterException"},
		"no boolean":        {fields{"UserAttributes": []fields{{"Name": "email_verified", "Value": "yes"}}}, "InvalidParameterException"},
	} {
		t.Run(name, func(t *testing.T) {
			body := invitation(jane)
			for k, v := range tt.change {
				body[k] = v
			}
			h.fails("AdminCreateUser", body, tt.want, "")
		})
	}
	h.fails("AdminCreateUser", fields{"UserPoolId": "a'b", "Username": jane}, "InvalidParameterException",
		`1 validation error detected: Value 'a'b' at 'userPoolId' failed to satisfy constraint: `+
			`Member must satisfy regular expression pattern: [\w-]+_[0-9a-zA-Z]+`)
}

// TestAdminOperationsCheckUserAndPool: all operations on one user check the username and the pool.
func TestAdminOperationsCheckUserAndPool(t *testing.T) {
	h := parallel(t)
	for operation, more := range map[string]fields{
		"AdminGetUser": nil, "AdminDeleteUser": nil, "AdminDisableUser": nil, "AdminEnableUser": nil, "AdminListGroupsForUser": nil,
		"AdminConfirmSignUp": nil, "AdminUserGlobalSignOut": nil,
		"AdminSetUserPassword": {"Password": password}, "AdminAddUserToGroup": {"GroupName": "admin"},
		"AdminRemoveUserFromGroup": {"GroupName": "admin"},
	} {
		body := func(pool, user string) fields {
			b := fields{"UserPoolId": pool, "Username": user}
			for k, v := range more {
				b[k] = v
			}
			return b
		}
		h.fails(operation, body(PoolID, jane), "UserNotFoundException", "User does not exist.")
		h.fails(operation, body(PoolID, ""), "InvalidParameterException", "")
		h.fails(operation, body("us-east-1_other", jane), "ResourceNotFoundException", "User pool us-east-1_other does not exist.")
	}
}

func TestGroups(t *testing.T) {
	h := parallelWithJane(t)
	member := func(group string) fields {
		return fields{"UserPoolId": PoolID, "Username": jane, "GroupName": group}
	}
	groups := func() any {
		login := h.signIn(jane, password)
		id, access := h.claims(login.id)["cognito:groups"], h.claims(login.access)["cognito:groups"]
		if diff := cmp.Diff(id, access); diff != "" {
			t.Errorf("groups of the ID token and of the access token:\n%s", diff)
		}
		return id
	}
	if got := groups(); got != nil {
		t.Errorf("without groups the claim is %v, want none", got)
	}
	h.fails("AdminAddUserToGroup", member("Admin"), "ResourceNotFoundException", "Group not found.")
	h.fails("AdminRemoveUserFromGroup", member("Admin"), "ResourceNotFoundException", "Group not found.")
	h.fails("AdminAddUserToGroup", member(""), "InvalidParameterException", "")
	h.succeeds("AdminAddUserToGroup", member("admin"))
	h.succeeds("AdminAddUserToGroup", member("admin"))

	created := h.succeeds("CreateGroup", fields{"UserPoolId": PoolID, "GroupName": "staff", "Description": "d", "Precedence": 3})
	now := float64(h.clock.read().UnixMilli()) / 1000
	want := fields{"Group": map[string]any{"GroupName": "staff", "UserPoolId": PoolID, "Description": "d", "Precedence": 3.0,
		"CreationDate": now, "LastModifiedDate": now}}
	if diff := cmp.Diff(want, created.body); diff != "" {
		t.Errorf("CreateGroup (-want +got):\n%s", diff)
	}
	h.fails("CreateGroup", fields{"UserPoolId": PoolID, "GroupName": "admin"}, "GroupExistsException", "A group with the name already exists.")
	h.fails("CreateGroup", fields{"UserPoolId": PoolID, "GroupName": "a b"}, "InvalidParameterException", "")
	h.fails("CreateGroup", fields{"UserPoolId": PoolID, "GroupName": "x,admin"}, "InvalidParameterException", "")
	h.succeeds("AdminAddUserToGroup", member("staff"))
	if diff := cmp.Diff([]any{"admin", "staff"}, groups()); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	h.succeeds("AdminRemoveUserFromGroup", member("admin"))
	h.succeeds("AdminRemoveUserFromGroup", member("admin"))
	if diff := cmp.Diff([]any{"staff"}, groups()); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
}

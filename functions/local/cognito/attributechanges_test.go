package cognito

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const janet = "janet@example.com"

func changeBody(access string, list ...fields) fields {
	return fields{"AccessToken": access, "UserAttributes": list}
}

func pair(name, value string) fields { return fields{"Name": name, "Value": value} }

func verifyBody(access, code string) fields {
	return fields{"AccessToken": access, "AttributeName": "email", "Code": code}
}

func (h *harness) attributes(access string) map[string]string {
	h.t.Helper()
	found := attributes(h.succeeds("GetUser", fields{"AccessToken": access}), "UserAttributes")
	delete(found, "sub")
	return found
}

func (h *harness) wantAttributes(access string, want map[string]string) {
	h.t.Helper()
	if diff := cmp.Diff(want, h.attributes(access)); diff != "" {
		h.t.Errorf("attributes (-want +got):\n%s", diff)
	}
}

func TestUpdateUserAttributes(t *testing.T) {
	h := parallelWithJane(t)
	login := h.signIn(jane, password)
	a := h.succeeds("UpdateUserAttributes", changeBody(login.access, pair("name", "Jane")))
	if len(a.body) != 0 {
		t.Errorf("got %v, want nothing to verify", a.body)
	}
	h.succeeds("UpdateUserAttributes", changeBody(login.access, pair("name", "Jané"), pair("email", jane)))
	h.wantAttributes(login.access, map[string]string{"email": jane, "email_verified": "true", "name": "Jané"})
	if claims := h.claims(h.succeeds("InitiateAuth", refreshFlow(login.refresh)).tokens().id); claims["name"] != "Jané" {
		t.Errorf("the next ID token has the name %v", claims["name"])
	}
	h.succeeds("UpdateUserAttributes", changeBody(login.access, pair("name", ""))) // a blank value deletes
	h.wantAttributes(login.access, map[string]string{"email": jane, "email_verified": "true"})
	h.succeeds("UpdateUserAttributes", changeBody(login.access, pair("name", "Jane")))
	h.succeeds("DeleteUserAttributes", fields{"AccessToken": login.access, "UserAttributeNames": []string{"name"}})
	h.wantAttributes(login.access, map[string]string{"email": jane, "email_verified": "true"})
}

// TestChangeEmail: the old address stays until the new one is verified (AttributesRequireVerificationBeforeUpdate).
func TestChangeEmail(t *testing.T) {
	h := parallelWithJane(t)
	login := h.signIn(jane, password)
	a := h.succeeds("UpdateUserAttributes", changeBody(login.access, pair("email", janet), pair("name", "Janet")))
	want := fields{"CodeDeliveryDetailsList": []any{map[string]any{
		"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": newCodeDelivery(janet).Destination}}}
	if diff := cmp.Diff(want, a.body); diff != "" {
		t.Errorf("UpdateUserAttributes (-want +got):\n%s", diff)
	}
	h.wantAttributes(login.access, map[string]string{"email": jane, "email_verified": "true", "name": "Janet"})
	h.fails("InitiateAuth", passwordFlow(janet, password), "NotAuthorizedException", "")
	h.fails("VerifyUserAttribute", verifyBody(login.access, "000000"), "CodeMismatchException", "")
	h.succeeds("VerifyUserAttribute", verifyBody(login.access, ConfirmationCode))
	h.fails("VerifyUserAttribute", verifyBody(login.access, ConfirmationCode), "ExpiredCodeException", "")

	h.wantAttributes(login.access, map[string]string{"email": janet, "email_verified": "true", "name": "Janet"})
	h.signIn(strings.ToUpper(janet), password)
	h.fails("InitiateAuth", passwordFlow(jane, password), "NotAuthorizedException", "")
	h.succeeds("SignUp", signUpBody(jane)) // the old address is free
}

func TestEmailOfAnotherUser(t *testing.T) {
	h := parallelWithJane(t)
	h.add(janet)
	access := h.signIn(jane, password).access
	h.succeeds("UpdateUserAttributes", changeBody(access, pair("email", strings.ToUpper(janet)))) // reveals nothing
	h.fails("VerifyUserAttribute", verifyBody(access, ConfirmationCode), "AliasExistsException", "An account with the given email already exists.")
	h.wantAttributes(access, map[string]string{"email": jane, "email_verified": "true"})
	h.fails("AdminUpdateUserAttributes", fields{"UserPoolId": PoolID, "Username": jane,
		"UserAttributes": []fields{pair("email", janet), pair("email_verified", "true")}}, "AliasExistsException", "")
	h.succeeds("UpdateUserAttributes", changeBody(access, pair("email", "JANE@example.com"))) // the own address in other case
	h.succeeds("VerifyUserAttribute", verifyBody(access, ConfirmationCode))
	h.wantAttributes(access, map[string]string{"email": "JANE@example.com", "email_verified": "true"})
}

func TestAttributeCodes(t *testing.T) {
	h := parallel(t)
	h.succeeds("SignUp", signUpBody(jane))
	h.succeeds("AdminConfirmSignUp", adminBody(jane))
	login := h.signIn(jane, password)
	ask := fields{"AccessToken": login.access, "AttributeName": "email"}
	h.fails("VerifyUserAttribute", verifyBody(login.access, ConfirmationCode), "ExpiredCodeException", "")
	if got := h.succeeds("GetUserAttributeVerificationCode", ask).at("CodeDeliveryDetails", "Destination"); got != newCodeDelivery(jane).Destination {
		t.Errorf("the code goes to %q", got)
	}
	h.succeeds("VerifyUserAttribute", verifyBody(login.access, ConfirmationCode))
	h.wantAttributes(login.access, map[string]string{"email": jane, "email_verified": "true"})

	h.succeeds("UpdateUserAttributes", changeBody(login.access, pair("email", janet)))
	h.clock.advance(signUpCodeValidity + time.Second)
	login.access = h.succeeds("InitiateAuth", refreshFlow(login.refresh)).tokens().access
	h.fails("VerifyUserAttribute", verifyBody(login.access, ConfirmationCode), "ExpiredCodeException", "")
	ask["AccessToken"] = login.access
	if got := h.succeeds("GetUserAttributeVerificationCode", ask).at("CodeDeliveryDetails", "Destination"); got != newCodeDelivery(janet).Destination {
		t.Errorf("the code goes to %q, want the pending address", got)
	}
	h.succeeds("UpdateUserAttributes", changeBody(login.access, pair("email", jane))) // takes the change back
	h.fails("VerifyUserAttribute", verifyBody(login.access, ConfirmationCode), "ExpiredCodeException", "")
	h.wantAttributes(login.access, map[string]string{"email": jane, "email_verified": "true"})
}

func TestAdminUpdateUserAttributes(t *testing.T) {
	h := parallelWithJane(t)
	access := h.signIn(jane, password).access
	update := func(username string, list ...fields) {
		t.Helper()
		h.succeeds("AdminUpdateUserAttributes", fields{"UserPoolId": PoolID, "Username": username, "UserAttributes": list})
	}
	update(jane, pair("email", janet), pair("name", "J"))
	h.wantAttributes(access, map[string]string{"email": jane, "email_verified": "true", "name": "J"})
	update(jane, pair("email_verified", "true")) // of the pending address
	h.wantAttributes(access, map[string]string{"email": janet, "email_verified": "true", "name": "J"})
	update(janet, pair("email_verified", "false"))
	h.wantAttributes(access, map[string]string{"email": janet, "email_verified": "false", "name": "J"})
	update(janet, pair("email", jane), pair("email_verified", "true"))
	h.wantAttributes(access, map[string]string{"email": jane, "email_verified": "true", "name": "J"})
	update(jane, pair("phone_number", "+4930901820"), pair("phone_number_verified", "true"))
	h.wantAttributes(access, map[string]string{"email": jane, "email_verified": "true", "name": "J",
		"phone_number": "+4930901820", "phone_number_verified": "true"})
	update(jane, pair("phone_number", "+4930901821")) // not verified any more
	h.succeeds("AdminDeleteUserAttributes", fields{"UserPoolId": PoolID, "Username": jane, "UserAttributeNames": []string{"name"}})
	h.wantAttributes(access, map[string]string{"email": jane, "email_verified": "true", "phone_number": "+4930901821"})
	update(jane, pair("phone_number", ""))
	h.wantAttributes(access, map[string]string{"email": jane, "email_verified": "true"})
}

func TestAttributeChangeErrors(t *testing.T) {
	h := parallelWithJane(t)
	access := h.signIn(jane, password).access
	const invalid = "InvalidParameterException"
	const required = "Attributes did not conform to the schema: email: The attribute is required"
	for name, tt := range map[string]struct {
		operation     string
		in            fields
		name, message string
	}{
		"verified by oneself":  {"UpdateUserAttributes", changeBody(access, pair("email_verified", "true")), "NotAuthorizedException", ""},
		"own sub":              {"UpdateUserAttributes", changeBody(access, pair("sub", "x")), invalid, ""},
		"custom attribute":     {"UpdateUserAttributes", changeBody(access, pair("custom:x", "x")), invalid, ""},
		"no e-mail":            {"UpdateUserAttributes", changeBody(access, pair("email", "jane")), invalid, "Invalid email address format."},
		"blank e-mail":         {"UpdateUserAttributes", changeBody(access, pair("email", "")), invalid, required},
		"no token":             {"UpdateUserAttributes", changeBody("", pair("name", "x")), invalid, ""},
		"a bad token":          {"UpdateUserAttributes", changeBody("x", pair("name", "x")), "NotAuthorizedException", "Invalid Access Token"},
		"no attributes":        {"UpdateUserAttributes", fields{"AccessToken": access}, invalid, ""},
		"deleting the e-mail":  {"DeleteUserAttributes", fields{"AccessToken": access, "UserAttributeNames": []string{"email"}}, invalid, required},
		"deleting a flag":      {"DeleteUserAttributes", fields{"AccessToken": access, "UserAttributeNames": []string{"email_verified"}}, "NotAuthorizedException", ""},
		"deleting nothing":     {"DeleteUserAttributes", fields{"AccessToken": access}, invalid, ""},
		"code for a name":      {"GetUserAttributeVerificationCode", fields{"AccessToken": access, "AttributeName": "name"}, invalid, ""},
		"code for nothing":     {"GetUserAttributeVerificationCode", fields{"AccessToken": access}, invalid, ""},
		"verifying a name":     {"VerifyUserAttribute", fields{"AccessToken": access, "AttributeName": "name", "Code": "1"}, invalid, ""},
		"verifying without":    {"VerifyUserAttribute", fields{"AccessToken": access, "AttributeName": "email"}, invalid, ""},
		"an unknown user":      {"AdminUpdateUserAttributes", fields{"UserPoolId": PoolID, "Username": "x", "UserAttributes": []fields{pair("name", "x")}}, "UserNotFoundException", ""},
		"an unknown user's":    {"AdminDeleteUserAttributes", fields{"UserPoolId": PoolID, "Username": "x", "UserAttributeNames": []string{"name"}}, "UserNotFoundException", ""},
		"another pool":         {"AdminUpdateUserAttributes", fields{"UserPoolId": "us-east-1_x", "Username": jane, "UserAttributes": []fields{pair("name", "x")}}, "ResourceNotFoundException", ""},
		"flag of another kind": {"AdminUpdateUserAttributes", fields{"UserPoolId": PoolID, "Username": jane, "UserAttributes": []fields{pair("email_verified", "yes")}}, invalid, ""},
	} {
		t.Run(name, func(t *testing.T) { h.fails(tt.operation, tt.in, tt.name, tt.message) })
	}
	h.wantAttributes(access, map[string]string{"email": jane, "email_verified": "true"})
}

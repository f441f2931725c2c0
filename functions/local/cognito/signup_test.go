package cognito

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func signUpBody(email string) fields {
	return fields{"ClientId": ClientID, "Username": email, "Password": password}
}

func confirmBody(email, code string) fields {
	return fields{"ClientId": ClientID, "Username": email, "ConfirmationCode": code}
}

func TestSignUp(t *testing.T) {
	h := parallel(t)
	body := signUpBody(jane)
	body["UserAttributes"] = []fields{{"Name": "email", "Value": "Jane@example.com"}, {"Name": "name", "Value": "Jane"}}
	got := h.succeeds("SignUp", body)
	want := fields{"UserConfirmed": false, "UserSub": got.at("UserSub"), "CodeDeliveryDetails": map[string]any{
		"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": "j***@e***"}}
	if diff := cmp.Diff(want, got.body); diff != "" || !isUUID(got.at("UserSub")) {
		t.Errorf("SignUp (-want +got):\n%s", diff)
	}
	h.fails("InitiateAuth", passwordFlow(jane, password), "UserNotConfirmedException", "User is not confirmed.")
	h.fails("InitiateAuth", passwordFlow(jane, "Wr0ng-one!"), "UserNotConfirmedException", "User is not confirmed.")
	c, challenge := h.challenge(jane)
	h.fails("RespondToAuthChallenge", c.respond(t, challenge, password, h.clock.read()), "UserNotConfirmedException", "User is not confirmed.")
	h.fails("ConfirmSignUp", confirmBody(jane, "000000"), "CodeMismatchException", "Invalid verification code provided, please try again.")
	h.succeeds("ConfirmSignUp", confirmBody("JANE@EXAMPLE.COM", ConfirmationCode))
	h.fails("ConfirmSignUp", confirmBody(jane, ConfirmationCode), "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")

	login := h.signIn(jane, password)
	user := h.succeeds("GetUser", fields{"AccessToken": login.access})
	wantAttributes := map[string]string{"sub": got.at("UserSub"), "email": jane, "email_verified": "true", "name": "Jane"}
	if diff := cmp.Diff(wantAttributes, attributes(user, "UserAttributes")); diff != "" {
		t.Errorf("UserAttributes (-want +got):\n%s", diff)
	}
	if claims := h.claims(login.id); claims["name"] != "Jane" || claims["email_verified"] != true {
		t.Errorf("got claims %v", claims)
	}
}

func TestSignUpErrors(t *testing.T) {
	h := parallel(t)
	h.succeeds("SignUp", signUpBody("taken@example.com"))
	const policy = "Password did not conform with policy: "
	attribute := func(name, value string) fields {
		return fields{"UserAttributes": []fields{{"Name": name, "Value": value}}}
	}
	tests := map[string]struct {
		change        fields
		name, message string
	}{
		"taken":          {fields{"Username": "Taken@example.com"}, "UsernameExistsException", "An account with the given email already exists."},
		"no e-mail":      {fields{"Username": "jane"}, "InvalidParameterException", "Username should be an email."},
		"short":          {fields{"Password": "Pa0!"}, "InvalidPasswordException", policy + "Password not long enough"},
		"no lower case":  {fields{"Password": "PASSW0RD!"}, "InvalidPasswordException", policy + "Password must have lowercase characters"},
		"no upper case":  {fields{"Password": "passw0rd!"}, "InvalidPasswordException", policy + "Password must have uppercase characters"},
		"no number":      {fields{"Password": "Password!"}, "InvalidPasswordException", policy + "Password must have numeric characters"},
		"no symbol":      {fields{"Password": "Passw0rdd"}, "InvalidPasswordException", policy + "Password must have symbol characters"},
		"unknown client": {fields{"ClientId": "other"}, "ResourceNotFoundException", "User pool client other does not exist."},
		"no password": {fields{"Password": nil}, "InvalidParameterException",
			"1 validation error detected: Value at 'password' failed to satisfy constraint: Member must not be null"},
		"a space": {fields{"Password": "Passw0rd! "}, "InvalidParameterException",
			`1 validation error detected: Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$`},
		"long name and no client": {fields{"Username": strings.Repeat("x", 129), "ClientId": ""}, "InvalidParameterException",
			"2 validation errors detected: Value at 'clientId' failed to satisfy constraint: Member must not be null; " +
				"Value at 'username' failed to satisfy constraint: Member must have length less than or equal to 128"},
		"none of the client's": {attribute("birthdate", "2000-01-01"), "NotAuthorizedException", "A client attempted to write unauthorized attribute"},
		"verified by oneself":  {attribute("email_verified", "true"), "NotAuthorizedException", "A client attempted to write unauthorized attribute"},
		"own sub":              {attribute("sub", "x"), "InvalidParameterException", ""},
		"custom attribute":     {attribute("custom:x", "x"), "InvalidParameterException", ""},
		"nameless attribute":   {attribute("", "x"), "InvalidParameterException", ""},
		"long attribute":       {attribute("name", strings.Repeat("x", 2049)), "InvalidParameterException", ""},
		"another e-mail":       {attribute("email", "joe@example.com"), "InvalidParameterException", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			body := signUpBody(jane)
			for k, v := range tt.change {
				body[k] = v
			}
			h.fails("SignUp", body, tt.name, tt.message)
		})
	}
}

func TestConfirmationCodesExpire(t *testing.T) {
	h := parallel(t)
	h.succeeds("SignUp", signUpBody(jane))
	h.clock.advance(signUpCodeValidity + time.Second)
	const expired = "Invalid code provided, please request a code again."
	h.fails("ConfirmSignUp", confirmBody(jane, ConfirmationCode), "ExpiredCodeException", expired)
	h.fails("ConfirmSignUp", confirmBody("nobody@example.com", ConfirmationCode), "ExpiredCodeException", expired)
	h.succeeds("ResendConfirmationCode", fields{"ClientId": ClientID, "Username": jane})
	h.succeeds("ConfirmSignUp", confirmBody(jane, ConfirmationCode))
}

func TestUserExistenceIsHidden(t *testing.T) {
	h := parallelWithJane(t)
	h.succeeds("SignUp", signUpBody("jade@example.com"))
	for _, operation := range []string{"ResendConfirmationCode", "ForgotPassword"} {
		want := h.succeeds(operation, fields{"ClientId": ClientID, "Username": jane}).body
		for _, other := range []string{"jade@example.com", "john@elsewhere.org"} {
			got := h.succeeds(operation, fields{"ClientId": ClientID, "Username": other}).body
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s for %s (-confirmed +other):\n%s", operation, other, diff)
			}
		}
		for _, known := range []string{strings.ToUpper(jane), h.claims(h.signIn(jane, password).id)["sub"].(string)} {
			got := h.succeeds(operation, fields{"ClientId": ClientID, "Username": known}).at("CodeDeliveryDetails", "Destination")
			if want := newCodeDelivery(known).Destination; got != want {
				t.Errorf("%s for %s sends to %s, want %s, as in the request", operation, known, got, want)
			}
		}
	}
	for _, username := range []string{jane, "john@elsewhere.org"} { // the first has a code
		h.fails("ConfirmForgotPassword", fields{"ClientId": ClientID, "Username": username, "ConfirmationCode": "000000", "Password": password},
			"CodeMismatchException", "")
	}
}

func TestForgottenPassword(t *testing.T) {
	h := parallelWithJane(t)
	const next = "N3xt-one!"
	body := func(email, code, password string) fields {
		return fields{"ClientId": ClientID, "Username": email, "ConfirmationCode": code, "Password": password}
	}
	h.fails("ConfirmForgotPassword", body(jane, ConfirmationCode, next), "ExpiredCodeException", "")
	h.fails("ConfirmForgotPassword", body("nobody@example.com", ConfirmationCode, next), "CodeMismatchException", "")
	h.succeeds("ForgotPassword", fields{"ClientId": ClientID, "Username": jane})
	h.fails("ConfirmForgotPassword", body(jane, "000000", next), "CodeMismatchException", "")
	h.fails("ConfirmForgotPassword", body(jane, ConfirmationCode, "weakweak"), "InvalidPasswordException", "")
	h.clock.advance(resetCodeValidity + time.Second)
	h.fails("ConfirmForgotPassword", body(jane, ConfirmationCode, next), "ExpiredCodeException", "")
	h.signIn(jane, password)

	h.succeeds("ForgotPassword", fields{"ClientId": ClientID, "Username": jane})
	h.succeeds("ConfirmForgotPassword", body(jane, ConfirmationCode, next))
	h.signIn(jane, next)
	h.fails("InitiateAuth", passwordFlow(jane, password), "NotAuthorizedException", "Incorrect username or password.")
	h.fails("ConfirmForgotPassword", body(jane, ConfirmationCode, password), "ExpiredCodeException", "")
}

// TestNoResetCodeForUnverifiedEmail: the response is the same, but no code works.
func TestNoResetCodeForUnverifiedEmail(t *testing.T) {
	h := parallel(t)
	h.succeeds("SignUp", signUpBody(jane))
	h.succeeds("AdminConfirmSignUp", fields{"UserPoolId": PoolID, "Username": jane})
	h.succeeds("ForgotPassword", fields{"ClientId": ClientID, "Username": jane})
	h.fails("ConfirmForgotPassword", fields{"ClientId": ClientID, "Username": jane,
		"ConfirmationCode": ConfirmationCode, "Password": "N3xt-one!"}, "ExpiredCodeException", "")
	h.fails("AdminConfirmSignUp", fields{"UserPoolId": PoolID, "Username": jane}, "NotAuthorizedException",
		"User cannot be confirmed. Current status is CONFIRMED")
	if h.claims(h.signIn(jane, password).id)["email_verified"] != false {
		t.Error("an administrator's confirmation verified the e-mail")
	}
}

package cognito

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func invitation(email string) fields {
	return fields{"UserPoolId": PoolID, "Username": email, "TemporaryPassword": temporary, "MessageAction": "SUPPRESS",
		"UserAttributes": []fields{{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}, {"Name": "name", "Value": "Jane"}}}
}

func newPasswordBody(session, email, password string) fields {
	return fields{"ClientId": ClientID, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session,
		"ChallengeResponses": fields{"USERNAME": email, "NEW_PASSWORD": password}}
}

func TestNewPasswordRequired(t *testing.T) {
	h := parallel(t)
	h.succeeds("AdminCreateUser", invitation(jane))
	challenge := h.succeeds("InitiateAuth", passwordFlow(jane, temporary))
	session := challenge.at("Session")
	if challenge.at("ChallengeName") != "NEW_PASSWORD_REQUIRED" || len(session) < 20 || challenge.body["AuthenticationResult"] != nil {
		t.Fatalf("got %v", challenge.body)
	}
	var shown map[string]string
	if err := json.Unmarshal([]byte(challenge.at("ChallengeParameters", "userAttributes")), &shown); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"email": jane, "email_verified": "true", "name": "Jane"}, shown); diff != "" {
		t.Errorf("userAttributes (-want +got):\n%s", diff)
	}
	if got := challenge.at("ChallengeParameters", "requiredAttributes"); got != "[]" {
		t.Errorf("requiredAttributes is %s", got)
	}

	h.fails("RespondToAuthChallenge", newPasswordBody(session, jane, "weakweak"), "InvalidPasswordException", "")
	body := newPasswordBody(session, jane, password)
	body["ChallengeResponses"].(fields)["userAttributes.name"] = "Jane Doe"
	login := h.succeeds("RespondToAuthChallenge", body).tokens()
	if claims := h.claims(login.id); claims["name"] != "Jane Doe" || claims["email_verified"] != true {
		t.Errorf("got claims %v", claims)
	}
	h.fails("RespondToAuthChallenge", body, "NotAuthorizedException", "Invalid session for the user, session can only be used once.")
	h.signIn(jane, password)
	h.fails("InitiateAuth", passwordFlow(jane, temporary), "NotAuthorizedException", "Incorrect username or password.")
}

func TestNewPasswordAfterSRP(t *testing.T) {
	h := parallel(t)
	h.succeeds("AdminCreateUser", invitation(jane))
	c, challenge := h.challenge(jane)
	next := h.succeeds("RespondToAuthChallenge", c.respond(t, challenge, temporary, h.clock.read()))
	if next.at("ChallengeName") != "NEW_PASSWORD_REQUIRED" {
		t.Fatalf("got %v", next.body)
	}
	h.succeeds("RespondToAuthChallenge", newPasswordBody(next.at("Session"), next.at("ChallengeParameters", "USER_ID_FOR_SRP"), password))
	h.signIn(jane, password)
}

func TestNewPasswordErrors(t *testing.T) {
	h := parallel(t)
	h.succeeds("AdminCreateUser", invitation(jane))
	h.add("joe@example.com")
	session := func() string { return h.succeeds("InitiateAuth", passwordFlow(jane, temporary)).at("Session") }
	verified := newPasswordBody(session(), jane, password)
	verified["ChallengeResponses"].(fields)["userAttributes.email_verified"] = "true"
	moved := newPasswordBody(session(), jane, password)
	moved["ChallengeResponses"].(fields)["userAttributes.email"] = "joe@example.com"
	_, proof := h.challenge(jane)
	const invalid, refused = "InvalidParameterException", "NotAuthorizedException"
	for name, tt := range map[string]struct {
		body          fields
		name, message string
	}{
		"no password":         {newPasswordBody(session(), jane, ""), invalid, "Missing required parameter NEW_PASSWORD"},
		"no session":          {newPasswordBody("", jane, password), invalid, "Missing required parameter Session"},
		"unknown session":     {newPasswordBody("unknown", jane, password), refused, "Invalid session for the user."},
		"another's session":   {newPasswordBody(session(), "joe@example.com", password), refused, "Invalid session for the user."},
		"a secret block":      {newPasswordBody(proof.at("ChallengeParameters", "SECRET_BLOCK"), jane, password), refused, "Invalid session for the user."},
		"verified by oneself": {verified, refused, "A client attempted to write unauthorized attribute"},
		"another e-mail":      {moved, invalid, ""},
		"no challenge":        {fields{"ClientId": ClientID}, invalid, ""},
		"MFA":                 {fields{"ClientId": ClientID, "ChallengeName": "SMS_MFA"}, invalid, ""},
		"unknown challenge":   {fields{"ClientId": ClientID, "ChallengeName": "MAGIC"}, invalid, ""},
		"unknown client":      {fields{"ClientId": "other", "ChallengeName": "SMS_MFA"}, "ResourceNotFoundException", ""},
		"no proof":            {fields{"ClientId": ClientID, "ChallengeName": "PASSWORD_VERIFIER"}, invalid, "Missing required parameter USERNAME"},
	} {
		t.Run(name, func(t *testing.T) { h.fails("RespondToAuthChallenge", tt.body, tt.name, tt.message) })
	}
}

func TestSessionsEnd(t *testing.T) {
	h := parallel(t)
	h.succeeds("AdminCreateUser", invitation(jane))
	late := h.succeeds("InitiateAuth", passwordFlow(jane, temporary)).at("Session")
	h.clock.advance(sessionValidity + time.Second)
	h.fails("RespondToAuthChallenge", newPasswordBody(late, jane, password), "NotAuthorizedException",
		"Invalid session for the user, session is expired.")

	overtaken := h.succeeds("InitiateAuth", passwordFlow(jane, temporary)).at("Session")
	h.succeeds("AdminSetUserPassword", fields{"UserPoolId": PoolID, "Username": jane, "Password": "N3xt-one!", "Permanent": true})
	h.fails("RespondToAuthChallenge", newPasswordBody(overtaken, jane, password), "NotAuthorizedException", "Invalid session for the user.")

	h.clock.advance(2 * time.Hour)
	h.challenge(jane)
	h.fails("RespondToAuthChallenge", newPasswordBody(late, jane, password), "NotAuthorizedException", "Invalid session for the user.")
}

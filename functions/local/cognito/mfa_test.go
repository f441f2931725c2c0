package cognito

import (
	"encoding/base32"
	"testing"
	"time"
)

// TestTOTP: the test vectors of RFC 6238, appendix B, with six digits.
func TestTOTP(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"} {
		if got := totp("12345678901234567890", seconds/30); got != want {
			t.Errorf("at %d: got %s, want %s", seconds, got, want)
		}
	}
}

// authenticator returns the codes of an app with the secret of the response.
func authenticator(t *testing.T, a response) func(time.Time) string {
	t.Helper()
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(a.at("SecretCode"))
	if err != nil || len(secret) < 20 {
		t.Fatalf("the secret is %q: %v", a.at("SecretCode"), err)
	}
	return func(at time.Time) string { return totp(string(secret), at.Unix()/30) }
}

func preference(access string, enabled bool) fields {
	return fields{"AccessToken": access, "SoftwareTokenMfaSettings": fields{"Enabled": enabled, "PreferredMfa": enabled}}
}

// enroll adds jane with an authenticator app, and uses its first code.
func (h *harness) enroll() func(time.Time) string {
	h.t.Helper()
	h.add(jane)
	access := h.signIn(jane, password).access
	code := authenticator(h.t.(*testing.T), h.succeeds("AssociateSoftwareToken", fields{"AccessToken": access}))
	a := h.succeeds("VerifySoftwareToken", fields{"AccessToken": access, "UserCode": code(h.clock.read()), "FriendlyDeviceName": "phone"})
	if a.at("Status") != "SUCCESS" {
		h.t.Fatalf("got %v", a.body)
	}
	h.signIn(jane, password) // no challenge yet
	h.succeeds("SetUserMFAPreference", preference(access, true))
	h.clock.advance(30 * time.Second)
	return code
}

func codeBody(session, code string) fields {
	return fields{"ClientId": ClientID, "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": session,
		"ChallengeResponses": fields{"USERNAME": jane, "SOFTWARE_TOKEN_MFA_CODE": code}}
}

func TestSoftwareToken(t *testing.T) {
	h := parallel(t)
	code := h.enroll()
	c, srp := h.challenge(jane)
	for name, challenge := range map[string]response{
		"by password": h.succeeds("InitiateAuth", passwordFlow(jane, password)),
		"by SRP":      h.succeeds("RespondToAuthChallenge", c.respond(t, srp, password, h.clock.read())),
	} {
		if challenge.at("ChallengeName") != "SOFTWARE_TOKEN_MFA" || challenge.tokens().id != "" {
			t.Fatalf("%s: got %v, want a challenge and no tokens", name, challenge.body)
		}
		if got := challenge.at("ChallengeParameters", "FRIENDLY_DEVICE_NAME"); got != "phone" {
			t.Errorf("%s: the device is %q", name, got)
		}
		session := challenge.at("Session")
		h.fails("RespondToAuthChallenge", codeBody(session, "000000"), "CodeMismatchException", "")
		h.clock.advance(30 * time.Second)
		now := code(h.clock.read())
		access := h.succeeds("RespondToAuthChallenge", codeBody(session, now)).tokens().access
		h.fails("RespondToAuthChallenge", codeBody(session, code(h.clock.read().Add(30*time.Second))), "NotAuthorizedException", "")
		again := h.succeeds("InitiateAuth", passwordFlow(jane, password)).at("Session")
		h.fails("RespondToAuthChallenge", codeBody(again, now), "ExpiredCodeException", "")
		user := h.succeeds("GetUser", fields{"AccessToken": access})
		if list, _ := user.body["UserMFASettingList"].([]any); user.at("PreferredMfaSetting") != "SOFTWARE_TOKEN_MFA" || len(list) != 1 {
			t.Errorf("%s: GetUser returned %v", name, user.body)
		}
	}
}

func TestDisableSoftwareToken(t *testing.T) {
	h := parallel(t)
	code := h.enroll()
	session := h.succeeds("InitiateAuth", passwordFlow(jane, password)).at("Session")
	access := h.succeeds("RespondToAuthChallenge", codeBody(session, code(h.clock.read()))).tokens().access
	h.succeeds("SetUserMFAPreference", preference(access, false))
	h.signIn(jane, password)
	h.succeeds("AdminSetUserMFAPreference", fields{"UserPoolId": PoolID, "Username": jane, "SoftwareTokenMfaSettings": fields{"Enabled": true}})
	session = h.succeeds("InitiateAuth", passwordFlow(jane, password)).at("Session")
	if session == "" {
		t.Fatal("an administrator could not turn it on")
	}
	h.succeeds("AdminSetUserPassword", fields{"UserPoolId": PoolID, "Username": jane, "Password": temporary})
	h.clock.advance(30 * time.Second)
	h.fails("RespondToAuthChallenge", codeBody(session, code(h.clock.read())), "NotAuthorizedException", "") // the password is another
	session = h.succeeds("InitiateAuth", passwordFlow(jane, temporary)).at("Session")
	a := h.succeeds("RespondToAuthChallenge", newPasswordBody(session, jane, password))
	if a.at("ChallengeName") != "SOFTWARE_TOKEN_MFA" {
		t.Errorf("after a new password: got %v, want the second factor asked for", a.body)
	}
}

func TestSoftwareTokenErrors(t *testing.T) {
	h := parallelWithJane(t)
	access := h.signIn(jane, password).access
	verify := func(code string) fields { return fields{"AccessToken": access, "UserCode": code} }
	const invalid = "InvalidParameterException"
	h.fails("VerifySoftwareToken", verify("123456"), "SoftwareTokenMFANotFoundException", "")
	h.fails("SetUserMFAPreference", preference(access, true), invalid, "User has not verified software token mfa")
	code := authenticator(t, h.succeeds("AssociateSoftwareToken", fields{"AccessToken": access}))
	h.fails("SetUserMFAPreference", preference(access, true), invalid, "User has not verified software token mfa")
	h.fails("VerifySoftwareToken", verify(code(h.clock.read().Add(-time.Hour))), "EnableSoftwareTokenMFAException", "Code mismatch")
	h.fails("VerifySoftwareToken", verify("12345"), invalid, "")
	h.fails("VerifySoftwareToken", fields{"AccessToken": "x", "UserCode": "123456"}, "NotAuthorizedException", "")
	h.fails("AssociateSoftwareToken", fields{}, invalid, "")
	h.fails("SetUserMFAPreference", fields{"AccessToken": access, "SMSMfaSettings": fields{"Enabled": true}}, invalid,
		"User does not have delivery config set to turn on SMS_MFA")
	h.succeeds("SetUserMFAPreference", fields{"AccessToken": access, "SMSMfaSettings": fields{"Enabled": false}})
	h.fails("RespondToAuthChallenge", codeBody("x", "123456"), "NotAuthorizedException", "")
	h.fails("RespondToAuthChallenge", codeBody("", "123456"), invalid, "Missing required parameter Session")
	h.fails("RespondToAuthChallenge", codeBody("x", ""), invalid, "Missing required parameter SOFTWARE_TOKEN_MFA_CODE")
	session := h.succeeds("InitiateAuth", passwordFlow(jane, password)).at("Session")
	if session != "" {
		t.Error("a second factor is required that was never enabled")
	}
}

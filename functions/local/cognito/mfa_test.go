package cognito

import (
	"encoding/base32"
	"testing"
	"time"
)

// TestCodes: the vectors of RFC 6238, appendix B, in six digits.
func TestCodes(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"} {
		if got := totp("12345678901234567890", seconds/30); got != want {
			t.Errorf("at %d: got %s, want %s", seconds, got, want)
		}
	}
}

// authenticator is an app that was given a secret.
func authenticator(t *testing.T, a answer) func(time.Time) string {
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

// enroll sets up an authenticator for jane, whose first code is spent.
func (h *harness) enroll() func(time.Time) string {
	h.t.Helper()
	h.add(jane)
	access := h.signIn(jane, password).access
	code := authenticator(h.t.(*testing.T), h.ok("AssociateSoftwareToken", fields{"AccessToken": access}))
	a := h.ok("VerifySoftwareToken", fields{"AccessToken": access, "UserCode": code(h.clock.read()), "FriendlyDeviceName": "phone"})
	if a.at("Status") != "SUCCESS" {
		h.t.Fatalf("got %v", a.body)
	}
	h.signIn(jane, password) // nothing is asked for yet
	h.ok("SetUserMFAPreference", preference(access, true))
	h.clock.advance(30 * time.Second)
	return code
}

func codeBody(session, code string) fields {
	return fields{"ClientId": ClientID, "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": session,
		"ChallengeResponses": fields{"USERNAME": jane, "SOFTWARE_TOKEN_MFA_CODE": code}}
}

func TestSoftwareToken(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	code := h.enroll()
	c, srp := h.challenge(jane)
	for name, challenge := range map[string]answer{
		"by password": h.ok("InitiateAuth", passwordFlow(jane, password)),
		"by SRP":      h.ok("RespondToAuthChallenge", c.respond(t, srp, password, h.clock.read())),
	} {
		if challenge.at("ChallengeName") != "SOFTWARE_TOKEN_MFA" || challenge.tokens().id != "" {
			t.Fatalf("%s: got %v, want a challenge and no tokens", name, challenge.body)
		}
		if got := challenge.at("ChallengeParameters", "FRIENDLY_DEVICE_NAME"); got != "phone" {
			t.Errorf("%s: the device is %q", name, got)
		}
		session := challenge.at("Session")
		h.refused("RespondToAuthChallenge", codeBody(session, "000000"), "CodeMismatchException", "")
		h.clock.advance(30 * time.Second)
		now := code(h.clock.read())
		access := h.ok("RespondToAuthChallenge", codeBody(session, now)).tokens().access
		h.refused("RespondToAuthChallenge", codeBody(session, code(h.clock.read().Add(30*time.Second))), "NotAuthorizedException", "")
		again := h.ok("InitiateAuth", passwordFlow(jane, password)).at("Session")
		h.refused("RespondToAuthChallenge", codeBody(again, now), "ExpiredCodeException", "")
		user := h.ok("GetUser", fields{"AccessToken": access})
		if list, _ := user.body["UserMFASettingList"].([]any); user.at("PreferredMfaSetting") != "SOFTWARE_TOKEN_MFA" || len(list) != 1 {
			t.Errorf("%s: GetUser tells %v", name, user.body)
		}
	}
}

func TestSoftwareTokenTakenBack(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	code := h.enroll()
	session := h.ok("InitiateAuth", passwordFlow(jane, password)).at("Session")
	access := h.ok("RespondToAuthChallenge", codeBody(session, code(h.clock.read()))).tokens().access
	h.ok("SetUserMFAPreference", preference(access, false))
	h.signIn(jane, password)
	h.ok("AdminSetUserMFAPreference", fields{"UserPoolId": PoolID, "Username": jane, "SoftwareTokenMfaSettings": fields{"Enabled": true}})
	session = h.ok("InitiateAuth", passwordFlow(jane, password)).at("Session")
	if session == "" {
		t.Fatal("an administrator could not turn it on")
	}
	h.ok("AdminSetUserPassword", fields{"UserPoolId": PoolID, "Username": jane, "Password": temporary})
	h.clock.advance(30 * time.Second)
	h.refused("RespondToAuthChallenge", codeBody(session, code(h.clock.read())), "NotAuthorizedException", "") // the password is another
	session = h.ok("InitiateAuth", passwordFlow(jane, temporary)).at("Session")
	a := h.ok("RespondToAuthChallenge", newPasswordBody(session, jane, password))
	if a.at("ChallengeName") != "SOFTWARE_TOKEN_MFA" {
		t.Errorf("after a new password: got %v, want the second factor asked for", a.body)
	}
}

func TestSoftwareTokenRefuses(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.add(jane)
	access := h.signIn(jane, password).access
	verify := func(code string) fields { return fields{"AccessToken": access, "UserCode": code} }
	const invalid = "InvalidParameterException"
	h.refused("VerifySoftwareToken", verify("123456"), "SoftwareTokenMFANotFoundException", "")
	h.refused("SetUserMFAPreference", preference(access, true), invalid, "User has not verified software token mfa")
	code := authenticator(t, h.ok("AssociateSoftwareToken", fields{"AccessToken": access}))
	h.refused("SetUserMFAPreference", preference(access, true), invalid, "User has not verified software token mfa")
	h.refused("VerifySoftwareToken", verify(code(h.clock.read().Add(-time.Hour))), "EnableSoftwareTokenMFAException", "Code mismatch")
	h.refused("VerifySoftwareToken", verify("12345"), invalid, "")
	h.refused("VerifySoftwareToken", fields{"AccessToken": "x", "UserCode": "123456"}, "NotAuthorizedException", "")
	h.refused("AssociateSoftwareToken", fields{}, invalid, "")
	h.refused("SetUserMFAPreference", fields{"AccessToken": access, "SMSMfaSettings": fields{"Enabled": true}}, invalid,
		"User does not have delivery config set to turn on SMS_MFA")
	h.ok("SetUserMFAPreference", fields{"AccessToken": access, "SMSMfaSettings": fields{"Enabled": false}})
	h.refused("RespondToAuthChallenge", codeBody("x", "123456"), "NotAuthorizedException", "")
	h.refused("RespondToAuthChallenge", codeBody("", "123456"), invalid, "Missing required parameter Session")
	h.refused("RespondToAuthChallenge", codeBody("x", ""), invalid, "Missing required parameter SOFTWARE_TOKEN_MFA_CODE")
	session := h.ok("InitiateAuth", passwordFlow(jane, password)).at("Session")
	if session != "" {
		t.Error("a second factor is asked for that was never turned on")
	}
}

package cognito

import (
	"strings"
	"testing"
)

const patternViolation = `Member must satisfy regular expression pattern: ^[\S]+.*[\S]+$`

// passwordOperations are all operations that set a password, each called in the state that it requires.
func passwordOperations() map[string]func(*harness, string) response {
	return map[string]func(*harness, string) response{
		"SignUp": func(h *harness, p string) response {
			return h.call("SignUp", fields{"ClientId": ClientID, "Username": "new@example.com", "Password": p})
		},
		"ChangePassword": func(h *harness, p string) response {
			h.add(jane)
			return h.call("ChangePassword", fields{"AccessToken": h.signIn(jane, password).access, "PreviousPassword": password, "ProposedPassword": p})
		},
		"ConfirmForgotPassword": func(h *harness, p string) response {
			h.add(jane)
			h.succeeds("ForgotPassword", fields{"ClientId": ClientID, "Username": jane})
			return h.call("ConfirmForgotPassword", fields{"ClientId": ClientID, "Username": jane, "ConfirmationCode": ConfirmationCode, "Password": p})
		},
		"NEW_PASSWORD_REQUIRED": func(h *harness, p string) response {
			h.succeeds("AdminCreateUser", invitation(jane))
			session := h.succeeds("InitiateAuth", passwordFlow(jane, temporary)).at("Session")
			return h.call("RespondToAuthChallenge", fields{"ClientId": ClientID, "ChallengeName": "NEW_PASSWORD_REQUIRED",
				"Session": session, "ChallengeResponses": fields{"USERNAME": jane, "NEW_PASSWORD": p}})
		},
		"AdminCreateUser": func(h *harness, p string) response {
			return h.call("AdminCreateUser", fields{"UserPoolId": PoolID, "Username": "new@example.com", "TemporaryPassword": p})
		},
		"AdminSetUserPassword": func(h *harness, p string) response {
			h.add(jane)
			return h.call("AdminSetUserPassword", fields{"UserPoolId": PoolID, "Username": jane, "Password": p, "Permanent": true})
		},
	}
}

// TestSpacesInPasswords: a password may contain spaces, which count as symbols.
func TestSpacesInPasswords(t *testing.T) {
	t.Parallel()
	for operation, set := range passwordOperations() {
		t.Run(operation, func(t *testing.T) {
			for _, password := range []string{"Correct horse 1!", "Correct horse 1", "Correct\tHorse 1"} {
				if a := set(newHarness(t), password); a.status != 200 {
					t.Errorf("%q: got %d %s: %s", password, a.status, a.name, a.message)
				}
			}
			for _, password := range []string{" Passw0rd!", "Passw0rd! ", "Passw0rd!\n", "\tPassw0rd!", "        ", "Pass\nw0rd!"} {
				a := set(newHarness(t), password)
				if a.name != "InvalidParameterException" || !strings.HasSuffix(a.message, patternViolation) {
					t.Errorf("%q: got %d %s: %s", password, a.status, a.name, a.message)
				}
			}
		})
	}
}

// TestPasswordLengths: both limits count characters.
func TestPasswordLengths(t *testing.T) {
	t.Parallel()
	signUp := passwordOperations()["SignUp"]
	for password, want := range map[string]string{
		"Pässw0!": "InvalidPasswordException", "Pässw0r!": "",
		"aA1!" + strings.Repeat("ä", 252): "", "aA1!" + strings.Repeat("ä", 253): "InvalidParameterException",
	} {
		if a := signUp(newHarness(t), password); a.name != want {
			t.Errorf("%q: got %d %s: %s, want %q", password, a.status, a.name, a.message, want)
		}
	}
}

// TestPatternsMatchWholeValue: no member but the password may contain a space.
func TestPatternsMatchWholeValue(t *testing.T) {
	t.Parallel()
	for _, m := range []member{
		clientMember("local client"), poolMember("us-east-1_local x"), usernameMember("jane doe"), groupMember("the admins"),
		codeMember("123 456"), tokenMember("accessToken", "a b"),
	} {
		if got := m.violation(); got != "Member must satisfy regular expression pattern: "+m.pattern {
			t.Errorf("%s %q: got %q", m.name, m.value, got)
		}
	}
}

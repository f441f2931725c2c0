package cognito

import "testing"

func adminFlow(flow string, parameters fields) fields {
	return fields{"UserPoolId": PoolID, "ClientId": ClientID, "AuthFlow": flow, "AuthParameters": parameters}
}

func TestAdminInitiateAuth(t *testing.T) {
	h := parallelWithJane(t)
	c := newSRPClient(h.pool.srp.n)
	challenge := h.succeeds("AdminInitiateAuth", adminFlow("USER_SRP_AUTH", fields{"USERNAME": jane, "SRP_A": c.public.Text(16)}))
	body := c.respond(t, challenge, password, h.clock.read())
	body["UserPoolId"] = PoolID
	first := h.succeeds("AdminRespondToAuthChallenge", body).tokens()
	h.succeeds("AdminAddUserToGroup", fields{"UserPoolId": PoolID, "Username": jane, "GroupName": "admin"})
	h.clock.advance(2 * tokenValidity)
	h.checkRefreshed(first, h.succeeds("AdminInitiateAuth", adminFlow("REFRESH_TOKEN_AUTH", fields{"REFRESH_TOKEN": first.refresh})).tokens())
}

// TestAdminFlowErrors: the template's client allows no flow in which a server receives the password.
func TestAdminFlowErrors(t *testing.T) {
	h := parallelWithJane(t)
	credentials := fields{"USERNAME": jane, "PASSWORD": password}
	const invalid = "InvalidParameterException"
	for name, tt := range map[string]struct {
		operation     string
		in            fields
		name, message string
	}{
		"password":         {"AdminInitiateAuth", adminFlow("ADMIN_USER_PASSWORD_AUTH", credentials), invalid, "Auth flow not enabled for this client"},
		"password, of old": {"AdminInitiateAuth", adminFlow("ADMIN_NO_SRP_AUTH", credentials), invalid, "Auth flow not enabled for this client"},
		"a public flow":    {"AdminInitiateAuth", adminFlow("USER_PASSWORD_AUTH", credentials), invalid, "Initiate Auth method not supported."},
		"custom flow":      {"AdminInitiateAuth", adminFlow("CUSTOM_AUTH", credentials), invalid, "CUSTOM_AUTH is not enabled for the client."},
		"no pool":          {"AdminInitiateAuth", fields{"ClientId": ClientID, "AuthFlow": "USER_SRP_AUTH"}, invalid, ""},
		"another pool": {"AdminInitiateAuth", fields{"UserPoolId": "us-east-1_x", "ClientId": ClientID, "AuthFlow": "USER_SRP_AUTH"},
			"ResourceNotFoundException", "User pool us-east-1_x does not exist."},
		"another client": {"AdminInitiateAuth", fields{"UserPoolId": PoolID, "ClientId": "x", "AuthFlow": "USER_SRP_AUTH"},
			"ResourceNotFoundException", "User pool client x does not exist."},
		"no pool, response": {"AdminRespondToAuthChallenge", fields{"ClientId": ClientID, "ChallengeName": "PASSWORD_VERIFIER"}, invalid, ""},
		"no challenge":      {"AdminRespondToAuthChallenge", fields{"UserPoolId": PoolID, "ClientId": ClientID}, invalid, ""},
	} {
		t.Run(name, func(t *testing.T) { h.fails(tt.operation, tt.in, tt.name, tt.message) })
	}
}

// TestAdminResetUserPassword: the old password is invalid, and a code sets the next one.
func TestAdminResetUserPassword(t *testing.T) {
	h := parallelWithJane(t)
	login := h.signIn(jane, password)
	h.succeeds("AdminResetUserPassword", adminBody(jane))
	if got := h.succeeds("AdminGetUser", adminBody(jane)).at("UserStatus"); got != "RESET_REQUIRED" {
		t.Errorf("the status is %q", got)
	}
	h.fails("InitiateAuth", passwordFlow(jane, password), "PasswordResetRequiredException", "Password reset required for the user")
	h.fails("InitiateAuth", passwordFlow(jane, "Wr0ng-one!"), "PasswordResetRequiredException", "")
	c, challenge := h.challenge(jane)
	h.fails("RespondToAuthChallenge", c.respond(t, challenge, password, h.clock.read()), "PasswordResetRequiredException", "")
	h.succeeds("GetUser", fields{"AccessToken": login.access})
	reset := fields{"ClientId": ClientID, "Username": jane, "ConfirmationCode": ConfirmationCode, "Password": "N3xt-one!"}
	h.succeeds("ConfirmForgotPassword", reset)
	h.signIn(jane, "N3xt-one!")

	h.succeeds("AdminResetUserPassword", adminBody(jane))
	h.succeeds("ForgotPassword", fields{"ClientId": ClientID, "Username": jane}) // another code
	h.clock.advance(resetCodeValidity)
	h.succeeds("ConfirmForgotPassword", reset)
	h.fails("AdminResetUserPassword", adminBody("nobody@example.com"), "UserNotFoundException", "")
	h.succeeds("AdminUpdateUserAttributes", fields{"UserPoolId": PoolID, "Username": jane, "UserAttributes": []fields{pair("email_verified", "false")}})
	h.fails("AdminResetUserPassword", adminBody(jane), "InvalidParameterException",
		"Cannot reset password for the user as there is no registered/verified email or phone_number")
	h.succeeds("SignUp", signUpBody(janet))
	h.fails("AdminResetUserPassword", adminBody(janet), "NotAuthorizedException", "User password cannot be reset in the current state.")
}

package cognito

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"
)

func TestInvalidAccessTokens(t *testing.T) {
	h := parallelWithJane(t)
	login := h.signIn(jane, password)
	parts := strings.Split(login.access, ".")
	join := func(header, body, signature string) string { return header + "." + body + "." + signature }
	text := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	foreign := h.claims(login.access)
	foreign["iss"] = "http://localhost:8080/us-east-1_other"
	otherPool, err := h.pool.accessKey.sign(foreign)
	if err != nil {
		t.Fatal(err)
	}
	other, err := newSigner()
	if err != nil {
		t.Fatal(err)
	}
	other.kid = h.pool.accessKey.kid
	forged, err := other.sign(h.claims(login.access))
	if err != nil {
		t.Fatal(err)
	}
	const invalid, signature = "Invalid Access Token", "Could not verify signature for Access Token"
	for name, tt := range map[string]struct{ token, message string }{
		"an ID token":       {login.id, invalid},
		"a refresh token":   {login.refresh, invalid},
		"another pool's":    {otherPool, invalid},
		"no algorithm":      {join(text(`{"alg":"none","kid":"`+h.pool.accessKey.kid+`"}`), parts[1], ""), invalid},
		"a symmetric one":   {join(text(`{"alg":"HS256","kid":"`+h.pool.accessKey.kid+`"}`), parts[1], parts[2]), invalid},
		"unknown key":       {join(text(`{"alg":"RS256","kid":"x"}`), parts[1], parts[2]), invalid},
		"unreadable header": {join("x", parts[1], parts[2]), invalid},
		"header of text":    {join(text("x"), parts[1], parts[2]), invalid},
		"changed body":      {join(parts[0], text(`{"sub":"x"}`), parts[2]), signature},
		"another's key":     {forged, signature},
		"cut signature":     {join(parts[0], parts[1], "x"), signature},
	} {
		t.Run(name, func(t *testing.T) {
			h.fails("GetUser", fields{"AccessToken": tt.token}, "NotAuthorizedException", tt.message)
		})
	}
	h.fails("GetUser", fields{}, "InvalidParameterException", "")
	h.fails("GetUser", fields{"AccessToken": "a b"}, "InvalidParameterException", "")
	h.clock.advance(tokenValidity)
	h.fails("GetUser", fields{"AccessToken": login.access}, "NotAuthorizedException", "Access Token has expired")
}

func TestGlobalSignOut(t *testing.T) {
	t.Parallel()
	for name, signOut := range map[string]func(*harness, tokens){
		"by the user": func(h *harness, login tokens) { h.succeeds("GlobalSignOut", fields{"AccessToken": login.access}) },
		"by an administrator": func(h *harness, _ tokens) {
			h.succeeds("AdminUserGlobalSignOut", fields{"UserPoolId": PoolID, "Username": jane})
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.add(jane)
			h.add("joe@example.com")
			first, second, other := h.signIn(jane, password), h.signIn(jane, password), h.signIn("joe@example.com", password)
			signOut(h, first)
			for _, login := range []tokens{first, second} {
				h.fails("GetUser", fields{"AccessToken": login.access}, "NotAuthorizedException", "Access Token has been revoked")
				h.fails("InitiateAuth", refreshFlow(login.refresh), "NotAuthorizedException", "Refresh Token has been revoked")
			}
			h.succeeds("GetUser", fields{"AccessToken": other.access})
			h.succeeds("GetUser", fields{"AccessToken": h.signIn(jane, password).access})
			if !signedBy(t, first.id, h.pool.Key(kid(t, first.id))) {
				t.Error("an ID token was taken back")
			}
		})
	}
}

func TestRevokeToken(t *testing.T) {
	h := parallelWithJane(t)
	first, second := h.signIn(jane, password), h.signIn(jane, password)
	refreshed := h.succeeds("InitiateAuth", refreshFlow(first.refresh)).tokens()
	body := func(token string) fields { return fields{"ClientId": ClientID, "Token": token} }
	h.succeeds("RevokeToken", body(first.refresh))
	h.succeeds("RevokeToken", body(first.refresh))
	h.succeeds("RevokeToken", body("unknown"))
	for _, access := range []string{first.access, refreshed.access} {
		h.fails("GetUser", fields{"AccessToken": access}, "NotAuthorizedException", "Access Token has been revoked")
	}
	h.fails("InitiateAuth", refreshFlow(first.refresh), "NotAuthorizedException", "Refresh Token has been revoked")
	h.succeeds("InitiateAuth", refreshFlow(second.refresh))
	h.fails("RevokeToken", body(second.access), "UnsupportedTokenTypeException", "")
	h.fails("RevokeToken", fields{"ClientId": "other", "Token": second.refresh}, "ResourceNotFoundException", "")
	h.fails("RevokeToken", body(""), "InvalidParameterException", "")
}

func TestChangePassword(t *testing.T) {
	h := parallelWithJane(t)
	access := h.signIn(jane, password).access
	body := func(previous, proposed string) fields {
		return fields{"AccessToken": access, "PreviousPassword": previous, "ProposedPassword": proposed}
	}
	h.fails("ChangePassword", body("Wr0ng-one!", "N3xt-one!"), "NotAuthorizedException", "Incorrect username or password.")
	h.fails("ChangePassword", body(password, "weakweak"), "InvalidPasswordException", "")
	h.fails("ChangePassword", body(password, ""), "InvalidParameterException", "")
	h.succeeds("ChangePassword", body(password, "N3xt-one!"))
	h.signIn(jane, "N3xt-one!")
	h.fails("InitiateAuth", passwordFlow(jane, password), "NotAuthorizedException", "")
	h.clock.advance(2 * time.Hour)
	h.fails("ChangePassword", body("N3xt-one!", password), "NotAuthorizedException", "Access Token has expired")
}

func TestDeletedUsers(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(*harness, tokens){
		"by the user": func(h *harness, login tokens) { h.succeeds("DeleteUser", fields{"AccessToken": login.access}) },
		"by an administrator": func(h *harness, _ tokens) {
			h.succeeds("AdminDeleteUser", fields{"UserPoolId": PoolID, "Username": jane})
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.add(jane)
			login := h.signIn(jane, password)
			remove(h, login)
			h.fails("InitiateAuth", passwordFlow(jane, password), "NotAuthorizedException", "Incorrect username or password.")
			h.fails("InitiateAuth", refreshFlow(login.refresh), "NotAuthorizedException", "Refresh Token has been revoked")
			for _, operation := range []string{"GetUser", "GlobalSignOut", "DeleteUser"} {
				h.fails(operation, fields{"AccessToken": login.access}, "UserNotFoundException", "User does not exist.")
			}
			h.succeeds("SignUp", signUpBody(jane))
		})
	}
}

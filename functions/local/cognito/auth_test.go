package cognito

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTokens(t *testing.T) {
	h := parallel(t)
	h.add(jane, "admin")
	response := h.succeeds("InitiateAuth", passwordFlow(jane, password))
	result := response.body["AuthenticationResult"].(map[string]any)
	if result["ExpiresIn"] != 3600.0 || result["TokenType"] != "Bearer" {
		t.Errorf("got %v", result)
	}
	if parameters, ok := response.body["ChallengeParameters"].(map[string]any); !ok || len(parameters) != 0 {
		t.Errorf("ChallengeParameters is %v, want {}", response.body["ChallengeParameters"])
	}
	login := response.tokens()
	id, access := h.claims(login.id), h.claims(login.access)
	sub, now := id["sub"].(string), float64(h.clock.read().Unix())
	common := fields{"sub": sub, "iss": issuer, "cognito:groups": []any{"admin"}, "auth_time": now, "iat": now, "exp": now + 3600,
		"origin_jti": id["origin_jti"], "event_id": id["event_id"]}
	wantID := fields{"token_use": "id", "aud": ClientID, "cognito:username": sub, "email": jane, "email_verified": true, "jti": id["jti"]}
	maps.Copy(wantID, common)
	if diff := cmp.Diff(wantID, id); diff != "" {
		t.Errorf("ID token (-want +got):\n%s", diff)
	}
	wantAccess := fields{"token_use": "access", "client_id": ClientID, "username": sub, "scope": "aws.cognito.signin.user.admin", "jti": access["jti"]}
	maps.Copy(wantAccess, common)
	if diff := cmp.Diff(wantAccess, access); diff != "" {
		t.Errorf("access token (-want +got):\n%s", diff)
	}
	if id["jti"] == access["jti"] || !isUUID(sub) || !isUUID(id["origin_jti"].(string)) || !isUUID(id["event_id"].(string)) {
		t.Errorf("ids are not UUIDs of their own: %v", id)
	}
}

// TestKeySet verifies both tokens with the published documents only.
func TestKeySet(t *testing.T) {
	h := parallelWithJane(t)
	get := func(path string, v any) {
		w := httptest.NewRecorder()
		h.pool.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if err := json.Unmarshal(w.Body.Bytes(), v); err != nil {
			t.Fatal(err)
		}
	}
	var found map[string]any
	get("/"+PoolID+"/.well-known/openid-configuration", &found)
	if found["issuer"] != issuer || found["jwks_uri"] != issuer+"/.well-known/jwks.json" {
		t.Errorf("got %v", found)
	}
	var set struct{ Keys []map[string]string }
	get("/"+PoolID+"/.well-known/jwks.json", &set)
	published := map[string]*rsa.PublicKey{}
	for _, k := range set.Keys {
		if k["alg"] != "RS256" || k["kty"] != "RSA" || k["use"] != "sig" || k["e"] != "AQAB" {
			t.Errorf("got key %v", k)
		}
		n, err := base64.RawURLEncoding.DecodeString(k["n"])
		if err != nil {
			t.Fatal(err)
		}
		published[k["kid"]] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}
	}
	login := h.signIn(jane, password)
	ids := slices.Collect(maps.Keys(published))
	if len(ids) != 2 || kid(t, login.id) == kid(t, login.access) {
		t.Fatalf("got %d keys", len(ids))
	}
	for _, token := range []string{login.id, login.access} {
		for _, id := range ids {
			if got, want := signedBy(t, token, published[id]), id == kid(t, token); got != want {
				t.Errorf("key %s verifies token of key %s: %v", id, kid(t, token), got)
			}
		}
		if !h.pool.Key(kid(t, token)).Equal(published[kid(t, token)]) {
			t.Error("Key and the key set differ")
		}
	}
}

func kid(t *testing.T, token string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	if err != nil {
		t.Fatal(err)
	}
	var header tokenHeader
	if err := json.Unmarshal(text, &header); err != nil || header.Algorithm != "RS256" {
		t.Fatalf("header %s: %v", text, err)
	}
	return header.KeyID
}

func signedBy(t *testing.T, token string, key *rsa.PublicKey) bool {
	t.Helper()
	end := strings.LastIndex(token, ".")
	signature, err := base64.RawURLEncoding.DecodeString(token[end+1:])
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(token[:end]))
	return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature) == nil
}

// refreshes are the three ways to refresh the tokens. Amplify uses GetTokensFromRefreshToken since version 6.15.
func refreshes() map[string]func(*harness, string) response {
	flow := func(name string) func(*harness, string) response {
		return func(h *harness, token string) response {
			body := refreshFlow(token)
			body["AuthFlow"] = name
			return h.call("InitiateAuth", body)
		}
	}
	return map[string]func(*harness, string) response{
		"REFRESH_TOKEN_AUTH": flow("REFRESH_TOKEN_AUTH"), "REFRESH_TOKEN": flow("REFRESH_TOKEN"),
		"GetTokensFromRefreshToken": func(h *harness, token string) response {
			return h.call("GetTokensFromRefreshToken", fields{"ClientId": ClientID, "RefreshToken": token})
		},
	}
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	for name, refresh := range refreshes() {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.add(jane)
			first := h.signIn(jane, password)
			h.succeeds("AdminAddUserToGroup", fields{"UserPoolId": PoolID, "Username": jane, "GroupName": "admin"})
			h.clock.advance(2 * time.Hour)
			for range 2 { // the token is not rotated
				second := refresh(h, first.refresh).tokens()
				h.checkRefreshed(first, second)
				h.succeeds("GetUser", fields{"AccessToken": second.access})
			}
			h.clock.advance(refreshValidity)
			a := refresh(h, first.refresh)
			a.check(t, "NotAuthorizedException", "Refresh Token has expired")
		})
	}
}

func (h *harness) checkRefreshed(first, second tokens) {
	h.t.Helper()
	if second.refresh != "" || second.id == "" || second.access == "" {
		h.t.Fatalf("got %+v, want an ID token, an access token and no refresh token", second)
	}
	before, after := h.claims(first.id), h.claims(second.id)
	for _, same := range []string{"sub", "origin_jti", "auth_time", "event_id"} {
		if before[same] != after[same] {
			h.t.Errorf("%s was %v and is %v", same, before[same], after[same])
		}
	}
	if after["jti"] == before["jti"] || after["exp"].(float64) != before["exp"].(float64)+7200 || after["cognito:groups"] == nil {
		h.t.Errorf("got %v", after)
	}
}

func TestRefreshErrors(t *testing.T) {
	t.Parallel()
	for name, refresh := range refreshes() {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.add(jane)
			login := h.signIn(jane, password)
			refresh(h, "unknown").check(t, "NotAuthorizedException", "Invalid Refresh Token.")
			refresh(h, login.access).check(t, "NotAuthorizedException", "Invalid Refresh Token.")
			refresh(h, "").check(t, "InvalidParameterException", "")
			h.succeeds("RevokeToken", fields{"ClientId": ClientID, "Token": login.refresh})
			refresh(h, login.refresh).check(t, "NotAuthorizedException", "Refresh Token has been revoked")
			login = h.signIn(jane, password)
			h.succeeds("DeleteUser", fields{"AccessToken": login.access})
			refresh(h, login.refresh).check(t, "NotAuthorizedException", "Refresh Token has been revoked")
		})
	}
	h := newHarness(t)
	h.fails("InitiateAuth", refreshFlow(""), "InvalidParameterException", "Missing required parameter REFRESH_TOKEN")
	h.fails("GetTokensFromRefreshToken", fields{"RefreshToken": "x"}, "InvalidParameterException",
		"1 validation error detected: Value at 'clientId' failed to satisfy constraint: Member must not be null")
	h.fails("GetTokensFromRefreshToken", fields{"RefreshToken": "a b", "ClientId": ClientID}, "InvalidParameterException", "")
	h.fails("GetTokensFromRefreshToken", fields{"RefreshToken": "x", "ClientId": "other"}, "ResourceNotFoundException",
		"User pool client other does not exist.")
}

// TestGetTokensFromRefreshToken: the output has AuthenticationResult and, unlike that of InitiateAuth, nothing else.
func TestGetTokensFromRefreshToken(t *testing.T) {
	h := parallelWithJane(t)
	body := fields{"ClientId": ClientID, "RefreshToken": h.signIn(jane, password).refresh, "DeviceKey": nil, "ClientMetadata": fields{"a": "b"}}
	a := h.succeeds("GetTokensFromRefreshToken", body)
	result, _ := a.body["AuthenticationResult"].(map[string]any)
	if got := slices.Sorted(maps.Keys(result)); len(a.body) != 1 || !slices.Equal(got, []string{"AccessToken", "ExpiresIn", "IdToken", "TokenType"}) {
		t.Errorf("got %v with %v", slices.Sorted(maps.Keys(a.body)), got)
	}
}

func TestInitiateAuthErrors(t *testing.T) {
	h := parallelWithJane(t)
	flow := func(name string, parameters fields) fields {
		return fields{"ClientId": ClientID, "AuthFlow": name, "AuthParameters": parameters}
	}
	const invalid = "InvalidParameterException"
	for name, tt := range map[string]struct {
		body          fields
		name, message string
	}{
		"wrong password":   {passwordFlow(jane, "Wr0ng-one!"), "NotAuthorizedException", "Incorrect username or password."},
		"unknown user":     {passwordFlow("nobody@example.com", password), "NotAuthorizedException", "Incorrect username or password."},
		"no username":      {flow("USER_PASSWORD_AUTH", nil), invalid, "Missing required parameter USERNAME"},
		"no password":      {flow("USER_PASSWORD_AUTH", fields{"USERNAME": jane}), invalid, "Missing required parameter PASSWORD"},
		"no A":             {flow("USER_SRP_AUTH", fields{"USERNAME": jane}), invalid, "Missing required parameter SRP_A"},
		"custom flow":      {flow("CUSTOM_AUTH", nil), invalid, "CUSTOM_AUTH is not enabled for the client."},
		"choice of flow":   {flow("USER_AUTH", nil), invalid, "USER_AUTH is not enabled for the client."},
		"an Admin flow":    {flow("ADMIN_USER_PASSWORD_AUTH", nil), invalid, "Initiate Auth method not supported."},
		"no flow":          {fields{"ClientId": ClientID}, invalid, "1 validation error detected: Value at 'authFlow' failed to satisfy constraint: Member must not be null"},
		"unknown flow":     {flow("MAGIC", nil), invalid, ""},
		"unknown client":   {fields{"ClientId": "other", "AuthFlow": "USER_SRP_AUTH"}, "ResourceNotFoundException", "User pool client other does not exist."},
		"an ill-named one": {fields{"ClientId": "a-b", "AuthFlow": "USER_SRP_AUTH"}, invalid, ""},
	} {
		t.Run(name, func(t *testing.T) { h.fails("InitiateAuth", tt.body, tt.name, tt.message) })
	}
}

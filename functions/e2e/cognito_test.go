package e2e_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// signedIn is the response of the user pool to a sign-in, good, bad, or a challenge.
type signedIn struct {
	AuthenticationResult struct{ IdToken, AccessToken string }
	ChallengeName        string
	ChallengeParameters  map[string]string
	Type                 string `json:"__type"`
	Message              string `json:"message"`
}

// signIn asks the user pool for tokens, by SRP, the one flow that every stage allows.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
func (to *target) signIn(t *testing.T, email, password string) (status int, response signedIn) {
	t.Helper()
	client := newSRP()
	status, response = to.pool(t, "InitiateAuth", object{"AuthFlow": "USER_SRP_AUTH", "ClientId": to.clientID,
		"AuthParameters": object{"USERNAME": email, "SRP_A": client.hex()}})
	if response.ChallengeName != "PASSWORD_VERIFIER" {
		return status, response
	}
	return to.pool(t, "RespondToAuthChallenge", object{"ChallengeName": response.ChallengeName, "ClientId": to.clientID,
		"ChallengeResponses": client.claim(t, to.poolID, password, response.ChallengeParameters)})
}

// pool calls an operation of the user pool's JSON API that needs no signature.
func (to *target) pool(t *testing.T, operation string, body object) (status int, response signedIn) {
	t.Helper()
	req, err := http.NewRequest("POST", strings.TrimSuffix(to.cognito, "/")+"/", strings.NewReader(body.String()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+operation)
	resp, err := to.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(data, &response)
	}
	if err != nil {
		t.Fatalf("%s: status %d: %v", operation, resp.StatusCode, err)
	}
	return resp.StatusCode, response
}

// as is the client of a user who has signed in. Their public id is that of the profile that they save.
func (to *target) as(t *testing.T, who, email string) client {
	t.Helper()
	status, response := to.signIn(t, email, to.password)
	tokens := response.AuthenticationResult
	if status != http.StatusOK || tokens.IdToken == "" || tokens.AccessToken == "" {
		t.Fatalf("%s signs in: status %d, %s: %s", who, status, response.Type, response.Message)
	}
	c := client{target: to, who: who, email: email, token: tokens.IdToken, accessToken: tokens.AccessToken, sub: subject(t, tokens.IdToken)}
	to.subs = append(to.subs, c.sub)
	c.id = read[profile](t, c.saveProfile(t, who, "renter")).ID
	return c
}

// subject is the claim sub of a token, which is private.
func subject(t *testing.T, token string) string {
	t.Helper()
	var claims struct{ Sub string }
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token+"..", ".")[1])
	if err == nil {
		err = json.Unmarshal(payload, &claims)
	}
	if err != nil || claims.Sub == "" {
		t.Fatalf("the ID token names no subject: %v", err)
	}
	return claims.Sub
}

package cognito

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// unsigned are the operations that the model of the service's API marks with smithy.api#noAuth. All others must be signed
// by an administrator.
func unsigned() []string {
	return []string{
		"AssociateSoftwareToken", "ChangePassword", "CompleteWebAuthnRegistration", "ConfirmDevice", "ConfirmForgotPassword",
		"ConfirmSignUp", "DeleteUser", "DeleteUserAttributes", "DeleteWebAuthnCredential", "ForgetDevice", "ForgotPassword",
		"GetDevice", "GetTokensFromRefreshToken", "GetUser", "GetUserAttributeVerificationCode", "GetUserAuthFactors",
		"GlobalSignOut", "InitiateAuth", "ListDevices", "ListUserSessions", "ListWebAuthnCredentials", "ResendConfirmationCode",
		"RespondToAuthChallenge", "RevokeToken", "RevokeUserSession", "SetUserMFAPreference", "SetUserSettings", "SignUp",
		"StartWebAuthnRegistration", "UpdateAuthEventFeedback", "UpdateDeviceStatus", "UpdateUserAttributes",
		"VerifySoftwareToken", "VerifyUserAttribute",
	}
}

const evil = "https://evil.example"

// page sends a request with the headers that a browser adds for a page.
func (h *harness) page(operation, body string, headers map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "http://localhost:8080/", strings.NewReader(body))
	r.Header.Set("Content-Type", jsonType)
	r.Header.Set("X-Amz-Target", targetPrefix+operation)
	for name, value := range headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.pool.ServeHTTP(w, r)
	return w
}

// TestCrossOriginOperations checks all operations, so that a new one cannot be forgotten.
func TestCrossOriginOperations(t *testing.T) {
	h := parallel(t)
	for _, name := range slices.Sorted(maps.Keys(h.pool.operations)) {
		w := h.page(name, "{}", map[string]string{"Origin": evil, "Sec-Fetch-Site": "cross-site"})
		origin := w.Header().Get("Access-Control-Allow-Origin")
		if slices.Contains(unsigned(), name) {
			if w.Code == http.StatusForbidden || origin != evil {
				t.Errorf("%s: got %d and Access-Control-Allow-Origin %q, want pages of any origin served", name, w.Code, origin)
			}
			continue
		}
		if w.Code != http.StatusForbidden || origin != "" || !strings.Contains(w.Body.String(), `"__type":"ForbiddenException"`) {
			t.Errorf("%s: got %d %s and Access-Control-Allow-Origin %q, want 403 ForbiddenException and none", name, w.Code, w.Body, origin)
		}
	}
}

func TestCrossOriginHeaders(t *testing.T) {
	h := parallelWithJane(t)
	const body = `{"UserPoolId":"` + PoolID + `","Username":"` + jane + `"}`
	for name, tt := range map[string]struct {
		headers map[string]string
		want    int
	}{
		"another site":                    {map[string]string{"Origin": evil, "Sec-Fetch-Site": "cross-site"}, 403},
		"another port":                    {map[string]string{"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"}, 403},
		"a file, a sandbox":               {map[string]string{"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403},
		"a browser without Fetch headers": {map[string]string{"Origin": evil}, 403},
		"no page: CLI, SDK, curl":         {nil, 200},
		"a page of the runner's own":      {map[string]string{"Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-origin"}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			w := h.page("AdminGetUser", body, tt.headers)
			if w.Code != tt.want || (w.Code == 200) != strings.Contains(w.Body.String(), jane) {
				t.Errorf("got %d %s, want %d", w.Code, w.Body, tt.want)
			}
			for name := range w.Header() {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("the response has %s", name)
				}
			}
		})
	}
}

// TestCrossOriginChangesNothing: the request is rejected before the operation runs.
func TestCrossOriginChangesNothing(t *testing.T) {
	h := parallelWithJane(t)
	headers := map[string]string{"Origin": evil, "Sec-Fetch-Site": "cross-site"}
	h.page("AdminAddUserToGroup", `{"UserPoolId":"`+PoolID+`","Username":"`+jane+`","GroupName":"admin"}`, headers)
	h.page("AdminCreateUser", `{"UserPoolId":"`+PoolID+`","Username":"joe@example.com"}`, headers)
	if groups := h.claims(h.signIn(jane, password).id)["cognito:groups"]; groups != nil {
		t.Errorf("a page put a user into %v", groups)
	}
	h.fails("AdminGetUser", adminBody("joe@example.com"), "UserNotFoundException", "")
}

// TestPreflightWithAuthorization: a preflight does not name the operation, but the header of a signature.
func TestPreflightWithAuthorization(t *testing.T) {
	h := parallel(t)
	for _, requested := range []string{"authorization", "content-type,Authorization, x-amz-target", "x-amz-date,authorization"} {
		r := httptest.NewRequest(http.MethodOptions, "/", nil)
		r.Header.Set("Origin", evil)
		r.Header.Set("Access-Control-Request-Headers", requested)
		w := httptest.NewRecorder()
		h.pool.ServeHTTP(w, r)
		if got := w.Header().Get("Access-Control-Allow-Origin"); w.Code != http.StatusForbidden || got != "" {
			t.Errorf("%s: got %d and Access-Control-Allow-Origin %q, want 403 and none", requested, w.Code, got)
		}
	}
}

package cognito

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestMalformedRequests(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		target, contentType, body string
		status                    int
		want                      string
	}{
		"unknown operation":   {targetPrefix + "Nothing", jsonType, "{}", 400, "UnknownOperationException"},
		"unserved operation":  {targetPrefix + "ListUserPools", jsonType, "{}", 400, "UnknownOperationException"},
		"another service":     {"DynamoDB_20120810.SignUp", jsonType, "{}", 400, "UnknownOperationException"},
		"operation alone":     {"SignUp", jsonType, "{}", 400, "UnknownOperationException"},
		"no target":           {"", jsonType, "{}", 400, "UnknownOperationException"},
		"plain JSON":          {targetPrefix + "SignUp", "application/json", "{}", 400, "UnknownOperationException"},
		"no content type":     {targetPrefix + "SignUp", "", "{}", 400, "UnknownOperationException"},
		"empty body":          {targetPrefix + "SignUp", jsonType, "", 400, "SerializationException"},
		"broken JSON":         {targetPrefix + "SignUp", jsonType, `{"ClientId":`, 400, "SerializationException"},
		"an array":            {targetPrefix + "SignUp", jsonType, `[]`, 400, "SerializationException"},
		"a number for a name": {targetPrefix + "SignUp", jsonType, `{"Username":1}`, 400, "SerializationException"},
		"trailing bytes":      {targetPrefix + "SignUp", jsonType, `{}{}`, 400, "SerializationException"},
		"deep nesting":        {targetPrefix + "SignUp", jsonType, strings.Repeat("[", 50_000), 400, "SerializationException"},
		"null":                {targetPrefix + "SignUp", jsonType, `null`, 400, "InvalidParameterException"},
		"with a charset":      {targetPrefix + "SignUp", jsonType + "; charset=utf-8", `{}`, 400, "InvalidParameterException"},
		"too large":           {targetPrefix + "SignUp", jsonType, strings.Repeat(" ", maxBodySize+1), 413, "RequestEntityTooLargeException"},
	}
	h := newHarness(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := h.post(tt.target, tt.contentType, tt.body)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), `"__type":"`+tt.want+`"`) {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, tt.status, tt.want)
			}
			if got := w.Header().Get("X-Amzn-ErrorType"); got != tt.want+":" {
				t.Errorf("X-Amzn-ErrorType is %q", got)
			}
		})
	}
}

func TestOtherRequests(t *testing.T) {
	h := parallel(t)
	for request, want := range map[string]int{
		"GET /": 404,
		"GET /us-east-1_other/.well-known/jwks.json":           404,
		"GET /" + PoolID + "/.well-known/jwks.json":            200,
		"HEAD /" + PoolID + "/.well-known/jwks.json":           200,
		"GET /" + PoolID + "/.well-known/openid-configuration": 200,
		"POST /" + PoolID + "/.well-known/jwks.json":           405,
		"PUT /":                      405,
		"OPTIONS /":                  204,
		"DELETE /" + PoolID + "/x":   405,
		"GET /" + PoolID:             404,
		"GET /" + PoolID + "/%2e%2e": 404,
	} {
		method, path, _ := strings.Cut(request, " ")
		w := httptest.NewRecorder()
		h.pool.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		if w.Code != want {
			t.Errorf("%s: got %d, want %d", request, w.Code, want)
		}
	}
}

func TestCORS(t *testing.T) {
	t.Parallel()
	const origin = "http://localhost:5173"
	h := newHarness(t)
	r := httptest.NewRequest(http.MethodOptions, "/", nil)
	r.Header.Set("Origin", origin)
	r.Header.Set("Access-Control-Request-Headers", "content-type,x-amz-target")
	w := httptest.NewRecorder()
	h.pool.ServeHTTP(w, r)
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin":  origin,
		"Access-Control-Allow-Headers": "content-type,x-amz-target",
		"Access-Control-Allow-Methods": "GET, POST",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("preflight: %s is %q, want %q", name, got, want)
		}
	}
	r = httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
	r.Header.Set("Origin", origin)
	w = httptest.NewRecorder()
	h.pool.ServeHTTP(w, r)
	if got := w.Header().Get("Access-Control-Allow-Origin"); got != origin {
		t.Errorf("an error response: Access-Control-Allow-Origin is %q", got)
	}
	if got := w.Header().Get("Access-Control-Allow-Credentials"); got != "" {
		t.Errorf("Access-Control-Allow-Credentials is %q, want none", got)
	}
}

func TestNothingPersonalIsLogged(t *testing.T) {
	h := parallel(t)
	var log bytes.Buffer
	h.pool.log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.succeeds("SignUp", signUpBody(jane))
	h.succeeds("ConfirmSignUp", fields{"ClientId": ClientID, "Username": jane, "ConfirmationCode": ConfirmationCode})
	got := h.signIn(jane, password)
	h.succeeds("GetUser", fields{"AccessToken": got.access})
	h.succeeds("InitiateAuth", refreshFlow(got.refresh))
	h.call("InitiateAuth", passwordFlow(jane, "Wr0ng-one!"))
	for _, secret := range []string{jane, password, "Wr0ng-one!", got.access, got.refresh, ConfirmationCode} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log has %q:\n%s", secret, &log)
		}
	}
	if !strings.Contains(log.String(), `"operation":"SignUp"`) || !strings.Contains(log.String(), "NotAuthorizedException") {
		t.Errorf("the log lacks an operation or an error name:\n%s", &log)
	}
}

// FuzzServeHTTP: no body causes a panic or an internal error.
func FuzzServeHTTP(f *testing.F) {
	h := newHarness(f)
	h.add(jane)
	login := h.signIn(jane, password)
	client := `"ClientId":"localclient","Username":"jane@example.com"`
	admin := `"UserPoolId":"us-east-1_local","Username":"jane@example.com"`
	for _, seed := range [][2]string{
		{"SignUp", `{` + client + `,"Password":"Passw0rd!","UserAttributes":[{"Name":"name","Value":"J"},null]}`},
		{"ConfirmSignUp", `{` + client + `,"ConfirmationCode":"123456"}`},
		{"ForgotPassword", `{` + client + `}`},
		{"InitiateAuth", `{"ClientId":"localclient","AuthFlow":"USER_SRP_AUTH","AuthParameters":{"USERNAME":"x","SRP_A":"0a"}}`},
		{"InitiateAuth", `{"ClientId":"localclient","AuthFlow":"REFRESH_TOKEN","AuthParameters":{"REFRESH_TOKEN":null}}`},
		{"RespondToAuthChallenge", `{"ClientId":"localclient","ChallengeName":"PASSWORD_VERIFIER","ChallengeResponses":{}}`},
		{"GetUser", `{"AccessToken":"` + login.access + `"}`},
		{"GetTokensFromRefreshToken", `{"ClientId":"localclient","RefreshToken":"` + login.refresh + `"}`},
		{"UpdateUserAttributes", `{"AccessToken":"` + login.access + `","UserAttributes":[{"Name":"email","Value":"x@example.com"},null]}`},
		{"DeleteUserAttributes", `{"AccessToken":"` + login.access + `","UserAttributeNames":["name",null]}`},
		{"VerifyUserAttribute", `{"AccessToken":"` + login.access + `","AttributeName":"email","Code":"123456"}`},
		{"AdminUpdateUserAttributes", `{` + admin + `,"UserAttributes":[{"Name":"email_verified","Value":"true"}]}`},
		{"VerifySoftwareToken", `{"AccessToken":"` + login.access + `","UserCode":"123456"}`},
		{"SetUserMFAPreference", `{"AccessToken":"` + login.access + `","SoftwareTokenMfaSettings":{"Enabled":true}}`},
		{"AdminCreateUser", `{` + admin + `,"MessageAction":"SUPPRESS","UserAttributes":[{}]}`},
		{"AdminSetUserPassword", `{` + admin + `,"Password":"\ud800","Permanent":true}`},
		{"CreateGroup", `{"UserPoolId":"us-east-1_local","GroupName":"\u0000","Precedence":1e400}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, operation, body string) {
		w := h.post(targetPrefix+operation, jsonType, body)
		if w.Code != 200 && w.Code != 400 && w.Code != 413 {
			t.Errorf("%s %q: got %d %s", operation, body, w.Code, w.Body)
		}
		if w.Code != 200 && !strings.Contains(w.Body.String(), `"__type"`) {
			t.Errorf("%s %q: the error response has no name: %s", operation, body, w.Body)
		}
	})
}

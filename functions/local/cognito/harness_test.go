package cognito

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	issuer    = "http://localhost:8080/" + PoolID
	password  = "Passw0rd!"
	temporary = "Tempor4ry!"
	jane      = "jane@example.com"
)

// keys are shared by all tests: they do not depend on the pool.
var keys = sync.OnceValues(func() ([2]*signer, error) {
	id, access, err := newSigners()
	return [2]*signer{id, access}, err
})

// clock is a clock that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// harness is a pool and an HTTP client of it.
type harness struct {
	t     testing.TB
	pool  *Pool
	clock *clock
}

func newHarness(t testing.TB) *harness {
	t.Helper()
	pair, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{now: time.Date(2026, time.March, 5, 9, 8, 7, 654e6, time.UTC)}
	p, err := newPool(Options{Issuer: issuer, Now: c.read}, pair[0], pair[1])
	if err != nil {
		t.Fatal(err)
	}
	return &harness{t: t, pool: p, clock: c}
}

// parallel runs the test in parallel, on a harness of its own.
func parallel(t *testing.T) *harness {
	t.Helper()
	t.Parallel()
	return newHarness(t)
}

func parallelWithJane(t *testing.T) *harness {
	t.Helper()
	h := parallel(t)
	h.add(jane)
	return h
}

type fields map[string]any

// response has a body, or the name and message of an error.
type response struct {
	operation string
	status    int
	body      fields
	name      string
	message   string
}

// at returns the string under nested names.
func (a response) at(names ...string) string {
	var v any = map[string]any(a.body)
	for _, name := range names {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	s, _ := v.(string)
	return s
}

func (h *harness) post(target, contentType, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Amz-Target", target)
	w := httptest.NewRecorder()
	h.pool.ServeHTTP(w, r)
	return w
}

func (h *harness) call(operation string, in any) response {
	h.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		h.t.Fatal(err)
	}
	w := h.post(targetPrefix+operation, jsonType, string(body))
	a := response{operation: operation, status: w.Code}
	if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
		h.t.Fatalf("%s returned %q: %v", operation, w.Body, err)
	}
	a.name, a.message = a.at("__type"), a.at("message")
	if header := w.Header().Get("X-Amzn-ErrorType"); strings.TrimSuffix(header, ":") != a.name {
		h.t.Errorf("%s: X-Amzn-ErrorType is %q, __type is %q", operation, header, a.name)
	}
	return a
}

// succeeds calls an operation that must succeed.
func (h *harness) succeeds(operation string, in any) response {
	h.t.Helper()
	a := h.call(operation, in)
	if a.status != http.StatusOK {
		h.t.Fatalf("%s: got %d %s: %s", operation, a.status, a.name, a.message)
	}
	return a
}

// fails calls an operation that must fail with this name and, unless it is empty, this message.
func (h *harness) fails(operation string, in any, name, message string) {
	h.t.Helper()
	h.call(operation, in).check(h.t, name, message)
}

// check requires an error with this name and, unless it is empty, this message.
func (a response) check(t testing.TB, name, message string) {
	t.Helper()
	if a.status != http.StatusBadRequest || a.name != name || message != "" && a.message != message {
		t.Errorf("%s: got %d %s: %q, want 400 %s: %q", a.operation, a.status, a.name, a.message, name, message)
	}
}

func (h *harness) add(email string, groups ...string) {
	h.t.Helper()
	if err := h.pool.Add(User{Email: email, Password: password, Groups: groups}); err != nil {
		h.t.Fatal(err)
	}
}

func passwordFlow(email, password string) fields {
	return fields{"ClientId": ClientID, "AuthFlow": "USER_PASSWORD_AUTH",
		"AuthParameters": fields{"USERNAME": email, "PASSWORD": password}}
}

func refreshFlow(token string) fields {
	return fields{"ClientId": ClientID, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": fields{"REFRESH_TOKEN": token}}
}

type tokens struct{ id, access, refresh string }

func (a response) tokens() tokens {
	const result = "AuthenticationResult"
	return tokens{a.at(result, "IdToken"), a.at(result, "AccessToken"), a.at(result, "RefreshToken")}
}

func (h *harness) signIn(email, password string) tokens {
	h.t.Helper()
	got := h.succeeds("InitiateAuth", passwordFlow(email, password)).tokens()
	if got.id == "" || got.access == "" || got.refresh == "" {
		h.t.Fatalf("signing in gave %+v", got)
	}
	return got
}

// claims decodes a token without verifying it.
func (h *harness) claims(token string) fields {
	h.t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		h.t.Fatalf("%q is no token", token)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		h.t.Fatal(err)
	}
	var claims fields
	if err := json.Unmarshal(text, &claims); err != nil {
		h.t.Fatal(err)
	}
	return claims
}

func attributes(a response, list string) map[string]string {
	found := map[string]string{}
	entries, _ := a.body[list].([]any)
	for _, e := range entries {
		m := e.(map[string]any)
		found[m["Name"].(string)] = m["Value"].(string)
	}
	return found
}

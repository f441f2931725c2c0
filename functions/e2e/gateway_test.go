package e2e_test

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// An id in the form of users' and one in that of items', which no user and no item has.
const (
	noUser = "00000000-0000-4000-8000-000000000000"
	noItem = "00000000000000000000000000"
)

// signingIn: a wrong password and an unknown user are the same to whoever asks.
func (s *suite) signingIn(t *testing.T) {
	for name, login := range map[string][2]string{
		"wrong password": {s.target.renter, "Wrong-" + s.password},
		"unknown user":   {s.tag + "@example.com", s.password},
	} {
		status, response := s.signIn(t, login[0], login[1])
		if status != http.StatusBadRequest || response.Type != "NotAuthorizedException" || response.Message != "Incorrect username or password." ||
			response.AuthenticationResult.IdToken != "" {
			t.Errorf("%s: status %d, %s: %s", name, status, response.Type, response.Message)
		}
	}
}

// tokens: only an ID token of the user pool is accepted.
func (s *suite) tokens(t *testing.T) {
	parts := strings.Split(s.renter.token, ".")
	encoded := base64.RawURLEncoding.EncodeToString
	plain, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	claims := encoded([]byte(strings.Replace(string(plain), s.renter.sub, s.admin.sub, 1)))
	for who, token := range map[string]string{
		"no token":       "",
		"no JWT":         "token",
		"forged token":   parts[0] + "." + parts[1] + "." + encoded(make([]byte, 256)),
		"changed claims": parts[0] + "." + claims + "." + parts[2],
		"unsigned token": encoded([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".",
		"access token":   s.renter.accessToken,
	} {
		stranger := client{target: s.target, who: who, token: token}
		for _, r := range s.contract(t) {
			if !r.public {
				stranger.call(t, r.request, nil).refused(t, 401, "unauthenticated")
			}
		}
	}
	s.anonymous.call(t, "GET /users/"+noUser, nil, "Authorization", s.renter.token).refused(t, 404, "not_found") // let in without "Bearer", too
}

// routes: unknown routes are 404, and preflights name the methods and headers that are allowed.
func (s *suite) routes(t *testing.T) {
	unknown, methods := []string{"GET /nothing", "GET /users/a/b"}, map[string][]string{}
	for _, r := range s.contract(t) {
		methods[r.path] = append(methods[r.path], r.method)
	}
	for path, served := range methods {
		s.preflight(t, path, served...)
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			if !slices.Contains(served, method) {
				unknown = append(unknown, method+" "+path)
			}
		}
	}
	for _, request := range unknown {
		s.anonymous.call(t, request, nil).refused(t, 404, "route_not_found")
		s.renter.call(t, request, nil).refused(t, 404, "route_not_found")
	}
	for _, id := range []string{"x", "%00", noUser + "0", noUser + "/", noUser + "//"} { // slashes at the end lead nowhere else
		s.renter.call(t, "GET /users/"+id, nil).refused(t, 404, "not_found")
	}
	s.slashedID(t, s.renter, "GET /users/..%2Fuser")
}

// slashedID: a slash that is escaped is part of an id, of which there is none.
func (s *suite) slashedID(t *testing.T, c client, request string) {
	t.Helper()
	code := "not_found"
	if s.departs(t, escapedSlash) {
		code = "route_not_found"
	}
	c.call(t, request, nil).refused(t, 404, code)
}

// preflight asks what a browser does before it sends something that no form could.
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (s *suite) preflight(t *testing.T, path string, methods ...string) {
	t.Helper()
	names := []string{"authorization", "content-type", "idempotency-key", "if-match", "if-none-match"}
	for _, method := range methods {
		a := s.anonymous.call(t, "OPTIONS "+path, nil, "Access-Control-Request-Method", method, "Access-Control-Request-Headers", strings.Join(names, ","))
		if a.status/100 != 2 || a.header.Get("Access-Control-Allow-Origin") != s.origin || a.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Fatalf("origin %q\n%s", a.header.Get("Access-Control-Allow-Origin"), a)
		}
		if allowed := list(a.header.Get("Access-Control-Allow-Methods")); !slices.Contains(allowed, strings.ToLower(method)) {
			t.Errorf("methods %q, without %s\n%s", allowed, method, a)
		}
		allowed := list(a.header.Get("Access-Control-Allow-Headers"))
		for _, name := range names {
			if !slices.Contains(allowed, name) {
				t.Errorf("headers %q, without %s\n%s", allowed, name, a)
			}
		}
	}
}

// list is a header's comma-separated list, in lower case.
func list(value string) []string {
	return strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r == ',' || r == ' ' })
}

// bodies: what is not one JSON object of known fields is refused before anything is looked at.
func (s *suite) bodies(t *testing.T) {
	for _, r := range s.contract(t) {
		if r.field == "" {
			continue
		}
		name, other := r.field, strings.ToUpper(r.field[:1])+r.field[1:]
		for _, body := range []string{``, `{"` + name + `":`, `[]`, `null`, `{}{}`} {
			s.renter.call(t, r.request, body).refused(t, 400, "invalid_json")
		}
		s.renter.call(t, r.request, object{other: "a"}).refused(t, 400, "unknown_field", other)
		s.renter.call(t, r.request, `{"`+name+`":"a","`+name+`":"b"}`).refused(t, 400, "duplicate_field", name)
		s.renter.call(t, r.request, object{name: 1}).refused(t, 400, "wrong_type", name)
		s.renter.call(t, r.request, object{name: strings.Repeat("a", 64<<10)}).refused(t, 413, "payload_too_large")
		s.renter.call(t, r.request, name+`=a`, "Content-Type", "application/x-www-form-urlencoded").refused(t, 415, "unsupported_media_type")
		s.renter.call(t, r.request, object{name: "a"}, "Content-Type", "application/json; charset=utf-16").refused(t, 415, "unsupported_media_type")
	}
}

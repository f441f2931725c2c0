package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// response is the response to a call.
type response struct {
	call    string // as messages name it
	request string
	url     *url.URL
	status  int
	header  http.Header
	body    []byte
}

// String returns the call, the status, the request id and the body, for error messages.
func (a *response) String() string {
	const most = 2000
	return fmt.Sprintf("%s: status %d, request id %s\n%.*s", a.call, a.status, a.header.Get("X-Amzn-Requestid"), most, a.body)
}

// mayRepeat reports whether the request was throttled by the gateway, or failed with 503 under an idempotency key.
// Any other 503 is a failure.
func (a *response) mayRepeat(headers []string) bool {
	return a.status == http.StatusTooManyRequests ||
		a.status == http.StatusServiceUnavailable && slices.Contains(headers, "Idempotency-Key")
}

// want ends the test unless the response has that status.
func (a *response) want(t *testing.T, status int) *response {
	t.Helper()
	if a.status != status {
		t.Fatalf("want status %d\n%s", status, a)
	}
	return a
}

// tag is the ETag, which has to be there.
func (a *response) tag(t *testing.T) string {
	t.Helper()
	tag := a.header.Get("ETag")
	if tag == "" {
		t.Fatalf("no ETag\n%s", a)
	}
	return tag
}

// empty ends the test where there is a body.
func (a *response) empty(t *testing.T) *response {
	t.Helper()
	if len(a.body) > 0 {
		t.Fatalf("want no body\n%s", a)
	}
	return a
}

// read decodes the body of a response, which may have no member that T does not name.
func read[T any](t *testing.T, a *response) T {
	t.Helper()
	var v T
	if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
		t.Errorf("Content-Type %q\n%s", got, a)
	}
	decoder := json.NewDecoder(bytes.NewReader(a.body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil {
		t.Fatalf("%v\n%s", err, a)
	}
	return v
}

// problem is the body of RFC 9457.
type problem struct {
	Type, Title, Code, Detail, RequestID string
	Status                               int
	Errors                               []struct{ Field, Code, Message string }
}

// refused ends the test unless the response is that problem, with exactly those fields.
func (a *response) refused(t *testing.T, status int, code string, fields ...string) *response {
	t.Helper()
	a.want(t, status)
	var p problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatalf("%v\n%s", err, a)
	}
	var got []string
	for _, e := range p.Errors {
		if got = append(got, e.Field); e.Code == "" || e.Message == "" {
			t.Errorf("field %s: no code or no message\n%s", e.Field, a)
		}
	}
	slices.Sort(got)
	slices.Sort(fields)
	switch media := a.header.Get("Content-Type"); {
	case media != "application/problem+json":
		t.Fatalf("Content-Type %q\n%s", media, a)
	case p.Type != "about:blank" || p.Title != title(status) || p.Status != status || p.Detail == "" || p.RequestID == "":
		t.Fatalf("the problem is not whole\n%s", a)
	case p.Code != code || !slices.Equal(got, fields):
		t.Fatalf("code %q with fields %q, want %q with %q\n%s", p.Code, got, code, fields, a)
	}
	return a
}

// located is the request for what Location names, resolved against the URL that was called.
func (a *response) located(t *testing.T, to *target) string {
	t.Helper()
	location, err := a.url.Parse(a.header.Get("Location"))
	if err != nil || a.header.Get("Location") == "" {
		t.Fatalf("Location: %v\n%s", err, a)
	}
	path, below := strings.CutPrefix(location.String(), to.api)
	if !below {
		t.Fatalf("Location leads to %s, which is not below %s\n%s", location, to.api, a)
	}
	return "GET " + path
}

// title is the name of a status in RFC 9110, section 15, where net/http has an older one.
func title(status int) string {
	switch status {
	case http.StatusRequestEntityTooLarge:
		return "Content Too Large"
	case http.StatusUnprocessableEntity:
		return "Unprocessable Content"
	}
	return http.StatusText(status)
}

// checkHeaders looks at the headers of every response but that to a preflight.
func (a *response) checkHeaders(t *testing.T, to *target) {
	t.Helper()
	method, path, _ := strings.Cut(a.request, " ")
	if method == http.MethodOptions {
		return
	}
	want := map[string]string{
		"Access-Control-Allow-Origin": to.origin, "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
		"Vary": "Origin", "X-Content-Type-Options": "nosniff",
	}
	if public := (method == http.MethodGet || method == http.MethodHead) && strings.HasPrefix(path, "/items"); !public || a.status >= 400 {
		want["Cache-Control"] = "no-store"
	}
	for name, value := range want {
		if got := a.header.Get(name); got != value {
			t.Errorf("%s: %q, want %q\n%s", name, got, value, a)
		}
	}
}

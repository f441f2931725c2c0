package e2e_test

import (
	"net/http"
	"testing"
)

// semantics is what HTTP promises of any resource: HEAD, conditions of reads, and the responses to refused media types.
func (s *suite) semantics(t *testing.T) {
	s.head(t, s.rentee, "/user")
	s.rentee.call(t, "GET /user", nil, "If-Match", `"1"`).refused(t, 412, "precondition_failed")
	s.rentee.call(t, "GET /user", nil, "If-Match", "1").refused(t, 400, "invalid_header")
	s.unacceptable(t, "PATCH /user", "Accept-Patch", "application/json, application/merge-patch+json")
	s.unacceptable(t, "POST /user", "Accept", "application/json")
	if s.noItems {
		return
	}
	s.head(t, s.anonymous, "/items?tag="+s.tag)
	s.unacceptable(t, "POST /items", "Accept", "application/json")
	for _, condition := range []string{"If-Match", "If-None-Match"} {
		s.rentee.call(t, "POST /items", s.draft("Never listed"), condition, "*").refused(t, 400, "invalid_header")
	}
}

// head: HEAD has the status and the headers of GET, and no body (RFC 9110, section 9.3.2).
func (s *suite) head(t *testing.T, c client, path string) {
	t.Helper()
	if s.departs(t, noHead) {
		return
	}
	read := c.call(t, "GET "+path, nil).want(t, http.StatusOK)
	head := c.call(t, "HEAD "+path, nil).want(t, http.StatusOK).empty(t)
	for _, name := range []string{"Content-Type", "ETag", "Cache-Control"} {
		if got, want := head.header.Get(name), read.header.Get(name); got != want {
			t.Errorf("%s: %q, of GET %q\n%s", name, got, want, head)
		}
	}
}

// unacceptable: a response of 415 names what would be accepted.
func (s *suite) unacceptable(t *testing.T, request, header, want string) {
	t.Helper()
	for _, sent := range [][2]string{{"Content-Type", "text/plain"}, {"Content-Type", "application/json; charset=utf8"}} {
		a := s.rentee.call(t, request, object{}, sent[:]...).refused(t, 415, "unsupported_media_type")
		if got := a.header.Get(header); got != want {
			t.Errorf("%s %q: %s %q, want %q\n%s", sent[0], sent[1], header, got, want, a)
		}
	}
	a := s.rentee.call(t, request, object{}, "Content-Encoding", "gzip").refused(t, 415, "unsupported_media_type")
	if got := a.header.Get("Accept-Encoding"); got != "identity" {
		t.Errorf("Accept-Encoding %q, want identity\n%s", got, a)
	}
}

package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"rental.example/adapters/apigateway/apigatewaytest"
)

// secrets carries requests, and records what no log may have: whatever texts are in them, but for their paths, and
// the tokens that come back.
type secrets struct {
	fields map[string]bool // apigatewaytest.FieldNames, which are in the texts of problems, whoever sent them
	mu     sync.Mutex
	seen   map[string]bool
}

// RoundTrip implements http.RoundTripper.
func (s *secrets) RoundTrip(r *http.Request) (*http.Response, error) {
	copied, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(copied)
	if err != nil {
		return nil, err
	}
	s.add(body)
	for _, values := range r.URL.Query() {
		s.note(values...)
	}
	for _, name := range []string{"Authorization", "Idempotency-Key", "If-Match", "If-None-Match"} {
		for _, value := range r.Header.Values(name) {
			s.note(strings.TrimPrefix(value, "Bearer "))
		}
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || r.URL.Path != "/" { // where the user pool is
		return resp, err
	}
	defer resp.Body.Close()
	response, err := io.ReadAll(resp.Body)
	s.add(response)
	resp.Body = io.NopCloser(bytes.NewReader(response))
	return resp, err
}

// messageKey is a member of every line of a log, and of responses of the user pool.
const messageKey = "message"

// add remembers the texts in JSON, names of members included, or all of what is none.
func (s *secrets) add(body []byte) {
	var v any
	if json.Unmarshal(body, &v) != nil {
		s.note(string(body))
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			s.note(v)
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for name, e := range v {
				if name != messageKey {
					s.note(name)
				}
				walk(e)
			}
		}
	}
	walk(v)
}

func (s *secrets) note(texts ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	for _, text := range texts {
		// What is short or a number is found by chance.
		_, err := strconv.ParseFloat(text, 64)
		if err != nil && utf8.RuneCountInString(text) > 3 && !s.fields[text] {
			s.seen[text] = true
		}
	}
}

var word = regexp.MustCompile(`[\pL\pN]+`)

// check fails the test where a log has any of it: a text of one word as a word, and not in another.
func (s *secrets) check(t *testing.T, log string) {
	t.Helper()
	const few = 20 // the suite says more than that
	if len(s.seen) < few || !strings.Contains(log, `"route"`) {
		t.Errorf("nothing was looked for: %d texts in %d bytes of log", len(s.seen), len(log))
	}
	words := map[string]bool{}
	for _, w := range word.FindAllString(log, -1) {
		words[w] = true
	}
	for text := range s.seen {
		single := word.FindString(text) == text
		if single && words[text] || !single && strings.Contains(log, text) {
			lines := strings.Split(log, "\n")
			at := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, text) })
			t.Errorf("the log has %.80q, which a request had, too; %s: %s", text, apigatewaytest.FieldHint, lines[max(at, 0)])
		}
	}
}

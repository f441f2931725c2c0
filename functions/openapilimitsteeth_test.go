package functions_test

import (
	"strings"
	"testing"
)

// TestBoundsOfPatterns: a text is found for patterns that forbid letters, digits or small letters; where none is found, the
// failure says so.
func TestBoundsOfPatterns(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]string{
		`{"type":"string","maxLength":5,"pattern":"^[0-9]+$"}`:                  "00000 000000",
		`{"type":"string","maxLength":4,"pattern":"^[A-Z]*$"}`:                  "AAAA AAAAA",
		`{"type":"string","minLength":3,"pattern":"^[a-z][0-9]([a-z][0-9])*$"}`: "a1a1 a1",
		`{"type":"string","minLength":1,"format":"idn-email"}`:                  "a@b.cd ",
		`{"type":"string","maxLength":6,"pattern":"^#+$"}`:                      "no text of 6 characters was found for the pattern ^#+$",
		`{"type":"array","maxItems":2,"items":{"type":"integer"}}`:              "[0 1] [0 1 2]",
		`{"type":"array","maxItems":1,"items":{"type":"boolean"}}`:              "no 1 different elements were found",
	} {
		b := document{}.boundsOf(decoded(t, schema))
		got := strings.Join(b.unknown, "; ")
		if len(b.good) == 1 {
			got = strings.TrimPrefix(strings.Join([]string{inQuery(b.good[0]), inQuery(b.bad[0])}, " "), " ")
		}
		if !strings.HasPrefix(got, want) || got == "" {
			t.Errorf("%s: %q, want %q", schema, got, want)
		}
	}
}

package domain

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text checks a line of text that people will read: at most maxLen characters (Unicode code points),
// no control characters, and none of the bidirectional embeddings, overrides and isolates that make a
// text look like another (Unicode TR #36, section 3.1). Problems are noted under field.
func (p *Problems) Text(field, value string, maxLen int) {
	switch {
	case !utf8.ValidString(value):
		p.Add(field, CodeInvalid, "must be valid UTF-8")
	case utf8.RuneCountInString(value) > maxLen:
		p.Add(field, CodeTooLong, "must have at most "+strconv.Itoa(maxLen)+" characters")
	case strings.ContainsFunc(value, deceptive):
		p.Add(field, CodeInvalid, "must hold no control or text-direction characters")
	}
}

// RequiredText is Text of a field that may not be empty or blank.
func (p *Problems) RequiredText(field, value string, maxLen int) {
	if strings.TrimSpace(value) == "" {
		p.Add(field, CodeRequired, "must not be empty")
		return
	}
	p.Text(field, value, maxLen)
}

func deceptive(r rune) bool {
	return unicode.IsControl(r) || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

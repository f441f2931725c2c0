package domain

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text checks a line of text that people will read: at most maxLen characters (Unicode code points), no
// control characters, line separators and noncharacters, and none of the bidirectional embeddings,
// overrides and isolates that make a text look like another (Unicode TR #36, section 3.1). Problems are
// noted under field.
func (p *Problems) CheckText(field, value string, maxLen int) {
	switch {
	case !utf8.ValidString(value):
		p.Add(field, CodeInvalid, "must be valid UTF-8")
	case utf8.RuneCountInString(value) > maxLen:
		p.Add(field, CodeTooLong, "must have at most "+strconv.Itoa(maxLen)+" characters")
	case strings.ContainsFunc(value, deceptive):
		p.Add(field, CodeInvalid, "must hold no control or text-direction characters")
	}
}

// RequiredText is Text of a field in which there must be something to see.
func (p *Problems) CheckRequiredText(field, value string, maxLen int) {
	before := len(*p)
	p.CheckText(field, value, maxLen)
	if len(*p) == before && !strings.ContainsFunc(value, visible) {
		p.Add(field, CodeRequired, "must not be empty")
	}
}

func deceptive(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point) ||
		'\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// visible leaves out spaces, controls, formats, and what Unicode calls letters, marks or symbols and is blank all the
// same: fillers of Hangul, selectors of variations and the empty Braille pattern. What is new in an edition of Unicode
// that Go does not know yet counts as visible.
func visible(r rune) bool {
	return !unicode.In(r, unicode.Z, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		r != '\u2800'
}

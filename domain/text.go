package domain

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckText checks one line of text: at most maxLen Unicode code points, no control characters, line separators,
// noncharacters, or bidirectional embeddings, overrides and isolates, which make a text look like another (Unicode
// TR #36, section 3.1). Problems are added under field.
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

// CheckRequiredText is CheckText for a field with at least one visible character.
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

// visible reports whether r shows anything: no space, control or format character, and none of the letters, marks and
// symbols that are blank (Hangul fillers, variation selectors, empty Braille pattern). Characters newer than Go's Unicode
// tables count as visible.
func visible(r rune) bool {
	return !unicode.In(r, unicode.Z, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		r != '\u2800'
}

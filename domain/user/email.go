package user

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"rental.example/domain"
)

// checkEmail takes one bare address: a dot-atom, an @ and a host name of at least two labels (RFC 5321,
// section 4.1.2, without quoted strings and address literals; RFC 6531 for letters beyond ASCII), the last
// of which is not a number (RFC 3696, section 2).
// Whether anyone reads mail there, only the user pool's proof can tell.
func checkEmail(problems *domain.Problems, email string) {
	switch {
	case email == "":
		problems.Add("email", domain.CodeRequired, "must not be empty")
	case len(email) > MaxEmailLength:
		problems.Add("email", domain.CodeTooLong, "must have at most 254 bytes")
	case !isAddress(email):
		problems.Add("email", domain.CodeInvalid, "must be one e-mail address and nothing else")
	}
}

func isAddress(s string) bool {
	local, host, found := strings.Cut(s, "@")
	return found && utf8.ValidString(s) && len(local) <= 64 && dotted(local, isAtom) &&
		len(host) <= 253 && dotted(host, isLabel) && strings.Contains(host, ".") &&
		strings.ContainsFunc(host[strings.LastIndexByte(host, '.'):], unicode.IsLetter)
}

// dotted reports whether every part of s between dots is good.
func dotted(s string, good func(string) bool) bool {
	for part := range strings.SplitSeq(s, ".") {
		if !good(part) {
			return false
		}
	}
	return true
}

func isAtom(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return !alphanumeric(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r)
	})
}

// isLabel refuses a leading mark too (RFC 5891, section 4.2.3.2).
func isLabel(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return s != "" && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-' && !unicode.IsMark(first) &&
		!strings.ContainsFunc(s, func(r rune) bool { return !alphanumeric(r) && r != '-' })
}

// alphanumeric counts every letter, mark and digit that Unicode has, and no space, control or
// direction character.
func alphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' ||
		r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r))
}

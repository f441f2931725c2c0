package user

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"rental.example/domain"
)

// checkEmail accepts one bare address: a dot-atom, an @ and a host name of at least two labels (RFC 5321, section 4.1.2,
// without quoted strings and address literals; RFC 6531 for non-ASCII letters), the last of which is not a number (RFC
// 3696, section 2). Only the user pool can verify that the address is the user's.
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

// dotted reports whether every dot-separated part of s is valid.
func dotted(s string, valid func(string) bool) bool {
	for part := range strings.SplitSeq(s, ".") {
		if !valid(part) {
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

// isLabel also rejects a leading combining mark (RFC 5891, section 4.2.3.2).
func isLabel(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return s != "" && len(s) <= 63 && s[0] != '-' && s[len(s)-1] != '-' && !unicode.IsMark(first) &&
		!strings.ContainsFunc(s, func(r rune) bool { return !alphanumeric(r) && r != '-' })
}

// alphanumeric reports whether r is a letter, mark or digit of Unicode.
func alphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z' ||
		r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r))
}

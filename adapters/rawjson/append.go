package rawjson

import (
	"strings"
	"unicode/utf8"
)

// AppendString appends s as a JSON string, as encoding/json does with SetEscapeHTML(false).
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	for {
		n := plainPrefix([]byte(s)) // the compiler makes no copy
		b = append(b, s[:n]...)
		if s = s[n:]; s == "" {
			return append(b, '"')
		}
		if s[0] == '"' { // frequent in JSON that is in a string
			b, s = append(b, `\"`...), s[1:]
			continue
		}
		b, n = appendEscaped(b, s)
		s = s[n:]
	}
}

// appendEscaped appends the first character of s and returns its length n. Invalid UTF-8 becomes U+FFFD.
func appendEscaped(b []byte, s string) (_ []byte, n int) {
	const hex = "0123456789abcdef"
	c, n := utf8.DecodeRuneInString(s)
	switch {
	case c < ' ':
		if i := strings.IndexByte("\b\f\n\r\t", byte(c)); i >= 0 {
			return append(b, '\\', "bfnrt"[i]), n
		}
		return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15]), n
	case c == '"', c == '\\':
		return append(b, '\\', byte(c)), n
	case c == utf8.RuneError && n == 1:
		return append(b, `\ufffd`...), n
	case c == '\u2028', c == '\u2029': // line separators in JavaScript
		return append(b, '\\', 'u', '2', '0', '2', hex[c&15]), n
	}
	return append(b, s[:n]...), n
}

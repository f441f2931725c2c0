package apigateway

import (
	"strings"
	"unicode/utf16"
)

// The functions here walk JSON that json.Valid has accepted, so they check no grammar; only thus may
// they be so short.

// eachMember calls visit for every member of the object, with its name and value as they are written.
func eachMember(object string, visit func(name, value string) error) error {
	rest := skipSpace(object[1:])
	for rest[0] != '}' {
		n := stringLen(rest)
		name := rest[:n]
		rest = skipSpace(skipSpace(rest[n:])[1:]) // past the colon
		n = valueLen(rest)
		if err := visit(name, rest[:n]); err != nil {
			return err
		}
		rest = skipSpace(rest[n:])
		if rest[0] == ',' {
			rest = skipSpace(rest[1:])
		}
	}
	return nil
}

// eachElement calls visit for every element of the array.
func eachElement(array string, visit func(value string) error) error {
	rest := skipSpace(array[1:])
	for rest[0] != ']' {
		n := valueLen(rest)
		if err := visit(rest[:n]); err != nil {
			return err
		}
		rest = skipSpace(rest[n:])
		if rest[0] == ',' {
			rest = skipSpace(rest[1:])
		}
	}
	return nil
}

func skipSpace(s string) string { return strings.TrimLeft(s, " \t\r\n") }

// stringLen is the length of the string literal at the start of s, quotes included.
func stringLen(s string) int {
	for i := 1; ; i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// valueLen is the length of the value at the start of s.
func valueLen(s string) int {
	for i, depth := 0, 0; ; {
		switch s[i] {
		case '"':
			i += stringLen(s[i:])
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default: // a number, a literal, or what stands between values
			i += scalarLen(s[i:], depth > 0)
		}
		if depth == 0 {
			return i
		}
	}
}

// scalarLen is the length of what runs up to the next structural character or, outside of any array or
// object, up to the space behind it.
func scalarLen(s string, nested bool) int {
	stop := "\"{}[]"
	if !nested {
		stop = ",}] \t\r\n"
	}
	return strings.IndexAny(s, stop)
}

// unquote is the text of a string literal.
func unquote(literal string) string {
	text := literal[1 : len(literal)-1]
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	return unescaped([]byte(text))
}

// loneSurrogate finds an escaped surrogate without its other half, of which encoding/json would make
// U+FFFD. Backslashes are in strings only.
func loneSurrogate(literal string) bool {
	if strings.IndexByte(literal, '\\') < 0 {
		return false
	}
	for i := 0; i < len(literal); i++ {
		if literal[i] != '\\' {
			continue
		}
		i++
		if literal[i] != 'u' {
			continue
		}
		r := hex4(literal[i+1:])
		i += 4
		if !utf16.IsSurrogate(r) {
			continue
		}
		if low := literal[i+1:]; low[0] != '\\' || low[1] != 'u' || utf16.DecodeRune(r, hex4(low[2:])) == '\uFFFD' {
			return true
		}
		i += 6
	}
	return false
}

func hex4[T []byte | string](digits T) (r rune) {
	for i := range 4 {
		c := digits[i]
		switch {
		case c <= '9':
			c -= '0'
		default:
			c = c | 0x20 - 'a' + 10
		}
		r = r<<4 | rune(c)
	}
	return r
}

package apigateway

import (
	"bytes"
	"unicode/utf16"
)

// The functions here walk JSON that json.Valid has accepted, so they check no grammar; only thus may
// they be so short.

// eachMember calls visit for every member of the object, with its name and value as they are written.
func eachMember(object []byte, visit func(name, value []byte) error) error {
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
func eachElement(array []byte, visit func(value []byte) error) error {
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

func skipSpace(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }

// stringLen is the length of the string literal at the start of b, quotes included.
func stringLen(b []byte) int {
	for i := 1; ; i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// valueLen is the length of the value at the start of b.
func valueLen(b []byte) int {
	for i, depth := 0, 0; ; {
		switch b[i] {
		case '"':
			i += stringLen(b[i:])
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default: // a number, a literal, or what stands between values
			i += scalarLen(b[i:], depth > 0)
		}
		if depth == 0 {
			return i
		}
	}
}

// scalarLen is the length of what runs up to the next structural character or, outside of any array or
// object, up to the space behind it.
func scalarLen(b []byte, nested bool) int {
	stop := "\"{}[]"
	if !nested {
		stop = ",}] \t\r\n"
	}
	return bytes.IndexAny(b, stop)
}

// unquote is the text of a string literal.
func unquote(literal []byte) string {
	text := literal[1 : len(literal)-1]
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text)
	}
	return unescaped(text)
}

// loneSurrogate finds an escaped surrogate without its other half, of which encoding/json would make
// U+FFFD. Backslashes are in strings only.
func loneSurrogate(literal []byte) bool {
	if bytes.IndexByte(literal, '\\') < 0 {
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

func hex4(b []byte) (r rune) {
	for _, c := range b[:4] {
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

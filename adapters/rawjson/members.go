package rawjson

import "iter"

// Members iterates over the members of a valid object: names with decoded escapes, and raw values. Other values have
// none.
func Members(object string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		if Kind(object) != '{' {
			return
		}
		for rest := skip(object, 1); rest[0] != '}'; {
			n := stringLen(rest)
			name := unescape(rest[1 : n-1])
			rest = skip(skip(rest, n), 1) // the colon
			n = valueLen(rest)
			if !yield(name, rest[:n]) {
				return
			}
			if rest = skip(rest, n); rest[0] == ',' {
				rest = skip(rest, 1)
			}
		}
	}
}

// Elements iterates over the raw values of a valid array. Other values have none.
func Elements(array string) iter.Seq[string] {
	return func(yield func(value string) bool) {
		if Kind(array) != '[' {
			return
		}
		for rest := skip(array, 1); rest[0] != ']'; {
			n := valueLen(rest)
			if !yield(rest[:n]) {
				return
			}
			if rest = skip(rest, n); rest[0] == ',' {
				rest = skip(rest, 1)
			}
		}
	}
}

// Kind returns the first byte of a value: '{', '[', '"', 't', 'f', 'n'; '-' or a digit for a number; 0 if value is empty.
func Kind(value string) byte {
	if len(value) == 0 {
		return 0
	}
	return value[0]
}

// TrimSpace removes the white space around a value.
func TrimSpace(value string) string {
	value = skip(value, 0)
	for len(value) > 0 && isSpace(value[len(value)-1]) {
		value = value[:len(value)-1]
	}
	return value
}

// skip returns s without its first n bytes and the white space after them.
func skip(s string, n int) string {
	for n < len(s) && isSpace(s[n]) {
		n++
	}
	return s[n:]
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// stringLen returns the length of the string at the start of s, quotes included.
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

// valueLen returns the length of the value at the start of s.
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
		case ',', ':', ' ', '\n', '\r', '\t':
			i++
			continue
		default: // a number or a keyword
			i += scalarLen(s[i:])
		}
		if depth == 0 {
			return i
		}
	}
}

func scalarLen(s string) int {
	n := 1
	for n < len(s) && s[n] != ',' && s[n] != ']' && s[n] != '}' && !isSpace(s[n]) {
		n++
	}
	return n
}

package rawjson

import "iter"

// Members are the members of an object that is valid and without space around it, or none of any other value. Names
// are what they say, values as they are written.
func Members(object string) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		if Kind(object) != '{' {
			return
		}
		for rest := behind(object, 1); rest[0] != '}'; {
			n := stringLen(rest)
			name := said(rest[1 : n-1])
			rest = behind(behind(rest, n), 1) // the colon
			n = valueLen(rest)
			if !yield(name, rest[:n]) {
				return
			}
			if rest = behind(rest, n); rest[0] == ',' {
				rest = behind(rest, 1)
			}
		}
	}
}

// Elements are the values in an array that is valid and without space around it, or none of any other value.
func Elements(array string) iter.Seq[string] {
	return func(yield func(value string) bool) {
		if Kind(array) != '[' {
			return
		}
		for rest := behind(array, 1); rest[0] != ']'; {
			n := valueLen(rest)
			if !yield(rest[:n]) {
				return
			}
			if rest = behind(rest, n); rest[0] == ',' {
				rest = behind(rest, 1)
			}
		}
	}
}

// Kind is the first byte of a value without space around it: { of an object, [ of an array, " of a string, t or f of
// a boolean, n of null, and any other of a number; 0 where there is no value.
func Kind(value string) byte {
	if len(value) == 0 {
		return 0
	}
	return value[0]
}

// TrimSpace is a value without the space around it.
func TrimSpace(value string) string {
	value = behind(value, 0)
	for len(value) > 0 && space(value[len(value)-1]) {
		value = value[:len(value)-1]
	}
	return value
}

// behind is what comes behind the first n bytes, and the space there.
func behind(s string, n int) string {
	for n < len(s) && space(s[n]) {
		n++
	}
	return s[n:]
}

func space(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// stringLen is the length of the string at the start of s, quotes included.
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

// valueLen is the length of the value at the start of s, which ends with it or goes on.
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
		default: // a number or a literal name
			i += scalarLen(s[i:])
		}
		if depth == 0 {
			return i
		}
	}
}

func scalarLen(s string) int {
	n := 1
	for n < len(s) && s[n] != ',' && s[n] != ']' && s[n] != '}' && !space(s[n]) {
		n++
	}
	return n
}

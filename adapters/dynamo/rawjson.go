package dynamo

import (
	"bytes"
	"encoding/json"
	"iter"
)

// members are the names and values of an object, which is part of valid JSON. Names are exact, as those of
// DynamoDB's attributes are, where encoding/json would take an attribute "ID" for "id".
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(name, value []byte) bool) {
		for rest := bytes.TrimSpace(object[1:]); rest[0] != '}'; rest = bytes.TrimLeft(rest, ", \t\r\n") {
			name := rest[:extent(rest)]
			rest = bytes.TrimLeft(rest[len(name):], ": \t\r\n")
			value := rest[:extent(rest)]
			rest = rest[len(value):]
			if unquoted, _ := unquote(name); !yield(unquoted, value) {
				return
			}
		}
	}
}

// extent is the length of the value that data, which is part of valid JSON, begins with.
func extent(data []byte) int {
	depth := 0
	for i := 0; ; i++ {
		switch data[i] {
		case '"':
			i += quoted(data[i:])
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
		case ' ', '\t', '\r', '\n', ',', ':':
			continue
		default:
			i += bytes.IndexAny(data[i:], ",]} \t\r\n") - 1
		}
		if depth == 0 {
			return i + 1
		}
	}
}

// quoted is where the string that data begins with has its closing quote.
func quoted(data []byte) int {
	i := 1
	for ; data[i] != '"'; i++ {
		if data[i] == '\\' {
			i++
		}
	}
	return i
}

// unquote is what a string says; ok is false when value is none. It copies only what has escapes.
func unquote(value []byte) (text []byte, ok bool) {
	if len(value) == 0 || value[0] != '"' {
		return nil, false
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1], true
	}
	var s string
	err := json.Unmarshal(value, &s)
	return []byte(s), err == nil
}

// isObject reports whether value, which is valid JSON or nothing, is an object.
func isObject(value []byte) bool { return len(value) > 0 && value[0] == '{' }

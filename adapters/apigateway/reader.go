package apigateway

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// reader reads JSON (RFC 8259) in one pass, and checks all of it: grammar, escapes, UTF-8, depth. Its methods
// tell whether what they read was right; once something was not, it stays at that place and is done.
type reader struct {
	data  []byte
	pos   int
	depth int
	wrong string // what was, first
}

// maxDepth is how deep arrays and objects may nest, as in encoding/json.
const maxDepth = 10000

func (r *reader) fail(wrong string) bool {
	if r.wrong == "" {
		r.wrong = wrong
	}
	return false
}

// at reports whether c is next, behind space.
func (r *reader) at(c byte) bool {
	for r.pos < len(r.data) {
		switch r.data[r.pos] {
		case c:
			return true
		case ' ', '\t', '\r', '\n':
			r.pos++
		default:
			return false
		}
	}
	return false
}

// take passes over c, which has to be next.
func (r *reader) take(c byte, wrong string) bool {
	if !r.at(c) {
		return r.fail(wrong)
	}
	r.pos++
	return true
}

// end reports whether nothing but space is left.
func (r *reader) end() bool {
	return !r.at(0) && r.pos == len(r.data) || r.fail("more than one value")
}

// word passes over a literal name, if it is next.
func (r *reader) word(word string) bool {
	if !r.at(word[0]) {
		return false
	}
	end := r.pos + len(word)
	if end > len(r.data) || string(r.data[r.pos:end]) != word {
		return false
	}
	r.pos = end
	return true
}

func (r *reader) null() bool { return r.word("null") }

// bool reads true, false, or null, which changes nothing.
func (r *reader) bool(target *bool) bool {
	switch {
	case r.null():
	case r.word("true"):
		*target = true
	case r.word("false"):
		*target = false
	default:
		return r.fail("no boolean where there has to be one")
	}
	return true
}

// open passes over the begin of an object or array, and reports whether it has a first member or element.
func (r *reader) open(begin byte) bool {
	if !r.take(begin, "another kind of value than there has to be") {
		return false
	}
	if r.depth++; r.depth > maxDepth {
		return r.fail("a value that is too deep")
	}
	if !r.at(begin + 2) { // its end, in ASCII
		return true
	}
	r.pos++
	r.depth--
	return false
}

// next passes over what is behind a member or element, and reports whether there is another.
func (r *reader) next(end byte) bool {
	if r.wrong != "" {
		return false
	}
	if r.at(end) {
		r.pos++
		r.depth--
		return false
	}
	return r.take(',', "no comma or end where there has to be one")
}

// name reads the name of a member, colon included.
func (r *reader) name() (name []byte, ok bool) {
	name, escaped, ok := r.literal()
	if !ok || !r.take(':', "no colon where there has to be one") {
		return nil, false
	}
	if escaped {
		name = []byte(unescaped(name))
	}
	return name, true
}

// literal reads a string as it is written, without its quotes.
func (r *reader) literal() (raw []byte, escaped, ok bool) {
	if !r.take('"', "no string where there has to be one") {
		return nil, false, false
	}
	for start := r.pos; ; {
		r.pos += plain(r.data[r.pos:])
		if r.pos == len(r.data) {
			return nil, false, r.fail("a string without an end")
		}
		switch c := r.data[r.pos]; {
		case c == '"':
			r.pos++
			return r.data[start : r.pos-1], escaped, true
		case c == '\\':
			escaped = true
			n := escapeLen(r.data[r.pos:])
			if n == 0 {
				return nil, false, r.fail("no escape that there is")
			}
			r.pos += n
		case c < ' ':
			return nil, false, r.fail("a control character in a string")
		default:
			_, n := utf8.DecodeRune(r.data[r.pos:])
			if n == 1 {
				return nil, false, r.fail("a string that is not UTF-8")
			}
			r.pos += n
		}
	}
}

// plain is how many bytes at the start of b are ASCII that stands for itself in a string. It looks at eight at
// a time; in the marks, only those above the first may be wrong.
func plain(b []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; n+8 <= len(b); n += 8 {
		w := binary.LittleEndian.Uint64(b[n:])
		quote, backslash := w^ones*'"', w^ones*'\\'
		marks := ((w-ones*' ')|(quote-ones)|(backslash-ones))&^w | w // of each byte, the highest bit
		if marks &= highs; marks != 0 {
			return n + bits.TrailingZeros64(marks)/8
		}
	}
	for n < len(b) && b[n] >= ' ' && b[n] < utf8.RuneSelf && b[n] != '"' && b[n] != '\\' {
		n++
	}
	return n
}

// escapeLen is the length of the escape at the start of b, or 0 if it is none.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if b[1] != 'u' {
		if strings.IndexByte(`"\/bfnrt`, b[1]) < 0 {
			return 0
		}
		return 2
	}
	if len(b) < 6 {
		return 0
	}
	for _, c := range b[2:6] {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return 0
		}
	}
	return 6
}

// unescaped is the text of a string literal without its quotes.
func unescaped(raw []byte) string {
	var text strings.Builder
	unescape(&text, raw)
	return text.String()
}

// unescape writes the text of a string literal. Half a pair of surrogates becomes U+FFFD, as in encoding/json.
func unescape(to *strings.Builder, raw []byte) {
	for len(raw) > 0 {
		n := plain(raw)
		to.Write(raw[:n])
		if raw = raw[n:]; len(raw) == 0 {
			return
		}
		switch {
		case raw[0] != '\\':
			to.WriteByte(raw[0]) // of a longer character
			raw = raw[1:]
		case raw[1] != 'u':
			to.WriteByte(escapes[raw[1]])
			raw = raw[2:]
		default:
			c := hex4(raw[2:])
			raw = raw[6:]
			if utf16.IsSurrogate(c) {
				low := utf8.RuneError
				if len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
					low = utf16.DecodeRune(c, hex4(raw[2:]))
				}
				if c = low; c != utf8.RuneError {
					raw = raw[6:]
				}
			}
			to.WriteRune(c)
		}
	}
}

// escapes are what a backslash makes of the character behind it.
var escapes = [...]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

package rawjson

import (
	"fmt"
	"unicode/utf8"
)

// Reader reads one JSON value in one pass. A method that reads a value returns false after recording an error. Null, Open
// and Next also return false without one; check OK after a loop. After an error only Next, OK and Err are meaningful.
type Reader struct {
	data  []byte
	pos   int
	depth int

	message string // of the first error; empty if there is none
	errPos  int
}

// maxDepth is how deep arrays and objects may nest, as in encoding/json.
const maxDepth = 10000

// NewReader returns a Reader of data. Slices that it returns alias data.
func NewReader(data []byte) Reader { return Reader{data: data} }

// Err returns the first error with its offset, or nil. It quotes nothing of the data.
func (r *Reader) Err() error {
	if r.message == "" {
		return nil
	}
	return fmt.Errorf("%s at byte %d", r.message, r.errPos)
}

// OK reports whether there was no error so far.
func (r *Reader) OK() bool { return r.message == "" }

// Offset returns how many bytes have been read.
func (r *Reader) Offset() int { return r.pos }

// Fail records message unless an error is recorded already. It returns false.
func (r *Reader) Fail(message string) bool {
	if r.message == "" {
		r.message, r.errPos = message, r.pos
	}
	return false
}

// Peek skips white space and returns the next byte without consuming it, as Kind does of a value; 0 at the end.
func (r *Reader) Peek() byte {
	if r.pos < len(r.data) && r.data[r.pos] > ' ' {
		return r.data[r.pos] // the common case, inlined
	}
	return r.skipSpace()
}

func (r *Reader) skipSpace() byte {
	for ; r.pos < len(r.data); r.pos++ {
		if c := r.data[r.pos]; !isSpace(c) {
			return c
		}
	}
	return 0
}

// expect consumes c and white space before it, or fails with message.
func (r *Reader) expect(c byte, message string) bool {
	if r.pos < len(r.data) && r.data[r.pos] == c {
		r.pos++ // the common case, inlined
		return true
	}
	return r.expectAfterSpace(c, message)
}

func (r *Reader) expectAfterSpace(c byte, message string) bool {
	if r.skipSpace() != c {
		return r.Fail(message)
	}
	r.pos++
	return true
}

// End reports whether only white space is left, and records an error if not.
func (r *Reader) End() bool {
	return r.Peek() == 0 && r.pos == len(r.data) || r.Fail("unexpected data after the value")
}

// keyword consumes word (true, false or null) if it is next, and reports whether it was. It records no error.
func (r *Reader) keyword(word string) bool {
	if r.Peek() != word[0] {
		return false
	}
	end := r.pos + len(word)
	if end > len(r.data) || string(r.data[r.pos:end]) != word {
		return false
	}
	r.pos = end
	return true
}

// Null consumes null if it is next, and reports whether it was.
func (r *Reader) Null() bool { return r.Peek() == 'n' && r.keyword("null") }

// Bool reads a boolean into target, which null leaves unchanged.
func (r *Reader) Bool(target *bool) bool {
	switch {
	case r.Null():
	case r.keyword("true"):
		*target = true
	case r.keyword("false"):
		*target = false
	default:
		return r.Fail("expected boolean")
	}
	return true
}

// Open consumes the start of an object ('{') or array ('['). It returns true if there is a first member or element; false if
// the object or array is empty, which it then consumes, or after an error.
func (r *Reader) Open(start byte) bool {
	end, message := byte('}'), "expected object"
	if start == '[' {
		end, message = ']', "expected array"
	}
	if !r.expect(start, message) {
		return false
	}
	if r.depth++; r.depth > maxDepth {
		return r.Fail("exceeded max depth")
	}
	if r.Peek() != end {
		return true
	}
	r.pos++
	r.depth--
	return false
}

// Next consumes the comma after a member or element and returns true, or the end of the object or array and returns
// false. end is '}' or ']'.
func (r *Reader) Next(end byte) bool {
	if r.message != "" {
		return false
	}
	switch r.Peek() {
	case ',':
		r.pos++
		return true
	case end:
		r.pos++
		r.depth--
		return false
	}
	return r.Fail("expected comma or end")
}

// Name reads the name of a member and the colon. It decodes the escapes of the name.
func (r *Reader) Name() (name []byte, ok bool) {
	name, escaped, ok := r.StringContent()
	if !ok || !r.expect(':', "expected colon") {
		return nil, false
	}
	if escaped {
		name = []byte(unescape(string(name)))
	}
	return name, true
}

// StringContent reads a string and returns its content; escaped reports whether that contains escapes.
func (r *Reader) StringContent() (content []byte, escaped, ok bool) {
	if r.Peek() != '"' {
		return nil, false, r.Fail("expected string")
	}
	start := r.pos + 1
	if pos := start + plainPrefix(r.data[start:]); pos < len(r.data) && r.data[pos] == '"' { // the common case
		r.pos = pos + 1
		return r.data[start:pos], false, true
	}
	return r.stringContentSlow(start)
}

// stringContentSlow is StringContent for strings with escapes or other characters than ASCII.
func (r *Reader) stringContentSlow(start int) (content []byte, escaped, ok bool) {
	for pos := start; ; {
		pos += plainPrefix(r.data[pos:])
		if pos < len(r.data) && r.data[pos] == '"' {
			r.pos = pos + 1
			return r.data[start:pos], escaped, true
		}
		n, message := escapeOrRune(r.data[pos:])
		if message != "" {
			r.pos = pos
			return nil, false, r.Fail(message)
		}
		escaped = escaped || r.data[pos] == '\\'
		pos += n
	}
}

// escapeOrRune returns the length of the escape or of the character at the start of b, or the message of an error.
func escapeOrRune(b []byte) (n int, message string) {
	switch {
	case len(b) == 0:
		return 0, "unterminated string"
	case b[0] == '\\':
		if n = escapeLen(b); n == 0 {
			return 0, "invalid escape"
		}
	case b[0] < ' ':
		return 0, "control character in string"
	default:
		if _, n = utf8.DecodeRune(b); n == 1 {
			return 0, "invalid UTF-8"
		}
	}
	return n, ""
}

package rawjson

import (
	"fmt"
	"unicode/utf8"
)

// Reader reads one JSON value in one pass. Its methods tell whether what they read was right; once something was
// not, no loop over Next goes on, and Err tells of the first.
type Reader struct {
	data  []byte
	pos   int
	depth int

	wrong string // what was, first
	where int
}

// maxDepth is how deep arrays and objects may nest, as in encoding/json.
const maxDepth = 10000

// NewReader makes a Reader of data, of which what it returns are parts.
func NewReader(data []byte) Reader { return Reader{data: data} }

// Err is what was wrong, and where; nil when nothing was so far. It quotes nothing of the data.
func (r *Reader) Err() error {
	if r.wrong == "" {
		return nil
	}
	return fmt.Errorf("%s at byte %d", r.wrong, r.where)
}

// OK reports whether nothing was wrong so far.
func (r *Reader) OK() bool { return r.wrong == "" }

// Offset is how many bytes have been read.
func (r *Reader) Offset() int { return r.pos }

// Fail makes wrong what is wrong, unless something was before, and reports false.
func (r *Reader) Fail(wrong string) bool {
	if r.wrong == "" {
		r.wrong, r.where = wrong, r.pos
	}
	return false
}

// Peek is the byte that is next behind space, which tells the kind of a value; 0 at the end,
// and where there is that byte.
func (r *Reader) Peek() byte {
	if r.pos < len(r.data) && r.data[r.pos] > ' ' {
		return r.data[r.pos] // as nearly always, and without a call
	}
	return r.behindSpace()
}

func (r *Reader) behindSpace() byte {
	for ; r.pos < len(r.data); r.pos++ {
		if c := r.data[r.pos]; !space(c) {
			return c
		}
	}
	return 0
}

// take passes over c, which has to be next.
func (r *Reader) take(c byte, wrong string) bool {
	if r.pos < len(r.data) && r.data[r.pos] == c {
		r.pos++ // as nearly always, and without a call
		return true
	}
	return r.takeBehindSpace(c, wrong)
}

func (r *Reader) takeBehindSpace(c byte, wrong string) bool {
	if r.behindSpace() != c {
		return r.Fail(wrong)
	}
	r.pos++
	return true
}

// End reports whether nothing but space is left.
func (r *Reader) End() bool {
	return r.Peek() == 0 && r.pos == len(r.data) || r.Fail("more than one value")
}

// word passes over a literal name, if it is next.
func (r *Reader) word(word string) bool {
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

// Null passes over null, if it is next.
func (r *Reader) Null() bool { return r.Peek() == 'n' && r.word("null") }

// Bool reads true, false, or null, which changes nothing.
func (r *Reader) Bool(target *bool) bool {
	switch {
	case r.Null():
	case r.word("true"):
		*target = true
	case r.word("false"):
		*target = false
	default:
		return r.Fail("no boolean where there has to be one")
	}
	return true
}

// Open passes over the begin of an object or array, and reports whether it has a first member or element.
func (r *Reader) Open(begin byte) bool {
	if !r.take(begin, "another kind of value than there has to be") {
		return false
	}
	if r.depth++; r.depth > maxDepth {
		return r.Fail("a value that is too deep")
	}
	if r.Peek() != begin+2 { // its end, in ASCII
		return true
	}
	r.pos++
	r.depth--
	return false
}

// Next passes over what is behind a member or element, and reports whether there is another.
func (r *Reader) Next(end byte) bool {
	if r.wrong != "" {
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
	return r.Fail("no comma or end where there has to be one")
}

// Name reads the name of a member, colon included.
func (r *Reader) Name() (name []byte, ok bool) {
	name, escaped, ok := r.RawString()
	if !ok || !r.take(':', "no colon where there has to be one") {
		return nil, false
	}
	if escaped {
		name = []byte(said(string(name)))
	}
	return name, true
}

// RawString reads a string as it is written, without its quotes.
func (r *Reader) RawString() (raw []byte, escaped, ok bool) {
	if r.Peek() != '"' {
		return nil, false, r.Fail("no string where there has to be one")
	}
	start := r.pos + 1
	if pos := start + plain(r.data[start:]); pos < len(r.data) && r.data[pos] == '"' { // as nearly always
		r.pos = pos + 1
		return r.data[start:pos], false, true
	}
	return r.unplain(start)
}

// unplain is Literal for what begins at start and is more than plain ASCII.
func (r *Reader) unplain(start int) (raw []byte, escaped, ok bool) {
	for pos := start; ; {
		pos += plain(r.data[pos:])
		if pos < len(r.data) && r.data[pos] == '"' {
			r.pos = pos + 1
			return r.data[start:pos], escaped, true
		}
		n, wrong := special(r.data[pos:])
		if wrong != "" {
			r.pos = pos
			return nil, false, r.Fail(wrong)
		}
		escaped = escaped || r.data[pos] == '\\'
		pos += n
	}
}

// special is the length of what b begins with, which is not plain: an escape, or a character that is no ASCII.
func special(b []byte) (n int, wrong string) {
	switch {
	case len(b) == 0:
		return 0, "a string without an end"
	case b[0] == '\\':
		if n = escapeLen(b); n == 0 {
			return 0, "no escape that there is"
		}
	case b[0] < ' ':
		return 0, "a control character in a string"
	default:
		if _, n = utf8.DecodeRune(b); n == 1 {
			return 0, "a string that is not UTF-8"
		}
	}
	return n, ""
}

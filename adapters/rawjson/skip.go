package rawjson

import "strconv"

// Number reads a number as it is written.
func (r *Reader) Number() (raw []byte, ok bool) {
	next := r.Peek()
	start := r.pos
	if next == '-' {
		r.pos++
	}
	switch {
	case r.pos < len(r.data) && r.data[r.pos] == '0':
		r.pos++
	case !r.digits():
		return nil, r.Fail(noValue)
	}
	if r.pos < len(r.data) && r.data[r.pos] == '.' {
		r.pos++
		if !r.digits() {
			return nil, r.Fail("a number without digits behind its point")
		}
	}
	if r.pos < len(r.data) && r.data[r.pos]|0x20 == 'e' {
		r.pos++
		if r.pos < len(r.data) && (r.data[r.pos] == '+' || r.data[r.pos] == '-') {
			r.pos++
		}
		if !r.digits() {
			return nil, r.Fail("a number without digits in its exponent")
		}
	}
	return r.data[start:r.pos], true
}

func (r *Reader) digits() bool {
	start := r.pos
	for r.pos < len(r.data) && '0' <= r.data[r.pos] && r.data[r.pos] <= '9' {
		r.pos++
	}
	return r.pos > start
}

// literalName passes over a literal name, which has to be next.
func (r *Reader) literalName(name string) bool { return r.word(name) || r.Fail(noValue) }

const noValue = "no value where there has to be one"

// Skip passes over any value. If floats is set, its numbers have to fit into a float64, as when encoding/json
// makes a value of the type any.
func (r *Reader) Skip(floats bool) bool {
	switch r.Peek() {
	case '"':
		_, _, ok := r.RawString()
		return ok
	case '{':
		for more := r.Open('{'); more; more = r.Next('}') {
			if _, ok := r.Name(); !ok || !r.Skip(floats) {
				return false
			}
		}
		return r.wrong == ""
	case '[':
		for more := r.Open('['); more; more = r.Next(']') {
			if !r.Skip(floats) {
				return false
			}
		}
		return r.wrong == ""
	case 't':
		return r.literalName("true")
	case 'f':
		return r.literalName("false")
	case 'n':
		return r.literalName("null")
	}
	raw, ok := r.Number()
	if ok && floats {
		if _, err := strconv.ParseFloat(string(raw), 64); err != nil {
			return r.Fail("a number that is too large")
		}
	}
	return ok
}

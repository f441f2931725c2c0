package rawjson

// Number reads a number and returns its raw value.
func (r *Reader) Number() (raw []byte, ok bool) {
	next := r.Peek()
	start := r.pos
	if next == '-' {
		r.pos++
	}
	if !r.consume('0') && !r.digits() {
		return nil, r.Fail(expectedValue)
	}
	if r.consume('.') && !r.digits() {
		return nil, r.Fail("expected digit after decimal point")
	}
	if r.consume('e') || r.consume('E') {
		if !r.consume('+') {
			r.consume('-')
		}
		if !r.digits() {
			return nil, r.Fail("expected digit in exponent")
		}
	}
	return r.data[start:r.pos], true
}

const expectedValue = "expected value"

// consume consumes c if it is next, without white space before it, and reports whether it was.
func (r *Reader) consume(c byte) bool {
	if r.pos < len(r.data) && r.data[r.pos] == c {
		r.pos++
		return true
	}
	return false
}

func (r *Reader) digits() bool {
	start := r.pos
	for r.pos < len(r.data) && '0' <= r.data[r.pos] && r.data[r.pos] <= '9' {
		r.pos++
	}
	return r.pos > start
}

// Skip reads any value, and returns nothing of it.
func (r *Reader) Skip() bool {
	switch r.Peek() {
	case '"':
		_, _, ok := r.StringContent()
		return ok
	case '{':
		for more := r.Open('{'); more; more = r.Next('}') {
			if _, ok := r.Name(); !ok || !r.Skip() {
				return false
			}
		}
		return r.OK()
	case '[':
		for more := r.Open('['); more; more = r.Next(']') {
			if !r.Skip() {
				return false
			}
		}
		return r.OK()
	case 't':
		return r.keyword("true") || r.Fail(expectedValue)
	case 'f':
		return r.keyword("false") || r.Fail(expectedValue)
	case 'n':
		return r.keyword("null") || r.Fail(expectedValue)
	}
	_, ok := r.Number()
	return ok
}

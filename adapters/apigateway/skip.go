package apigateway

import "strconv"

// What is not kept of an event is passed over here, and checked no less.

// number reads a number as it is written.
func (r *reader) number() (raw []byte, ok bool) {
	start := r.pos
	if r.at('-') {
		r.pos++
	}
	switch {
	case r.pos < len(r.data) && r.data[r.pos] == '0':
		r.pos++
	case !r.digits():
		return nil, r.fail("no value where there has to be one")
	}
	if r.pos < len(r.data) && r.data[r.pos] == '.' {
		r.pos++
		if !r.digits() {
			return nil, r.fail("a number without digits behind its point")
		}
	}
	if r.pos < len(r.data) && r.data[r.pos]|0x20 == 'e' {
		r.pos++
		if r.pos < len(r.data) && (r.data[r.pos] == '+' || r.data[r.pos] == '-') {
			r.pos++
		}
		if !r.digits() {
			return nil, r.fail("a number without digits in its exponent")
		}
	}
	return r.data[start:r.pos], true
}

func (r *reader) digits() bool {
	start := r.pos
	for r.pos < len(r.data) && '0' <= r.data[r.pos] && r.data[r.pos] <= '9' {
		r.pos++
	}
	return r.pos > start
}

// skip passes over any value. If floats is set, its numbers have to fit into a float64, as when encoding/json
// makes a value of the type any.
func (r *reader) skip(floats bool) bool {
	switch {
	case r.at('"'):
		_, _, ok := r.literal()
		return ok
	case r.at('{'):
		for more := r.open('{'); more; more = r.next('}') {
			if _, ok := r.name(); !ok || !r.skip(floats) {
				return false
			}
		}
		return r.wrong == ""
	case r.at('['):
		for more := r.open('['); more; more = r.next(']') {
			if !r.skip(floats) {
				return false
			}
		}
		return r.wrong == ""
	case r.word("true"), r.word("false"), r.null():
		return true
	}
	raw, ok := r.number()
	if ok && floats {
		if _, err := strconv.ParseFloat(string(raw), 64); err != nil {
			return r.fail("a number that is too large")
		}
	}
	return ok
}

// skipString passes over a string or null.
func skipString(d *eventDecoder) bool {
	if d.null() {
		return true
	}
	_, _, ok := d.literal()
	return ok
}

// skipInteger passes over an integer of 64 bits or null.
func skipInteger(d *eventDecoder) bool {
	if d.null() {
		return true
	}
	raw, ok := d.number()
	if !ok {
		return false
	}
	if _, err := strconv.ParseInt(string(raw), 10, 64); err != nil {
		return d.fail("no integer where there has to be one")
	}
	return true
}

// skipList passes over a list of strings or null.
func skipList(d *eventDecoder) bool {
	if d.null() {
		return true
	}
	for more := d.open('['); more; more = d.next(']') {
		if !skipString(d) {
			return false
		}
	}
	return d.wrong == ""
}

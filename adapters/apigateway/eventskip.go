package apigateway

import "strconv"

// What of an event is not kept is passed over here, and checked no less.

// skipString passes over a string or null.
func skipString(d *eventDecoder) bool {
	if d.Null() {
		return true
	}
	_, _, ok := d.RawString()
	return ok
}

// skipInteger passes over an integer of 64 bits or null.
func skipInteger(d *eventDecoder) bool {
	if d.Null() {
		return true
	}
	raw, ok := d.Number()
	if !ok {
		return false
	}
	if _, err := strconv.ParseInt(string(raw), 10, 64); err != nil {
		return d.Fail("no integer where there has to be one")
	}
	return true
}

// skipList passes over a list of strings or null.
func skipList(d *eventDecoder) bool {
	if d.Null() {
		return true
	}
	for more := d.Open('['); more; more = d.Next(']') {
		if !skipString(d) {
			return false
		}
	}
	return d.OK()
}

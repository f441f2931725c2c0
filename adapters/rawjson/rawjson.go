// Package rawjson reads JSON (RFC 8259) in place: without reflection, and mostly without copies. It is for large inputs
// of which little is kept. encoding/json takes more than twice as long to validate the response to a search.
//
// A Reader validates all that it reads or skips: grammar, escapes, UTF-8 and depth. The functions Members, Elements and
// Unquote require valid JSON without surrounding white space (TrimSpace), HasLoneSurrogate requires valid JSON; for other
// input they yield nothing or panic.
//
// A raw value is the text of any value, with the quotes of a string. String content is the text between the quotes, with its
// escapes.
package rawjson

// Valid reports whether data is one JSON value in UTF-8, which json.Valid does not check.
func Valid(data []byte) bool {
	r := NewReader(data)
	return r.Skip() && r.End()
}

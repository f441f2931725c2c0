// Package rawjson reads JSON (RFC 8259) in place: without reflection, and mostly without copies. It is for large inputs
// of which little is kept. encoding/json takes more than twice as long to validate the response to a search.
//
// A Reader validates what it skips: grammar, escapes, UTF-8 and depth. Members, Elements and Unquote take valid JSON
// and check nothing; their values have no space around them.
package rawjson

// Valid reports whether data is one JSON value in UTF-8, which json.Valid does not check.
func Valid(data []byte) bool {
	r := NewReader(data)
	return r.Skip() && r.End()
}

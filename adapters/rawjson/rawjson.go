// Package rawjson reads JSON (RFC 8259) as it is written, without reflection and without a copy: for what comes by
// the thousand, and of which little is kept. encoding/json takes more than twice as long to find out whether an answer
// of a search is valid, and memory for each of its values.
//
// A Reader checks what it passes over: grammar, escapes, UTF-8, and depth. Members, Elements and Text are for what is
// known to be valid, and check nothing; Trim makes a value of what has space around it.
//
// It is the one package that adapters share, since it knows no product.
package rawjson

// Valid reports whether data is one JSON value in UTF-8, with space around it or not. json.Valid does not ask for
// UTF-8.
func Valid(data []byte) bool {
	r := NewReader(data)
	return r.Skip(false) && r.End()
}

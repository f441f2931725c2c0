package opensearch

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rental.example/adapters/rawjson"
)

// Decoder decodes responses with many documents, for which reflection would need hundreds of allocations. The strings that it returns
// are parts of one copy of the response, which stays in memory as long as any of them.
//
// Each method reads the next value. As in encoding/json, null changes nothing, and a value of another type is skipped and
// becomes the error in the end. Names must match exactly.
type Decoder struct {
	json     rawjson.Reader
	text     string // the response
	name     []byte // of the member that is being read
	mistyped error  // the first value of another type
}

// NewDecoder returns a decoder of a response.
func NewDecoder(data []byte) *Decoder {
	return &Decoder{json: rawjson.NewReader(data), text: string(data), name: []byte("the value")}
}

// Err returns the first error.
func (d *Decoder) Err() error {
	if err := d.json.Err(); err != nil {
		return err
	}
	return d.mistyped
}

// Members ranges over the names of an object's members. It skips values that the loop does not read.
func (d *Decoder) Members(yield func(name []byte) bool) {
	if !d.Begins('{', "an object") {
		return
	}
	outer := d.name
	for more := d.json.Open('{'); more; more = d.json.Next('}') {
		name, ok := d.json.Name()
		if !ok {
			return
		}
		d.name = name
		before := d.json.Offset()
		if !yield(name) {
			return
		}
		if d.json.Offset() == before {
			d.json.Skip()
		}
	}
	d.name = outer
}

// Elements ranges over an array. The loop must read each element.
func (d *Decoder) Elements(yield func() bool) {
	if !d.Begins('[', "an array") {
		return
	}
	for more := d.json.Open('['); more; more = d.json.Next(']') {
		if !yield() {
			return
		}
	}
}

// String reads a string.
func (d *Decoder) String(into *string) {
	if d.Begins('"', "a string") {
		*into, _ = rawjson.Unquote(d.Raw())
	}
}

// Strings reads an array of strings.
func (d *Decoder) Strings(into *[]string) {
	if !d.Begins('[', "an array") {
		return
	}
	all := make([]string, 0, 4) // few have more
	for range d.Elements {
		var s string
		d.String(&s)
		all = append(all, s)
	}
	*into = all
}

// Boolean reads a boolean.
func (d *Decoder) Boolean(into *bool) {
	switch literal := d.Raw(); literal {
	case "true", "false":
		*into = literal == "true"
	case "null":
	default:
		d.Fail("a boolean")
	}
}

// Integer reads an integer.
func (d *Decoder) Integer(into *int64) {
	literal := d.Raw()
	if n, err := strconv.ParseInt(literal, 10, 64); err == nil {
		*into = n
	} else if literal != "null" {
		d.Fail("an integer")
	}
}

// Optional reads an integer; null leaves nil.
func (d *Decoder) Optional(into **int64) {
	if !d.json.Null() {
		*into = new(int64)
		d.Integer(*into)
	}
}

// OptionalInt reads an integer; null leaves nil.
func (d *Decoder) OptionalInt(into **int) {
	if d.json.Null() {
		return
	}
	var n int64
	d.Integer(&n)
	*into = aws.Int(int(n))
}

// OptionalBoolean reads a boolean; null leaves nil.
func (d *Decoder) OptionalBoolean(into **bool) {
	if !d.json.Null() {
		*into = new(bool)
		d.Boolean(*into)
	}
}

// Float reads a number.
func (d *Decoder) Float(into *float64) {
	literal := d.Raw()
	if f, err := strconv.ParseFloat(literal, 64); err == nil {
		*into = f
	} else if literal != "null" {
		d.Fail("a number")
	}
}

// Null skips the next value if it is null, and reports whether it was.
func (d *Decoder) Null() bool { return d.json.Null() }

// Raw returns the next value as JSON, whatever its type; null if it is invalid.
func (d *Decoder) Raw() string {
	d.json.Peek() // skips space
	start := d.json.Offset()
	if !d.json.Skip() {
		return "null"
	}
	return d.text[start:d.json.Offset()]
}

// Begins reports whether the next value begins with first, as values of kind do; if not, it skips the value.
func (d *Decoder) Begins(first byte, kind string) bool {
	if d.json.Peek() == first {
		return true
	}
	if d.Raw() != "null" {
		d.Fail(kind)
	}
	return false
}

// Fail makes the value that was read an error: it is not of that kind.
func (d *Decoder) Fail(kind string) {
	if d.mistyped == nil {
		d.mistyped = fmt.Errorf("%s is not %s", d.name, kind)
	}
}

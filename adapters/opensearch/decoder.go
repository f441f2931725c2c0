package opensearch

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"rental.example/adapters/rawjson"
)

// decoder decodes search responses, for which reflection would need hundreds of allocations. The strings that it returns
// are parts of one copy of the response, which stays in memory as long as any of them.
//
// Each method reads the next value. As in encoding/json, null changes nothing, and a value of another type is skipped and
// becomes the error in the end. Names must match exactly.
type decoder struct {
	json     rawjson.Reader
	text     string // the response
	name     []byte // of the member that is being read
	mistyped error  // the first value of another type
}

func newDecoder(data []byte) *decoder {
	return &decoder{json: rawjson.NewReader(data), text: string(data), name: []byte("the value")}
}

// err returns the first error.
func (d *decoder) err() error {
	if err := d.json.Err(); err != nil {
		return err
	}
	return d.mistyped
}

// members ranges over the names of an object's members. It skips values that the loop does not read.
func (d *decoder) members(yield func(name []byte) bool) {
	if !d.begins('{', "an object") {
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

// elements ranges over an array. The loop must read each element.
func (d *decoder) elements(yield func() bool) {
	if !d.begins('[', "an array") {
		return
	}
	for more := d.json.Open('['); more; more = d.json.Next(']') {
		if !yield() {
			return
		}
	}
}

func (d *decoder) string(into *string) {
	if d.begins('"', "a string") {
		*into, _ = rawjson.Unquote(d.raw())
	}
}

func (d *decoder) strings(into *[]string) {
	if !d.begins('[', "an array") {
		return
	}
	all := make([]string, 0, 4) // few have more
	for range d.elements {
		var s string
		d.string(&s)
		all = append(all, s)
	}
	*into = all
}

func (d *decoder) boolean(into *bool) {
	switch literal := d.raw(); literal {
	case "true", "false":
		*into = literal == "true"
	case "null":
	default:
		d.fail("a boolean")
	}
}

func (d *decoder) integer(into *int64) {
	literal := d.raw()
	if n, err := strconv.ParseInt(literal, 10, 64); err == nil {
		*into = n
	} else if literal != "null" {
		d.fail("an integer")
	}
}

// optional reads an integer; null leaves nil.
func (d *decoder) optional(into **int64) {
	if !d.json.Null() {
		*into = new(int64)
		d.integer(*into)
	}
}

// optionalInt reads an integer; null leaves nil.
func (d *decoder) optionalInt(into **int) {
	if d.json.Null() {
		return
	}
	var n int64
	d.integer(&n)
	*into = aws.Int(int(n))
}

// optionalBoolean reads a boolean; null leaves nil.
func (d *decoder) optionalBoolean(into **bool) {
	if !d.json.Null() {
		*into = new(bool)
		d.boolean(*into)
	}
}

func (d *decoder) float(into *float64) {
	literal := d.raw()
	if f, err := strconv.ParseFloat(literal, 64); err == nil {
		*into = f
	} else if literal != "null" {
		d.fail("a number")
	}
}

// raw returns the next value as JSON, whatever its type; null if it is invalid.
func (d *decoder) raw() string {
	d.json.Peek() // skips space
	start := d.json.Offset()
	if !d.json.Skip() {
		return "null"
	}
	return d.text[start:d.json.Offset()]
}

// begins reports whether the next value begins with first, as values of kind do; if not, it skips the value.
func (d *decoder) begins(first byte, kind string) bool {
	if d.json.Peek() == first {
		return true
	}
	if d.raw() != "null" {
		d.fail(kind)
	}
	return false
}

func (d *decoder) fail(kind string) {
	if d.mistyped == nil {
		d.mistyped = fmt.Errorf("%s is not %s", d.name, kind)
	}
}

package opensearch

import (
	"encoding/json"
	"fmt"
	"strconv"

	"rental.example/adapters/rawjson"
)

// decoder reads what the engine answers by the dozen, where reflection takes hundreds of allocations. The texts that
// it reads are parts of one copy of the answer, which lives as long as any of them.
//
// Each method reads the next value. As with encoding/json, null changes nothing, and a value of another type
// is passed over and is the error in the end. Names have to match exactly.
type decoder struct {
	json     rawjson.Reader
	whole    string // the answer
	name     []byte // of the member that is being read
	mistyped error  // what was of another type first
}

func newDecoder(data []byte) *decoder {
	return &decoder{json: rawjson.NewReader(data), whole: string(data), name: []byte("the value")}
}

// err is what was wrong first.
func (d *decoder) err() error {
	if err := d.json.Err(); err != nil {
		return err
	}
	return d.mistyped
}

// members ranges over the names of an object's members. What a turn does not read is passed over.
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
			d.json.Skip(false)
		}
	}
	d.name = outer
}

// elements ranges over an array, whose elements each turn has to read.
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

func (d *decoder) text(into *string) {
	if d.begins('"', "a string") {
		*into, _ = rawjson.Unquote(d.raw())
	}
}

func (d *decoder) texts(into *[]string) {
	if !d.begins('[', "an array") {
		return
	}
	texts := make([]string, 0, 4) // few have more
	for range d.elements {
		var text string
		d.text(&text)
		texts = append(texts, text)
	}
	*into = texts
}

// boolean reports whether there is one.
func (d *decoder) boolean(into *bool) (there bool) {
	switch d.raw() {
	case "true":
		*into = true
	case "false":
		*into = false
	case "null":
		return false
	default:
		d.fail("true or false")
		return false
	}
	return true
}

func (d *decoder) integer(into *int64) {
	literal := d.raw()
	if n, err := strconv.ParseInt(literal, 10, 64); err == nil {
		*into = n
	} else if literal != "null" {
		d.fail("a whole number")
	}
}

// optional reads an integer into a new one.
func (d *decoder) optional(into **int64) {
	if !d.json.Null() {
		*into = new(int64)
		d.integer(*into)
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

// value reads what is rare by reflection.
func (d *decoder) value(into any) {
	if json.Unmarshal([]byte(d.raw()), into) != nil {
		d.fail("what it has to be")
	}
}

// raw is the next value as it is written, whatever its type; null where it is not right.
func (d *decoder) raw() string {
	d.json.Peek() // passes over space
	start := d.json.Offset()
	if !d.json.Skip(false) {
		return "null"
	}
	return d.whole[start:d.json.Offset()]
}

// begins reports whether the next value begins with first, as those of kind do; another is passed over.
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

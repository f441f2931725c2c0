package opensearch

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// decoder reads a value that encoding/json has found valid, so it checks types but no grammar: it is for
// UnmarshalJSON of what a search returns by the dozen, where reflection takes hundreds of allocations. The
// texts that it reads are parts of one copy of that value, which lives as long as any of them.
//
// Each method reads the next value. As with encoding/json, null changes nothing, and a value of another type
// is passed over and is the error in the end. Names have to match exactly.
type decoder struct {
	rest string // begins with what is next
	name string // of the member that is being read
	err  error  // what was wrong first
}

func newDecoder(valid []byte) *decoder {
	return &decoder{rest: strings.TrimLeft(string(valid), jsonSpace), name: "the value"}
}

const jsonSpace = " \t\r\n"

// members ranges over the names of an object's members. What a turn does not read is passed over.
func (d *decoder) members(yield func(name string) bool) {
	if !d.begins('{', "an object") {
		return
	}
	outer := d.name
	for d.take(1); d.rest[0] != '}'; d.comma() {
		d.name = d.unquote()
		d.take(1) // the colon
		before := len(d.rest)
		if !yield(d.name) {
			return
		}
		if len(d.rest) == before {
			d.raw()
		}
	}
	d.take(1)
	d.name = outer
}

// elements ranges over an array, whose elements each turn has to read.
func (d *decoder) elements(yield func() bool) {
	if !d.begins('[', "an array") {
		return
	}
	for d.take(1); d.rest[0] != ']'; d.comma() {
		if !yield() {
			return
		}
	}
	d.take(1)
}

func (d *decoder) text(into *string) {
	if d.begins('"', "a string") {
		*into = d.unquote()
	}
}

func (d *decoder) texts(into *[]string) {
	texts := make([]string, 0, 4) // few have more
	for range d.elements {
		var text string
		d.text(&text)
		texts = append(texts, text)
	}
	*into = texts
}

func (d *decoder) boolean(into *bool) {
	switch d.raw() {
	case "true":
		*into = true
	case "false":
		*into = false
	case "null":
	default:
		d.fail("true or false")
	}
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
	if strings.HasPrefix(d.rest, "null") {
		d.raw()
		return
	}
	*into = new(int64)
	d.integer(*into)
}

func (d *decoder) float(into *float64) {
	literal := d.raw()
	if f, err := strconv.ParseFloat(literal, 64); err == nil {
		*into = f
	} else if literal != "null" {
		d.fail("a number")
	}
}

// raw is the next value as it is written, whatever its type.
func (d *decoder) raw() string {
	start := d.rest
	switch d.rest[0] {
	case '{':
		for range d.members {
		}
	case '[':
		for range d.elements {
			d.raw()
		}
	case '"':
		return d.quoted()
	default:
		return d.scalar()
	}
	return strings.TrimRight(start[:len(start)-len(d.rest)], jsonSpace)
}

// begins reports whether the next value begins with first, as those of kind do; another is passed over.
func (d *decoder) begins(first byte, kind string) bool {
	if d.rest[0] == first {
		return true
	}
	if d.raw() != "null" {
		d.fail(kind)
	}
	return false
}

func (d *decoder) fail(kind string) {
	if d.err == nil {
		d.err = fmt.Errorf("%s is not %s", d.name, kind)
	}
}

func (d *decoder) unquote() string {
	literal := d.quoted()
	if text := literal[1 : len(literal)-1]; strings.IndexByte(text, '\\') < 0 && utf8.ValidString(text) {
		return text
	}
	var text string
	_ = json.Unmarshal([]byte(literal), &text) // a valid literal
	return text
}

func (d *decoder) quoted() string {
	end := 1
	for ; d.rest[end] != '"'; end++ {
		if d.rest[end] == '\\' {
			end++
		}
	}
	return d.take(end + 1)
}

// scalar is a number, a boolean or null.
func (d *decoder) scalar() string {
	end := strings.IndexAny(d.rest, ",]}"+jsonSpace)
	if end < 0 {
		end = len(d.rest)
	}
	return d.take(end)
}

func (d *decoder) comma() {
	if d.rest[0] == ',' {
		d.take(1)
	}
}

// take is the next n bytes, behind which it passes over space.
func (d *decoder) take(n int) string {
	taken := d.rest[:n]
	d.rest = strings.TrimLeft(d.rest[n:], jsonSpace)
	return taken
}

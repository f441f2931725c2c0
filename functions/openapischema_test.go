package functions_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
)

// object is a JSON object. Numbers in it are json.Number.
type object = map[string]any

// document is an OpenAPI document. Its methods panic where it is not in the form that they read: then no
// test can go on.
type document object

// at is what a reference within the document means.
func (d document) at(ref string) object {
	path, local := strings.CutPrefix(ref, "#/")
	if !local {
		panic("not a reference into this document: " + ref)
	}
	v := object(d)
	for key := range strings.SplitSeq(path, "/") {
		next, ok := v[key].(object)
		if !ok {
			panic("there is no " + ref)
		}
		v = next
	}
	return v
}

// resolve is the object v, or the one that it refers to.
func (d document) resolve(v any) object {
	o := v.(object)
	ref, ok := o["$ref"].(string)
	switch {
	case !ok:
		return o
	case len(o) > 1:
		panic("what is beside a $ref does not count: " + ref)
	}
	return d.resolve(d.at(ref))
}

// keyword checks a value, of whatever type, by one keyword of a schema: its argument and the schema around it.
type keyword func(d document, arg any, schema object, value any) []string

// keywords are all that a schema may have.
// https://spec.openapis.org/oas/v3.0.3.html#schema-object
func keywords() map[string]keyword {
	note := func(document, any, object, any) []string { return nil }
	return map[string]keyword{
		"description": note, "example": note, "default": note,
		"nullable": note, "exclusiveMinimum": note, // looked at with type and minimum
		"type": checkType, "enum": checkEnum, "allOf": checkAllOf, "anyOf": checkAnyOf,
		"minimum": checkMinimum, "maximum": checkMaximum, "multipleOf": checkMultipleOf,
		"minLength": checkMinLength, "maxLength": checkMaxLength, "pattern": checkPattern, "format": checkFormat,
		"items": checkItems, "minItems": checkMinItems, "maxItems": checkMaxItems,
		"properties": checkProperties, "required": checkRequired, "additionalProperties": checkAdditional,
	}
}

// check returns all that is wrong with a value by a schema. A keyword that it does not know would go
// unchecked, so it panics.
func (d document) check(schema, value any) (wrong []string) {
	s := d.resolve(schema)
	known := keywords()
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if known[name] == nil {
			panic("nothing here checks the keyword " + name)
		}
		if value != nil || s["nullable"] != true {
			wrong = append(wrong, known[name](d, s[name], s, value)...)
		}
	}
	return wrong
}

// unless is no problem when the condition holds.
func unless(ok bool, format string, args ...any) []string {
	if ok {
		return nil
	}
	return []string{fmt.Sprintf(format, args...)}
}

func within(place string, wrong []string) (out []string) {
	for _, w := range wrong {
		out = append(out, place+": "+w)
	}
	return out
}

func checkType(_ document, arg any, _ object, value any) []string {
	is := ""
	switch v := value.(type) {
	case string:
		is = "string"
	case bool:
		is = "boolean"
	case object:
		is = "object"
	case []any:
		is = "array"
	case json.Number:
		is = "number"
		if arg == "integer" && rational(v).IsInt() {
			is = "integer"
		}
	}
	return unless(is == arg, "%v is no %v", value, arg)
}

func checkEnum(_ document, arg any, _ object, value any) []string {
	same := func(allowed any) bool { return reflect.DeepEqual(allowed, value) }
	return unless(slices.ContainsFunc(arg.([]any), same), "%v is none of %v", value, arg)
}

func checkAllOf(d document, arg any, _ object, value any) (wrong []string) {
	for _, part := range arg.([]any) {
		wrong = append(wrong, d.check(part, value)...)
	}
	return wrong
}

func checkAnyOf(d document, arg any, _ object, value any) []string {
	fits := func(part any) bool { return len(d.check(part, value)) == 0 }
	return unless(slices.ContainsFunc(arg.([]any), fits), "%v fits none of anyOf", value)
}

func rational(v any) *big.Rat {
	r, ok := new(big.Rat).SetString(string(v.(json.Number)))
	if !ok {
		panic(fmt.Sprintf("%v is no number", v))
	}
	return r
}

func checkMinimum(_ document, arg any, s object, value any) []string {
	number, is := value.(json.Number)
	least := 0
	if s["exclusiveMinimum"] == true {
		least = 1
	}
	return unless(!is || rational(number).Cmp(rational(arg)) >= least, "%v is below %v", value, arg)
}

func checkMaximum(_ document, arg any, _ object, value any) []string {
	number, is := value.(json.Number)
	return unless(!is || rational(number).Cmp(rational(arg)) <= 0, "%v is above %v", value, arg)
}

func checkMultipleOf(_ document, arg any, _ object, value any) []string {
	number, is := value.(json.Number)
	return unless(!is || new(big.Rat).Quo(rational(number), rational(arg)).IsInt(), "%v is no multiple of %v", value, arg)
}

func count(arg any) int { return int(rational(arg).Num().Int64()) }

func checkMinLength(_ document, arg any, _ object, value any) []string {
	text, is := value.(string)
	return unless(!is || utf8.RuneCountInString(text) >= count(arg), "%q is shorter than %v", value, arg)
}

func checkMaxLength(_ document, arg any, _ object, value any) []string {
	text, is := value.(string)
	return unless(!is || utf8.RuneCountInString(text) <= count(arg), "%q is longer than %v", value, arg)
}

// escapes are what regular expressions of ECMA 262 write as Go's do not.
var escapes = regexp.MustCompile(`\\u([0-9a-f]{4})`)

func checkPattern(_ document, arg any, _ object, value any) []string {
	text, is := value.(string)
	pattern := regexp.MustCompile(escapes.ReplaceAllString(arg.(string), `\x{$1}`))
	return unless(!is || pattern.MatchString(text), "%q does not match %v", value, arg)
}

// formats are date-time, and names of rules of the domain.
func formats() map[string]func(text string) error {
	text := func(required bool) func(string) error {
		return func(text string) error {
			var problems domain.Problems
			if problems.Text("text", text, len(text)); required {
				problems.RequiredText("text", text, len(text))
			}
			return problems.Err()
		}
	}
	return map[string]func(string) error{
		"date-time": func(text string) error { _, err := time.Parse(time.RFC3339Nano, text); return err },
		"line":      text(true),
		"text":      text(false),
		"words":     func(text string) error { _, err := item.NewQuery(item.Params{Text: &text}); return err },
		"idn-email": func(text string) error {
			_, err := user.Profile{}.Change(domain.Caller{}, user.Patch{Email: &text}, domain.Stamp{})
			return err
		},
	}
}

func checkFormat(_ document, arg any, _ object, value any) []string {
	check := formats()[arg.(string)]
	if check == nil {
		panic("nothing here checks the format " + arg.(string))
	}
	text, is := value.(string)
	return unless(!is || check(text) == nil, "%q is not of the format %v", value, arg)
}

func checkItems(d document, arg any, _ object, value any) (wrong []string) {
	list, _ := value.([]any)
	for i, element := range list {
		wrong = append(wrong, within(fmt.Sprintf("[%d]", i), d.check(arg, element))...)
	}
	if len(list) == 0 { // what no element has met is read all the same
		_ = d.check(arg, nil)
	}
	return wrong
}

func checkMinItems(_ document, arg any, _ object, value any) []string {
	list, is := value.([]any)
	return unless(!is || len(list) >= count(arg), "has fewer than %v elements", arg)
}

func checkMaxItems(_ document, arg any, _ object, value any) []string {
	list, is := value.([]any)
	return unless(!is || len(list) <= count(arg), "has more than %v elements", arg)
}

func checkProperties(d document, arg any, _ object, value any) (wrong []string) {
	o, _ := value.(object)
	for name, schema := range arg.(object) {
		v, present := o[name]
		if w := d.check(schema, v); present {
			wrong = append(wrong, within(name, w)...)
		}
	}
	return wrong
}

func checkRequired(_ document, arg any, _ object, value any) (wrong []string) {
	o, is := value.(object)
	for _, name := range arg.([]any) {
		_, present := o[name.(string)]
		wrong = append(wrong, unless(!is || present, "%v is missing", name)...)
	}
	return wrong
}

func checkAdditional(_ document, arg any, s object, value any) (wrong []string) {
	if arg != false {
		panic("additionalProperties is only ever false")
	}
	o, _ := value.(object)
	for name := range o {
		_, known := s["properties"].(object)[name]
		wrong = append(wrong, unless(known, "%s is unknown", name)...)
	}
	return wrong
}

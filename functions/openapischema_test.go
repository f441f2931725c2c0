package functions_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
)

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
		"minimum": compared(rational, atLeast, "below"), "minLength": compared(runes, atLeast, "shorter than"), "minItems": compared(elements, atLeast, "shorter than"),
		"maximum": compared(rational, atMost, "above"), "maxLength": compared(runes, atMost, "longer than"), "maxItems": compared(elements, atMost, "longer than"),
		"multipleOf": compared(rational, isMultiple, "no multiple of"), "pattern": checkPattern, "format": checkFormat, "items": checkItems,
		"properties": checkProperties, "required": checkRequired, "additionalProperties": checkAdditional,
	}
}

// check returns all that is wrong with a value by a schema. What is wrong with the schema itself is part of it: a
// keyword without a check would pass unnoticed.
func (d document) check(schema, value any) (wrong []string) {
	s, wrong := d.lookUp(schema)
	known := keywords()
	for _, name := range slices.Sorted(maps.Keys(s)) {
		switch {
		case known[name] == nil:
			wrong = append(wrong, unchecked("keyword", name))
		case value != nil || s["nullable"] != true:
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
		if r, ok := rational(v); ok && arg == "integer" && r.IsInt() {
			is = "integer"
		}
	}
	return unless(is == arg, "%v is no %v", value, arg)
}

func checkEnum(_ document, arg any, _ object, value any) []string {
	same := func(allowed any) bool { return reflect.DeepEqual(allowed, value) }
	return unless(slices.ContainsFunc(listIn(arg), same), "%v is none of %v", value, arg)
}

func checkAllOf(d document, arg any, _ object, value any) (wrong []string) {
	for _, part := range listIn(arg) {
		wrong = append(wrong, d.check(part, value)...)
	}
	return wrong
}

func checkAnyOf(d document, arg any, _ object, value any) []string {
	fits := func(part any) bool { return len(d.check(part, value)) == 0 }
	return unless(slices.ContainsFunc(listIn(arg), fits), "%v fits none of anyOf", value)
}

// rational is a JSON number; false where v is none.
func rational(v any) (*big.Rat, bool) {
	n, is := v.(json.Number)
	if !is {
		return nil, false
	}
	return new(big.Rat).SetString(string(n))
}

// compared returns a keyword that compares the size of a value with its argument. A value without that size fits.
func compared(size func(value any) (*big.Rat, bool), fits func(size, arg *big.Rat, s object) bool, otherwise string) keyword {
	return func(_ document, arg any, s object, value any) []string {
		n, has := size(value)
		a, ok := rational(arg)
		return unless(!has || ok && fits(n, a, s), "%v is %s %v", value, otherwise, arg)
	}
}

func runes(v any) (*big.Rat, bool) {
	text, ok := v.(string)
	return big.NewRat(int64(utf8.RuneCountInString(text)), 1), ok
}

func elements(v any) (*big.Rat, bool) {
	list, ok := v.([]any)
	return big.NewRat(int64(len(list)), 1), ok
}

func atLeast(n, arg *big.Rat, s object) bool {
	order := n.Cmp(arg)
	return order > 0 || order == 0 && s["exclusiveMinimum"] != true
}

func atMost(n, arg *big.Rat, _ object) bool { return n.Cmp(arg) <= 0 }

func isMultiple(n, arg *big.Rat, _ object) bool {
	return arg.Sign() != 0 && new(big.Rat).Quo(n, arg).IsInt()
}

// escapes are what regular expressions of ECMA 262 write as Go's do not.
var escapes = regexp.MustCompile(`\\u([0-9a-f]{4})`)

func compiled(pattern any) (*regexp.Regexp, error) {
	return regexp.Compile(escapes.ReplaceAllString(textIn(pattern), `\x{$1}`))
}

func checkPattern(_ document, arg any, _ object, value any) []string {
	text, is := value.(string)
	pattern, err := compiled(arg)
	if err != nil {
		return []string{err.Error()}
	}
	return unless(!is || pattern.MatchString(text), "%q does not match %v", value, arg)
}

// formats are date-time, and names of rules of the domain.
func formats() map[string]func(text string) error {
	text := func(required bool) func(string) error {
		return func(text string) error {
			var problems domain.Problems
			if problems.CheckText("text", text, len(text)); required {
				problems.CheckRequiredText("text", text, len(text))
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
			_, err := user.Profile{}.Change(domain.Caller{}, user.Patch{Email: domain.Some(text)}, domain.Stamp{})
			return err
		},
	}
}

func checkFormat(_ document, arg any, _ object, value any) []string {
	check := formats()[textIn(arg)]
	if check == nil {
		return []string{unchecked("format", fmt.Sprint(arg))}
	}
	text, is := value.(string)
	return unless(!is || check(text) == nil, "%q is not of the format %v", value, arg)
}

func checkItems(d document, arg any, _ object, value any) (wrong []string) {
	for i, element := range listIn(value) {
		wrong = append(wrong, within(fmt.Sprintf("[%d]", i), d.check(arg, element))...)
	}
	return wrong
}

func checkProperties(d document, arg any, _ object, value any) (wrong []string) {
	o := objectIn(value)
	for name, schema := range objectIn(arg) {
		if v, present := o[name]; present {
			wrong = append(wrong, within(name, d.check(schema, v))...)
		}
	}
	return wrong
}

func checkRequired(_ document, arg any, _ object, value any) (wrong []string) {
	o, is := value.(object)
	for _, name := range listIn(arg) {
		_, present := o[textIn(name)]
		wrong = append(wrong, unless(!is || present, "%v is missing", name)...)
	}
	return wrong
}

func checkAdditional(_ document, arg any, s object, value any) (wrong []string) {
	for name := range objectIn(value) {
		_, known := objectIn(s["properties"])[name]
		wrong = append(wrong, unless(known || arg != false, "%s is unknown", name)...)
	}
	return wrong
}

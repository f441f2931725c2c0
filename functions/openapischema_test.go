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
		"minimum": checkMinimum, "maximum": checkMaximum, "multipleOf": checkMultipleOf,
		"minLength": checkMinLength, "maxLength": checkMaxLength, "pattern": checkPattern, "format": checkFormat,
		"items": checkItems, "minItems": checkMinItems, "maxItems": checkMaxItems,
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

// holds reports whether value is no number, or one for which stands is true of it and arg.
func holds(value, arg any, stands func(value, arg *big.Rat) bool) bool {
	v, isNumber := rational(value)
	a, ok := rational(arg)
	return !isNumber || ok && stands(v, a)
}

func checkMinimum(_ document, arg any, s object, value any) []string {
	least := 0
	if s["exclusiveMinimum"] == true {
		least = 1
	}
	return unless(holds(value, arg, func(v, a *big.Rat) bool { return v.Cmp(a) >= least }), "%v is below %v", value, arg)
}

func checkMaximum(_ document, arg any, _ object, value any) []string {
	return unless(holds(value, arg, func(v, a *big.Rat) bool { return v.Cmp(a) <= 0 }), "%v is above %v", value, arg)
}

func checkMultipleOf(_ document, arg any, _ object, value any) []string {
	whole := func(v, a *big.Rat) bool { return a.Sign() != 0 && new(big.Rat).Quo(v, a).IsInt() }
	return unless(holds(value, arg, whole), "%v is no multiple of %v", value, arg)
}

func count(arg any) int {
	n, ok := rational(arg)
	if !ok {
		return 0
	}
	return int(n.Num().Int64())
}

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

func checkMinItems(_ document, arg any, _ object, value any) []string {
	list, is := value.([]any)
	return unless(!is || len(list) >= count(arg), "has fewer than %v elements", arg)
}

func checkMaxItems(_ document, arg any, _ object, value any) []string {
	list, is := value.([]any)
	return unless(!is || len(list) <= count(arg), "has more than %v elements", arg)
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

package apigateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"rental.example/adapters/rawjson"
	"rental.example/domain"
)

// Object is a request body that declares its members.
type Object interface {
	// Fields returns all members that the body may have, each with a pointer to its value.
	Fields() []Field
}

// Field is a member of an Object.
type Field struct {
	name   string
	target any
}

// NewField returns a Field. The value is stored in target, a *string, *float64, *[]string, **float64 (nil if the member is
// absent) or a pointer to a domain.Optional of string, float64 or []string.
func NewField(name string, target any) Field { return Field{name: name, target: target} }

// maxFields is the maximum number of fields of an Object.
const maxFields = 32

// decodeObject decodes one JSON object into fields. encoding/json checks the grammar only: decoding by it would accept
// names in another case, duplicates and null, and would replace invalid UTF-8.
func decodeObject(body string, fields []Field) error {
	if len(body) == 0 {
		return newRequestError(invalidJSON, "The request has no body.")
	}
	if !utf8.ValidString(body) {
		return newRequestError(invalidJSON, "The body is not valid UTF-8.")
	}
	if !json.Valid([]byte(body)) {
		return newRequestError(invalidJSON, "The body is not one JSON value: "+syntaxError(body)+".")
	}
	if rawjson.HasLoneSurrogate(body) {
		return newRequestError(invalidJSON, "The body holds an unpaired surrogate, which is no character.")
	}
	body = rawjson.TrimSpace(body)
	if rawjson.Kind(body) != '{' {
		return newRequestError(invalidJSON, "The body must be a JSON object.")
	}
	var seen [maxFields]bool
	for name, value := range rawjson.Members(body) {
		i := slices.IndexFunc(fields, func(f Field) bool { return f.name == name })
		if i < 0 {
			return newFieldError(unknownField, shorten(name), "is not a field of this request")
		}
		if seen[i] {
			return newFieldError(duplicateField, name, "is there twice")
		}
		seen[i] = true
		if len(body) > maxAliased {
			value = strings.Clone(value)
		}
		if err := fields[i].set(value); err != nil {
			return err
		}
	}
	return nil
}

// maxAliased is the maximum size in bytes of a text that values may alias, since a value keeps the whole text in memory.
const maxAliased = 1 << 10

func syntaxError(body string) string {
	var raw json.RawMessage
	err := json.Unmarshal([]byte(body), &raw)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("%v, at byte %d", syntax, syntax.Offset)
	}
	return "it cannot be read"
}

// shorten truncates a name from a client for an error message.
func shorten(name string) string {
	const maxLength = 64
	if utf8.RuneCountInString(name) <= maxLength {
		return name
	}
	return string([]rune(name)[:maxLength]) + "..."
}

// set stores a JSON value at the field's target.
func (f Field) set(value string) error {
	switch target := f.target.(type) {
	case *string:
		return setValue(f, target, value, parseString)
	case *float64:
		return setValue(f, target, value, parseNumber)
	case *[]string:
		return setValue(f, target, value, parseStrings)
	case **float64:
		*target = new(float64)
		return setValue(f, *target, value, parseNumber)
	case *domain.Optional[string]:
		return setOptional(f, target, value, parseString)
	case *domain.Optional[float64]:
		return setOptional(f, target, value, parseNumber)
	case *domain.Optional[[]string]:
		return setOptional(f, target, value, parseStrings)
	}
	panic(fmt.Sprintf("apigateway: field %s has a target of type %T", f.name, f.target))
}

// parser parses a JSON value; problem is "must be ..." if the value has another type.
type parser[T any] func(value string) (v T, problem string)

func setValue[T any](f Field, target *T, value string, parse parser[T]) error {
	v, problem := parse(value)
	if problem != "" {
		return newFieldError(wrongType, f.name, problem)
	}
	*target = v
	return nil
}

func setOptional[T any](f Field, target *domain.Optional[T], value string, parse parser[T]) error {
	target.Set, target.Null = true, value == "null"
	if target.Null {
		return nil
	}
	return setValue(f, &target.Value, value, parse)
}

func parseString(value string) (s string, problem string) {
	s, ok := rawjson.Unquote(value)
	if !ok {
		return "", "must be a string"
	}
	return s, ""
}

func parseNumber(value string) (n float64, problem string) {
	if c := value[0]; c != '-' && (c < '0' || c > '9') {
		return 0, "must be a number"
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return 0, "must be a number that a 64-bit float can hold"
	}
	return n, ""
}

func parseStrings(value string) (list []string, problem string) {
	const notStrings = "must be a list of strings"
	if rawjson.Kind(value) != '[' {
		return nil, notStrings
	}
	list = []string{} // not nil
	for element := range rawjson.Elements(value) {
		s, ok := rawjson.Unquote(element)
		if !ok {
			return nil, notStrings
		}
		if len(value) > maxAliased {
			s = strings.Clone(s)
		}
		list = append(list, s)
	}
	return list, ""
}

// newFieldError returns an error about one field of the body.
func newFieldError(k kind, field, message string) error {
	return &requestError{kind: k, detail: "The body's member " + strconv.Quote(field) + " " + message + ".",
		fields: []domain.FieldProblem{{Field: field, Code: k.code, Message: message}}}
}

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

// Object is a request body that says where its members go.
type Object interface {
	// Fields lists every member that the body may have, with the address that takes its value.
	Fields() []Field
}

// Field is one member of an Object.
type Field struct {
	name   string
	target any
}

// NewField is the Field of that name. The target takes the value and decides its type: *string, *float64,
// *[]string; **float64, which stays nil where the member is absent; or a pointer to a domain.Optional.
func NewField(name string, target any) Field { return Field{name: name, target: target} }

// decodeObject reads one JSON object into fields. encoding/json alone is too generous for a contract:
// it takes other spellings of names, names that come twice, null for anything, and replaces what is not
// UTF-8. So the grammar is its business, and the members are looked at here.
func decodeObject(body string, fields []Field) error {
	if len(body) == 0 {
		return refuse(invalidJSON, "The request has no body.")
	}
	if !utf8.ValidString(body) {
		return refuse(invalidJSON, "The body is not valid UTF-8.")
	}
	if !json.Valid([]byte(body)) {
		return refuse(invalidJSON, "The body is not one JSON value: "+syntaxError(body)+".")
	}
	if rawjson.HasLoneSurrogate(body) {
		return refuse(invalidJSON, "The body holds an unpaired surrogate, which is no character.")
	}
	body = rawjson.TrimSpace(body)
	if rawjson.Kind(body) != '{' {
		return refuse(invalidJSON, "The body must be a JSON object.")
	}
	var seen uint64 // a bit for each field
	for name, value := range rawjson.Members(body) {
		i := slices.IndexFunc(fields, func(f Field) bool { return f.name == name })
		if i < 0 {
			return refuseField(unknownField, printable(name), "is not a field of this request")
		}
		if seen&(1<<i) != 0 {
			return refuseField(duplicateField, name, "is there twice")
		}
		seen |= 1 << i
		if len(body) > shared {
			value = strings.Clone(value)
		}
		if err := fields[i].set(value); err != nil {
			return err
		}
	}
	return nil
}

// shared is how long a text may be, in bytes, of which parts are kept: whoever keeps a name keeps all of it.
const shared = 1 << 10

func syntaxError(body string) string {
	var raw json.RawMessage
	err := json.Unmarshal([]byte(body), &raw)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("%v, at byte %d", syntax, syntax.Offset)
	}
	return "it cannot be read"
}

// printable shortens a name that a client made up, for an error message.
func printable(name string) string {
	const most = 64
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return string([]rune(name)[:most]) + "..."
}

// set stores a JSON value at the field's target.
func (f Field) set(value string) error {
	switch target := f.target.(type) {
	case *string:
		return setValue(f, target, value, text)
	case *float64:
		return setValue(f, target, value, number)
	case *[]string:
		return setValue(f, target, value, texts)
	case **float64:
		*target = new(float64)
		return setValue(f, *target, value, number)
	case *domain.Optional[string]:
		return setOptional(f, target, value, text)
	case *domain.Optional[float64]:
		return setOptional(f, target, value, number)
	case *domain.Optional[[]string]:
		return setOptional(f, target, value, texts)
	}
	panic(fmt.Sprintf("apigateway: field %s has a target of type %T", f.name, f.target))
}

// parser reads a JSON value of one type; what is wrong with it is told as "must be ...".
type parser[T any] func(value string) (v T, wrong string)

func setValue[T any](f Field, target *T, value string, parse parser[T]) error {
	v, wrong := parse(value)
	if wrong != "" {
		return refuseField(wrongType, f.name, wrong)
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

func text(value string) (s string, wrong string) {
	s, ok := rawjson.Unquote(value)
	if !ok {
		return "", "must be a string"
	}
	return s, ""
}

func number(value string) (n float64, wrong string) {
	if c := value[0]; c != '-' && (c < '0' || c > '9') {
		return 0, "must be a number"
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return 0, "must be a number that a 64-bit float can hold"
	}
	return n, ""
}

func texts(value string) (list []string, wrong string) {
	const told = "must be a list of strings"
	if rawjson.Kind(value) != '[' {
		return nil, told
	}
	list = []string{} // an empty list is not none
	for element := range rawjson.Elements(value) {
		s, wrong := text(element)
		if wrong != "" {
			return nil, told
		}
		if len(value) > shared {
			s = strings.Clone(s)
		}
		list = append(list, s)
	}
	return list, ""
}

// refuseField is refuse for one field of the body.
func refuseField(k kind, field, message string) error {
	return &requestError{kind: k, detail: "The body's member " + strconv.Quote(field) + " " + message + ".",
		fields: []domain.FieldProblem{{Field: field, Code: k.code, Message: message}}}
}

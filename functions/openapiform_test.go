package functions_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// object is a JSON object. Numbers in it are json.Number.
type object = map[string]any

// objectIn, listIn and textIn are v where it is of that type, else empty: no form of a document makes a test panic.
// What is not as it should be, malformed and TestContractReferences report.
func objectIn(v any) object {
	o, _ := v.(object)
	return o
}

func listIn(v any) []any {
	l, _ := v.([]any)
	return l
}

func textIn(v any) string {
	s, _ := v.(string)
	return s
}

// document is an OpenAPI document.
type document object

// at is what a reference within the document means; empty where there is no such thing.
func (d document) at(ref string) object {
	v := object(d)
	for key := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		v = objectIn(v[key])
	}
	return v
}

// resolve is the object v, or the one that it refers to.
func (d document) resolve(v any) object {
	o, _ := d.lookUp(v)
	return o
}

// lookUp is resolve, with what is wrong with the reference.
func (d document) lookUp(v any) (o object, wrong []string) {
	o = objectIn(v)
	for range 10 { // references to references
		ref, refers := o["$ref"].(string)
		if !refers {
			return o, wrong
		}
		wrong = append(wrong, unless(len(o) == 1, "what is beside $ref: %s does not count", ref)...)
		if o = d.at(ref); o == nil {
			return nil, append(wrong, "there is no "+ref)
		}
	}
	return nil, append(wrong, fmt.Sprintf("%v leads to itself", v))
}

// unchecked is what to do about a part of a schema that nothing here checks.
func unchecked(kind, name string) string {
	return fmt.Sprintf("nothing checks the %s %s of a schema: add it to %ss, in functions/openapischema_test.go, and to TestSchemaKeywords", kind, name, kind)
}

// malformed returns all that is wrong with a schema, and with those within it, whatever the value.
func (d document) malformed(schema any) (wrong []string) {
	s, wrong := d.lookUp(schema)
	if objectIn(schema)["$ref"] != nil {
		return wrong // what it refers to is looked at where it stands
	}
	for _, name := range slices.Sorted(maps.Keys(s)) {
		switch arg := s[name]; name {
		case "format":
			if formats()[textIn(arg)] == nil {
				wrong = append(wrong, unchecked("format", fmt.Sprint(arg)))
			}
		case "additionalProperties":
			wrong = append(wrong, unless(arg == false, "additionalProperties is only ever false")...)
		case "pattern":
			_, err := compiled(arg)
			wrong = append(wrong, unless(err == nil, "pattern: %v", err)...)
		case "minimum", "maximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems":
			_, is := rational(arg)
			wrong = append(wrong, unless(is, "%s is no number: %v", name, arg)...)
		default:
			wrong = append(wrong, unless(keywords()[name] != nil, "%s", unchecked("keyword", name))...)
		}
	}
	for _, part := range slices.Concat(listIn(s["allOf"]), listIn(s["anyOf"])) {
		wrong = append(wrong, d.malformed(part)...)
	}
	if items, ok := s["items"]; ok {
		wrong = append(wrong, within("items", d.malformed(items))...)
	}
	for name, property := range objectIn(s["properties"]) {
		wrong = append(wrong, within(name, d.malformed(property))...)
	}
	return wrong
}

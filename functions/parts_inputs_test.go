package functions_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestInputsAreBounded: every text, number and list that an operation of openapi.yaml takes has limits. TestContractLimits
// compares those with the code's.
func TestInputsAreBounded(t *testing.T) {
	t.Parallel()
	for _, sentence := range contract(t).unbounded() {
		t.Error(sentence)
	}
}

// unbounded are the inputs of operations that lack a limit.
func (d document) unbounded() (found []string) {
	for name, op := range d.operations() {
		_, body := d.exampleOf(op)
		found = append(found, within("openapi.yaml: "+name, d.unlimited("body", body))...)
		for _, p := range op.parameters {
			if p["name"] == "cursor" { // nobody writes one
				continue
			}
			found = append(found, within("openapi.yaml: "+name, d.unlimited(textIn(p["name"]), p["schema"]))...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// unlimited are the limits that a schema lacks, and those of what is in it.
func (d document) unlimited(path string, v any) (found []string) {
	s := d.resolve(v)
	lacks := func(keyword string) {
		if s[keyword] == nil && s["enum"] == nil {
			found = append(found, fmt.Sprintf("%s has no %s: write it, as the code has it", path, keyword))
		}
	}
	switch s["type"] {
	case "string":
		if pattern := textIn(s["pattern"]); pattern == "" || strings.ContainsAny(pattern, "*+") || strings.Contains(pattern, ",}") {
			lacks("maxLength")
		}
	case "number", "integer":
		lacks("minimum")
		lacks("maximum")
	case "array":
		lacks("maxItems")
		found = append(found, d.unlimited(path+"[0]", s["items"])...)
	}
	for name, property := range objectIn(s["properties"]) {
		found = append(found, d.unlimited(path+"."+name, property)...)
	}
	return found
}

// TestOptionalFields: a body without a field that openapi.yaml does not require is accepted.
func TestOptionalFields(t *testing.T) {
	t.Parallel()
	d := contract(t)
	for name, op := range d.operations() {
		p := &prober{document: d, op: op, name: name}
		whole, schema := d.exampleOf(op)
		for field := range whole {
			less := maps.Clone(whole)
			delete(less, field)
			if slices.Contains(listIn(d.resolve(schema)["required"]), any(field)) || len(less) == 0 {
				continue
			}
			if r := p.send(t, request{body: less}); r.StatusCode >= 300 {
				t.Errorf("openapi.yaml: %s: the body is refused without %s: add that to required of its schema: status %d: %v", name, field, r.StatusCode, r.Body)
			}
		}
	}
}

// TestInputsNegative: a limit that is taken away is reported, in a body, in a list and in a query.
func TestInputsNegative(t *testing.T) {
	t.Parallel()
	schema := func(d document, name string) object { return d.at("#/components/schemas/" + name) }
	for want, change := range map[string]func(document){
		"openapi.yaml: POST /user: body.name has no maxLength": func(d document) { schema(d, "ProfileDraft")["properties"] = object{"name": object{"type": "string"}} },
		"openapi.yaml: POST /items: body.tags has no maxItems": func(d document) { delete(schema(d, "Tags"), "maxItems") },
		"openapi.yaml: GET /users: limit has no maximum":       func(d document) { delete(objectIn(d.at("#/components/parameters/Limit")["schema"]), "maximum") },
		"openapi.yaml: POST /items: Idempotency-Key has no max": func(d document) {
			delete(objectIn(d.at("#/components/parameters/IdempotencyKey")["schema"]), "maxLength")
		},
	} {
		found := contract(t).broken(t, change).unbounded()
		checkFindings(t, want, found, want)
	}
}

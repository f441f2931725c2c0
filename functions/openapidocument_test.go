package functions_test

import (
	"encoding/json"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"rental.example/adapters/samtest"
)

// contract reads openapi.yaml.
func contract(t testing.TB) document {
	t.Helper()
	var root any
	if err := yaml.Unmarshal([]byte(samtest.ReadFile(t, "openapi.yaml")), &root); err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	return document(objectIn(inNumbers(t, root)))
}

// inNumbers is v as JSON has it, with its numbers as json.Number.
func inNumbers(t testing.TB, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, string(text))
}

// operation is one of a document, with what it refers to looked up.
type operation struct {
	object
	public     bool
	parameters []object
	bodies     map[string]any    // schemas, by media type
	responses  map[string]object // by status
	refusals   []string          // codes of problems that follow from its own rules: x-problems
}

// operations are all of a document, as METHOD /resource.
func (d document) operations() map[string]operation {
	all := map[string]operation{}
	for path, methods := range objectIn(d["paths"]) {
		for method, v := range objectIn(methods) {
			all[strings.ToUpper(method)+" "+path] = d.operation(objectIn(v))
		}
	}
	return all
}

func (d document) operation(o object) operation {
	security, own := o["security"].([]any)
	op := operation{object: o, public: own && len(security) == 0, bodies: map[string]any{}, responses: map[string]object{}}
	for _, p := range listIn(o["parameters"]) {
		op.parameters = append(op.parameters, d.resolve(p))
	}
	if body, ok := o["requestBody"]; ok {
		op.bodies = schemas(d.resolve(body))
	}
	for status, r := range objectIn(o["responses"]) {
		op.responses[status] = d.resolve(r)
	}
	for _, code := range listIn(o["x-problems"]) {
		op.refusals = append(op.refusals, textIn(code))
	}
	return op
}

// schemas are those of a body or a response, by media type.
func schemas(o object) map[string]any {
	all := map[string]any{}
	for media, v := range objectIn(o["content"]) {
		all[media] = objectIn(v)["schema"]
	}
	return all
}

// parameter is the schema of a parameter, nil where there is none of that name.
func (op operation) parameter(in, name string) any {
	for _, p := range op.parameters {
		if p["in"] == in && strings.EqualFold(textIn(p["name"]), name) {
			return p["schema"]
		}
	}
	return nil
}

// codes are those of the problems that a response may have; none where it has no schema of a problem.
func (d document) codes(response object) (all []string) {
	parts := listIn(d.problem(response)["allOf"])
	if len(parts) == 0 {
		return nil
	}
	refined := d.resolve(parts[len(parts)-1])
	for _, code := range listIn(d.resolve(objectIn(refined["properties"])["code"])["enum"]) {
		all = append(all, textIn(code))
	}
	return all
}

// problem is the schema of a response's problem.
func (d document) problem(response object) object {
	return d.resolve(schemas(response)["application/problem+json"])
}

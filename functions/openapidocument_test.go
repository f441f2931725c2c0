package functions_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"rental.example/adapters/samtest"
)

// contract reads openapi.yaml.
func contract(t testing.TB) document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(samtest.Root(t), "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var root any
	if err := yaml.Unmarshal(data, &root); err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	return document(inNumbers(t, root).(object))
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
}

// operations are all of a document, as METHOD /resource.
func (d document) operations() map[string]operation {
	all := map[string]operation{}
	for path, methods := range d["paths"].(object) {
		for method, v := range methods.(object) {
			all[strings.ToUpper(method)+" "+path] = d.operation(v.(object))
		}
	}
	return all
}

func (d document) operation(o object) operation {
	security, own := o["security"].([]any)
	op := operation{object: o, public: own && len(security) == 0, bodies: map[string]any{}, responses: map[string]object{}}
	parameters, _ := o["parameters"].([]any)
	for _, p := range parameters {
		op.parameters = append(op.parameters, d.resolve(p))
	}
	if body, ok := o["requestBody"]; ok {
		op.bodies = schemas(d.resolve(body))
	}
	for status, r := range o["responses"].(object) {
		op.responses[status] = d.resolve(r)
	}
	return op
}

// schemas are those of a body or an answer, by media type.
func schemas(o object) map[string]any {
	all := map[string]any{}
	content, _ := o["content"].(object)
	for media, v := range content {
		all[media] = v.(object)["schema"]
	}
	return all
}

// parameter is the schema of a parameter, nil where there is none of that name.
func (op operation) parameter(in, name string) any {
	for _, p := range op.parameters {
		if p["in"] == in && strings.EqualFold(p["name"].(string), name) {
			return p["schema"]
		}
	}
	return nil
}

// codes are those of the problems that an operation has for a status.
func (d document) codes(response object) (all []string) {
	problem := d.resolve(schemas(response)["application/problem+json"])
	parts := problem["allOf"].([]any)
	refined := d.resolve(parts[len(parts)-1])
	for _, code := range d.resolve(refined["properties"].(object)["code"])["enum"].([]any) {
		all = append(all, code.(string))
	}
	return all
}

package functions_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/samtest"
)

var (
	newField   = regexp.MustCompile(`apigateway\.NewField\((?:"(\w+)")?`)
	parseQuery = regexp.MustCompile(`apigateway\.ParseQuery\(\w+,((?:\s*"\w+",?)+)\)`)
	quotedWord = regexp.MustCompile(`"(\w+)"`)
)

// namesInCode returns the names of body fields and of query parameters that the services accept.
func namesInCode(t *testing.T) (fields, parameters []string) {
	t.Helper()
	for service := range services() {
		files, err := filepath.Glob(filepath.Join(samtest.Root(t), "functions", service, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no source of %s: %v", service, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source := samtest.ReadFile(t, "functions/"+service+"/"+filepath.Base(file))
			for _, m := range newField.FindAllStringSubmatch(source, -1) {
				if m[1] == "" {
					t.Errorf("%s: write the name of a field into the call of NewField, as a literal", file)
				}
				fields = append(fields, m[1])
			}
			queries := parseQuery.FindAllStringSubmatch(source, -1)
			if len(queries) != strings.Count(source, "apigateway.ParseQuery(") {
				t.Errorf("%s: write the names of parameters into the call of ParseQuery, as literals", file)
			}
			for _, m := range queries {
				for _, name := range quotedWord.FindAllStringSubmatch(m[1], -1) {
					parameters = append(parameters, name[1])
				}
			}
		}
	}
	return fields, parameters
}

// TestContractNames: an operation refuses every field and query parameter of the code that its contract does not have.
// TestContractLimits and TestBodiesAreKept check that it accepts those that the contract has.
func TestContractNames(t *testing.T) {
	t.Parallel()
	d := contract(t)
	fields, parameters := namesInCode(t)
	for name, op := range d.operations() {
		p := &prober{document: d, op: op, name: name}
		body, schema := d.exampleOf(op)
		for _, field := range append(fields, "unknown") {
			if _, known := objectIn(d.resolve(schema)["properties"])[field]; len(op.bodies) > 0 && !known {
				changed := maps.Clone(body)
				changed[field] = body[field]
				expectUnknown(t, name, field, p.send(t, request{body: changed}))
			}
		}
		if !slices.ContainsFunc(op.parameters, func(o object) bool { return o["in"] == "query" }) {
			continue
		}
		for _, parameter := range append(parameters, "unknown") {
			if op.parameter("query", parameter) == nil {
				expectUnknown(t, name, parameter, p.send(t, request{query: map[string][]string{parameter: {"1"}}}))
			}
		}
	}
}

// expectUnknown reports a name that is not refused as unknown.
func expectUnknown(t *testing.T, operation, name string, response apigatewaytest.Response) {
	t.Helper()
	if text := fmt.Sprint(response.Body); !strings.Contains(text, "is not a field of") && !strings.Contains(text, "is not a parameter of") {
		t.Errorf("%s accepts %s, which openapi.yaml does not have: status %d: %s", operation, name, response.StatusCode, text)
	}
}

// unknownMembers returns the paths of a response's members that its schema does not have.
func (d document) unknownMembers(path string, schema, value any) (found []string) {
	s := d.resolve(schema)
	for i, element := range listIn(value) {
		if i == 0 {
			found = d.unknownMembers(path+"[0]", s["items"], element)
		}
	}
	properties := objectIn(s["properties"])
	for name, v := range objectIn(value) {
		if property, known := properties[name]; known {
			found = append(found, d.unknownMembers(path+"."+name, property, v)...)
		} else {
			found = append(found, path+"."+name+" is not in openapi.yaml")
		}
	}
	return found
}

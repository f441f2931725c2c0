package e2e_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"rental.example/adapters/samtest"
)

// route is an operation of openapi.yaml, as this area of the suite needs it.
type route struct {
	request      string // such as PATCH /items/ID, with the id of the contract's example, which no user and no item has
	method, path string
	public       bool
	field        string // of its body, a text; empty where it has no body
}

// openAPI is as much of openapi.yaml as is read here.
type openAPI struct {
	Paths      map[string]map[string]operation
	Components struct {
		Parameters    map[string]parameter
		RequestBodies map[string]struct {
			Content map[string]struct{ Schema schema }
		} `yaml:"requestBodies"`
		Schemas map[string]schema
	}
}

type operation struct {
	Tags        []string
	Security    *[]any
	Parameters  []parameter
	RequestBody reference `yaml:"requestBody"`
}

type reference struct {
	Ref string `yaml:"$ref"`
}

type parameter struct {
	reference `yaml:",inline"`
	Name, In  string
	Schema    schema
}

type schema struct {
	reference  `yaml:",inline"`
	Type       string
	Example    any
	Properties map[string]schema
}

// name is the last part of a reference.
func (r reference) name() string { return r.Ref[strings.LastIndex(r.Ref, "/")+1:] }

// contract are the routes of openapi.yaml that the target has.
func (to *target) contract(t *testing.T) (all []route) {
	t.Helper()
	var d openAPI
	if err := yaml.Unmarshal([]byte(samtest.ReadFile(t, "openapi.yaml")), &d); err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	for path, methods := range d.Paths {
		for method, op := range methods {
			if to.noItems && slices.Contains(op.Tags, "items") {
				continue
			}
			r := route{method: strings.ToUpper(method), path: d.path(t, path, op), public: op.Security != nil && len(*op.Security) == 0}
			r.request = r.method + " " + r.path
			if op.RequestBody.Ref != "" {
				r.field = d.textField(t, r.request, op.RequestBody.name())
			}
			all = append(all, r)
		}
	}
	if len(all) < 5 {
		t.Fatalf("%d routes in openapi.yaml are not all", len(all))
	}
	return all
}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// path has the examples of the path's parameters in their places.
func (d openAPI) path(t *testing.T, template string, op operation) string {
	t.Helper()
	return placeholder.ReplaceAllStringFunc(template, func(name string) string {
		for _, p := range op.Parameters {
			if p.Ref != "" {
				p = d.Components.Parameters[p.name()]
			}
			if example, ok := d.resolve(p.Schema).Example.(string); ok && p.In == "path" && "{"+p.Name+"}" == name {
				return example
			}
		}
		t.Errorf("openapi.yaml: the schema of the path parameter %s of %s has no example", name, template)
		return "x"
	})
}

func (d openAPI) resolve(s schema) schema {
	for s.Ref != "" {
		s = d.Components.Schemas[s.name()]
	}
	return s
}

// textField is the first field of a body, by name, that is a text.
func (d openAPI) textField(t *testing.T, request, body string) string {
	t.Helper()
	var fields []string
	for name, s := range d.resolve(d.Components.RequestBodies[body].Content["application/json"].Schema).Properties {
		if d.resolve(s).Type == "string" {
			fields = append(fields, name)
		}
	}
	if len(fields) == 0 {
		t.Fatalf("%s: openapi.yaml has no field of its body that is a text", request)
	}
	return slices.Min(fields)
}

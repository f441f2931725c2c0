package functions_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/samtest"
)

func TestRoutesOfContract(t *testing.T) {
	t.Parallel()
	got := slices.Sorted(maps.Keys(contract(t).operations()))
	if diff := cmp.Diff(routesInCode(), got); diff != "" {
		t.Errorf("routes of openapi.yaml differ from the code's (-code +openapi):\n%s", diff)
	}
}

// TestContractAuthorizer: the same routes are public as in the code, and a token is what the others want.
func TestContractAuthorizer(t *testing.T) {
	t.Parallel()
	d := contract(t)
	if diff := cmp.Diff([]any{object{"idToken": []any{}}}, d["security"]); diff != "" {
		t.Error(diff)
	}
	if scheme := d.at("#/components/securitySchemes/idToken"); scheme["type"] != "http" || scheme["scheme"] != "bearer" {
		t.Errorf("the token is no bearer token: %v", scheme)
	}
	operations := d.operations()
	for _, r := range slices.Concat(slices.Collect(maps.Values(services()))...) {
		op := operations[r.String()]
		if _, refuses := op.responses["401"]; op.public != r.Public || refuses == r.Public {
			t.Errorf("%s: public in openapi.yaml: %t, responds 401 there: %t; public in the code: %t", r, op.public, refuses, r.Public)
		}
	}
}

// TestContractOfGateway: each response of the gateway's own is one of the contract's, with the same headers.
func TestContractOfGateway(t *testing.T) {
	t.Parallel()
	d := contract(t)
	known := map[string]object{}
	for _, op := range d.operations() {
		for status, r := range op.responses {
			if status >= "400" {
				for _, code := range d.codes(r) {
					known[code] = r
				}
			}
		}
	}
	responses := objectIn(samtest.Lookup(samtest.LoadTemplate(t).Resources["Api"].Properties, "GatewayResponses"))
	code := regexp.MustCompile(`"code":"([a-z_]+)"`)
	for name, v := range responses {
		template, _ := samtest.Lookup(objectIn(v), "ResponseTemplates", "application/json").(string)
		found := code.FindStringSubmatch(template)
		if found == nil {
			t.Errorf("%s has no code: %s", name, template)
			continue
		}
		if found[1] == "route_not_found" { // of no operation
			continue
		}
		headers := objectIn(samtest.Lookup(objectIn(v), "ResponseParameters", "Headers"))
		for header, h := range objectIn(known[found[1]]["headers"]) {
			_, sent := headers[header]
			if required := d.resolve(h)["required"] == true; required && !sent {
				t.Errorf("%s is sent without the header %s that the contract has", name, header)
			}
		}
		if known[found[1]] == nil {
			t.Errorf("%s has the code %s, which the contract does not know", name, found[1])
		}
	}
	if len(responses) == 0 {
		t.Error("the template has no gateway responses")
	}
}

// TestContractExamples: every example is as its schema has it.
func TestContractExamples(t *testing.T) {
	t.Parallel()
	d := contract(t)
	checked := 0
	var walk func(place string, v any)
	walk = func(place string, v any) {
		switch v := v.(type) {
		case []any:
			for _, element := range v {
				walk(place, element)
			}
		case object:
			for name, below := range v {
				walk(place+"/"+name, below)
			}
			for _, example := range d.examples(v) {
				checked++
				for _, wrong := range d.check(exampleSchema(v), example) {
					t.Errorf("%s: %s", place, wrong)
				}
			}
		}
	}
	walk("", object(d))
	if checked < 20 {
		t.Errorf("%d examples are not all", checked)
	}
}

// examples are those that stand beside a schema, or in one.
func (d document) examples(o object) (all []any) {
	if example, ok := o["example"]; ok {
		all = append(all, example)
	}
	if named, ok := o["examples"].(object); ok && o["schema"] != nil {
		for _, v := range named {
			all = append(all, d.resolve(v)["value"])
		}
	}
	return all
}

func exampleSchema(o object) any {
	if schema, ok := o["schema"]; ok {
		return schema
	}
	return o
}

// TestContractReferences: what is referred to is there, what is there is referred to, and all schemas are in the form
// that can be checked.
func TestContractReferences(t *testing.T) {
	t.Parallel()
	for _, wrong := range contract(t).wrongReferences() {
		t.Error("openapi.yaml: ", wrong)
	}
}

// wrongReferences returns all that is wrong with references, links and schemas.
func (d document) wrongReferences() (wrong []string) {
	used := map[string]bool{}
	var walk func(place string, v any)
	walk = func(place string, v any) {
		switch v := v.(type) {
		case []any:
			for i, element := range v {
				walk(fmt.Sprintf("%s[%d]", place, i), element)
			}
		case object:
			if ref, ok := v["$ref"].(string); ok {
				used[ref] = true
				_, problems := d.lookUp(v)
				wrong = append(wrong, within(place, problems)...)
			}
			if schema, ok := v["schema"]; ok {
				wrong = append(wrong, within(place+"/schema", d.malformed(schema))...)
			}
			for name, below := range v {
				walk(place+"/"+name, below)
			}
		}
	}
	walk("", object(d))
	operationIDs := map[string]bool{}
	for _, op := range d.operations() {
		operationIDs[textIn(op.object["operationId"])] = true
	}
	for kind, components := range d.at("#/components") {
		for name, c := range objectIn(components) {
			ref := "#/components/" + kind + "/" + name
			wrong = append(wrong, unless(used[ref] || kind == "securitySchemes", "nothing refers to %s", ref)...)
			wrong = append(wrong, unless(kind != "links" || operationIDs[textIn(objectIn(c)["operationId"])], "%s leads to no operation", ref)...)
			if kind == "schemas" {
				wrong = append(wrong, within(ref, d.malformed(c))...)
			}
		}
	}
	slices.Sort(wrong)
	return slices.Compact(wrong)
}

package functions_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
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
			t.Errorf("%s: public in the contract: %t, answers 401: %t; public in the code: %t", r, op.public, refuses, r.Public)
		}
	}
}

// TestContractProblems: what an operation reads and what guards it decide which problems it has.
func TestContractProblems(t *testing.T) {
	t.Parallel()
	d := contract(t)
	for name, op := range d.operations() {
		got := map[string]bool{}
		for status, r := range op.responses {
			if status >= "400" {
				for _, code := range d.codes(r) {
					got[status+" "+code] = true
				}
			}
		}
		method, path, _ := strings.Cut(name, " ")
		want := map[string]bool{"429 throttled": true, "500 internal": true, "502 bad_gateway": true, "503 unavailable": true, "504 gateway_timeout": true}
		add := func(when bool, problems ...string) {
			for _, p := range problems {
				want[p] = want[p] || when
			}
		}
		body, write := len(op.bodies) > 0, method != "GET"
		conditional := op.parameter("header", "If-Match") != nil
		add(!op.public, "401 unauthenticated")
		add(body, "400 invalid_json", "400 unknown_field", "400 duplicate_field", "400 wrong_type",
			"413 payload_too_large", "415 unsupported_media_type", "422 validation_failed")
		add(conditional || op.parameter("header", "If-None-Match") != nil || op.parameter("header", "Idempotency-Key") != nil, "400 invalid_header")
		add(op.parameter("query", "limit") != nil, "400 invalid_parameter")
		add(op.parameter("query", "cursor") != nil, "400 invalid_cursor")
		add(name == "GET /users" || path == "/items/{id}" && write, "403 forbidden")
		add(path == "/user" || strings.Contains(path, "{"), "404 not_found")
		add(write, "409 conflict")
		add(name == "POST /user", "409 too_many_deletions")
		add(name == "POST /items", "409 owner_deleted", "409 too_many_items", "422 idempotency_key_reused")
		add(conditional, "412 precondition_failed")
		maps.DeleteFunc(want, func(_ string, wanted bool) bool { return !wanted })
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: problems differ (-want +contract):\n%s", name, diff)
		}
	}
}

// TestContractOfGateway: each answer that the gateway makes itself is one of the contract's, and has the
// very headers.
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
	responses, _ := samtest.At(samtest.Load(t).Resources["Api"].Properties, "GatewayResponses").(object)
	code := regexp.MustCompile(`"code":"([a-z_]+)"`)
	for name, v := range responses {
		template, _ := samtest.At(v.(object), "ResponseTemplates", "application/json").(string)
		found := code.FindStringSubmatch(template)
		if found == nil {
			t.Errorf("%s has no code: %s", name, template)
			continue
		}
		if found[1] == "route_not_found" { // of no operation
			continue
		}
		headers, _ := samtest.At(v.(object), "ResponseParameters", "Headers").(object)
		for header, h := range known[found[1]]["headers"].(object) {
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

// TestContractReferences: what is referred to is there, and what is there is referred to, schemas in the form
// that can be checked.
func TestContractReferences(t *testing.T) {
	t.Parallel()
	d := contract(t)
	used := map[string]bool{}
	operationIDs := map[string]bool{}
	for _, op := range d.operations() {
		operationIDs[op.object["operationId"].(string)] = true
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, element := range v {
				walk(element)
			}
		case object:
			if ref, ok := v["$ref"].(string); ok {
				used[ref] = true
				d.resolve(v)
			}
			for _, below := range v {
				walk(below)
			}
		}
	}
	walk(object(d))
	for kind, components := range d.at("#/components") {
		for name, c := range components.(object) {
			ref := "#/components/" + kind + "/" + name
			if !used[ref] && kind != "securitySchemes" {
				t.Errorf("nothing refers to %s", ref)
			}
			if kind == "links" && !operationIDs[c.(object)["operationId"].(string)] {
				t.Errorf("%s leads to no operation", ref)
			}
			if kind == "schemas" {
				d.check(c, nil) // panics at what it does not know
			}
		}
	}
}

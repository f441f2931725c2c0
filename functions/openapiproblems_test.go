package functions_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/samtest"
)

// TestContractProblems: each operation has the problems of what it reads, those of its x-problems, and no others.
func TestContractProblems(t *testing.T) {
	t.Parallel()
	for _, wrong := range contract(t).wrongProblems() {
		t.Error("openapi.yaml: ", wrong)
	}
}

// wrongProblems compares the responses of operations with what they read and with their x-problems.
func (d document) wrongProblems() (wrong []string) {
	for name, op := range d.operations() {
		var got []string
		for status, r := range op.responses {
			if status < "400" {
				continue
			}
			codes := d.codes(r)
			got = append(got, codes...)
			wrong = append(wrong, unless(len(codes) > 0, "%s: response %s has no code, as BadWriteProblem has them", name, status)...)
			wrong = append(wrong, unless(d.hasStatus(r, status), "%s: the problem of response %s is of another status", name, status)...)
		}
		derived := op.derivedProblems()
		for _, code := range slices.Concat(derived, op.refusals) {
			wrong = append(wrong, unless(slices.Contains(got, code), "%s: no response has the code %s", name, code)...)
		}
		for _, code := range got {
			wrong = append(wrong, unless(slices.Contains(derived, code) || slices.Contains(op.refusals, code),
				"%s: a response has the code %s, which follows from nothing that the operation reads: add it to its x-problems, or take it out of the response", name, code)...)
		}
	}
	slices.Sort(wrong)
	return wrong
}

// hasStatus reports whether the problem of a response is of its status.
func (d document) hasStatus(response object, status string) bool {
	parts := listIn(d.problem(response)["allOf"])
	if len(parts) == 0 {
		return true // reported as one without a code
	}
	properties := objectIn(d.resolve(parts[len(parts)-1])["properties"])
	return len(d.check(properties["status"], json.Number(status))) == 0
}

// derivedProblems are the codes of the problems that follow from what an operation reads and what is in front of it.
func (op operation) derivedProblems() []string {
	all := []string{"throttled", "internal", "bad_gateway", "unavailable", "gateway_timeout"}
	add := func(when bool, codes ...string) {
		if when {
			all = append(all, codes...)
		}
	}
	conditional := op.parameter("header", "If-Match") != nil
	add(!op.public, "unauthenticated")
	add(len(op.bodies) > 0, "invalid_json", "unknown_field", "duplicate_field", "wrong_type", "payload_too_large",
		"unsupported_media_type", "validation_failed")
	add(conditional || op.parameter("header", "If-None-Match") != nil || op.parameter("header", "Idempotency-Key") != nil, "invalid_header")
	add(op.parameter("query", "limit") != nil, "invalid_parameter")
	add(op.parameter("query", "cursor") != nil, "invalid_cursor")
	add(conditional, "precondition_failed")
	return all
}

// TestProblemsShown: of each code in an operation's x-problems there is a golden response.
func TestProblemsShown(t *testing.T) {
	t.Parallel()
	shown := map[string][]string{}
	eachGolden(t, func(_ *testing.T, req events.APIGatewayProxyRequest, response apigatewaytest.Response) {
		code, _ := objectIn(response.Body)["code"].(string)
		shown[contractName(req)] = append(shown[contractName(req)], code)
	})
	for _, wrong := range contract(t).unshown(shown) {
		t.Error(wrong)
	}
}

// eachGolden runs a test for each golden response of all services. The failure of one keeps nothing else from being reported.
func eachGolden(t *testing.T, check func(*testing.T, events.APIGatewayProxyRequest, apigatewaytest.Response)) {
	t.Helper()
	for function := range services() {
		t.Run(function, func(t *testing.T) {
			for _, c := range apigatewaytest.Cases(t, samtest.Root(t), function) {
				t.Run(c.Name, func(t *testing.T) {
					var req events.APIGatewayProxyRequest
					if err := json.Unmarshal(c.Event, &req); err != nil {
						t.Fatal(err)
					}
					check(t, req, c.Want(t))
				})
			}
		})
	}
}

// contractName is what the contract calls the route of a request. A HEAD is a GET of which API Gateway leaves out the body.
func contractName(req events.APIGatewayProxyRequest) string {
	return strings.Replace(req.HTTPMethod, "HEAD", "GET", 1) + " " + req.Resource
}

// unshown returns what no golden shows, given the codes that goldens show by operation.
func (d document) unshown(codes map[string][]string) (wrong []string) {
	for name, op := range d.operations() {
		for _, code := range op.refusals {
			service := textIn(cmp.Or(slices.Concat(listIn(op.object["tags"]), []any{"SERVICE"})...))
			wrong = append(wrong, unless(slices.Contains(codes[name], code),
				"%s: no golden shows its problem %s: add an event that gets it to testdata/events/%[3]s, and write its golden with: go test ./functions/%[3]s -run TestGoldens -update",
				name, code, service)...)
		}
	}
	slices.Sort(wrong)
	return wrong
}

// broken is a copy of the contract after a change.
func (d document) broken(t *testing.T, change func(document)) document {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	copied := document(objectIn(decoded(t, string(text))))
	change(copied)
	return copied
}

// TestContractNegative: each of these mistakes in openapi.yaml is reported, by name, and none makes a test panic.
func TestContractNegative(t *testing.T) {
	t.Parallel()
	op := func(d document, path, method string) object {
		return objectIn(objectIn(objectIn(d["paths"])[path])[method])
	}
	schema := func(d document, name string) object { return d.at("#/components/schemas/" + name) }
	for want, change := range map[string]func(document){
		"GET /users: a response has the code forbidden":           func(d document) { delete(op(d, "/users", "get"), "x-problems") },
		"GET /items/{id}: no response has the code owner_deleted": func(d document) { op(d, "/items/{id}", "get")["x-problems"] = []any{"owner_deleted", "not_found"} },
		"PATCH /user: no response has the code conflict":          func(d document) { delete(objectIn(op(d, "/user", "patch")["responses"]), "409") },
		"GET /items: no golden shows its problem forbidden":       func(d document) { op(d, "/items", "get")["x-problems"] = []any{"forbidden"} },
		"DELETE /user: response 409 has no code": func(d document) {
			objectIn(op(d, "/user", "delete")["responses"])["409"] = object{"description": "odd"}
		},
		"DELETE /user: the problem of response 410 is of another": func(d document) { r := objectIn(op(d, "/user", "delete")["responses"]); r["410"] = r["409"] },
		"there is no #/components/schemas/Absent": func(d document) {
			objectIn(schema(d, "User")["properties"])["name"] = object{"$ref": "#/components/schemas/Absent"}
		},
		"nothing refers to #/components/schemas/Lonely":                      func(d document) { d.at("#/components/schemas")["Lonely"] = object{"type": "string"} },
		"name: nothing checks the format date of a schema: add it to format": func(d document) { objectIn(schema(d, "User")["properties"])["name"] = object{"format": "date"} },
		"nothing checks the keyword uniqueItems":                             func(d document) { schema(d, "Tags")["uniqueItems"] = true },
		"#/components/links/ReadItem leads to no operation":                  func(d document) { op(d, "/items/{id}", "get")["operationId"] = "odd" },
	} {
		d := contract(t).broken(t, change)
		wrong := strings.Join(slices.Concat(d.wrongReferences(), d.wrongProblems(), d.unshown(d.allShown())), "\n")
		if !strings.Contains(wrong, want) {
			t.Errorf("%q is not reported:\n%s", want, wrong)
		}
	}
}

// allShown is as if goldens showed every code of the contract as it is now, but for forbidden searches.
func (d document) allShown() map[string][]string {
	all := map[string][]string{}
	for name, op := range d.operations() {
		if all[name] = op.refusals; name == "GET /items" {
			all[name] = nil
		}
	}
	return all
}

// TestContractWithout: without any one of its components, what refers to it is reported, and nothing panics.
func TestContractWithout(t *testing.T) {
	t.Parallel()
	whole, read := contract(t), 0
	for kind, components := range whole.at("#/components") {
		for name := range objectIn(components) {
			d := whole.broken(t, func(d document) { delete(d.at("#/components/"+kind), name) })
			if wrong := slices.Concat(d.wrongReferences(), d.wrongProblems()); len(wrong) == 0 && kind != "securitySchemes" {
				t.Errorf("without %s/%s nothing is reported", kind, name)
			}
			for _, op := range d.operations() {
				read += len(d.checkResponse(op, 200, map[string]string{"Content-Type": "application/json"}, object{}))
				for _, body := range op.bodies {
					read += len(d.boundsOf(body).good) + len(d.check(body, object{}))
				}
			}
		}
	}
	if read == 0 {
		t.Error("nothing was read")
	}
}

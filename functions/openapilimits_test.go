package functions_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
)

// TestContractLimits: what the contract lets through at its limits, the code takes, and what is beyond them, it
// refuses, in every place of every operation's body, query string and headers.
func TestContractLimits(t *testing.T) {
	t.Parallel()
	d := contract(t)
	probed := 0
	for name, op := range d.operations() {
		p := &prober{document: d, op: op, name: name}
		p.probeBody(t)
		p.probeParameters(t)
		probed += p.sent
	}
	if probed < 100 {
		t.Errorf("%d requests are not all", probed)
	}
}

// prober sends requests that differ in one place from one that succeeds, each to services of its own.
type prober struct {
	document
	op   operation
	name string
	sent int
}

// expect reports a value that the code accepts or refuses otherwise than the contract.
func (p *prober) expect(t *testing.T, what string, value any, good bool, response apigatewaytest.Response) {
	t.Helper()
	p.sent++
	refused := response.StatusCode == 400 || response.StatusCode == 422
	if good && response.StatusCode >= 300 || !good && !refused {
		t.Errorf("%s, %s = %.80v: good by openapi.yaml: %t, status %d: %v", p.name, what, value, good, response.StatusCode, response.Body)
	}
}

// probe sends values at and beyond the limits of one place of the request.
func (p *prober) probe(t *testing.T, what string, schema any, send func(value any) apigatewaytest.Response) {
	t.Helper()
	b := p.boundsOf(schema)
	for _, problem := range b.unknown {
		t.Errorf("%s, %s: %s", p.name, what, problem)
	}
	for _, value := range b.good {
		p.expect(t, what, value, true, send(value))
	}
	for _, value := range b.bad {
		p.expect(t, what, value, false, send(value))
	}
}

// exampleOf is the example of an operation's body, and its schema; nil where it has no body.
func (d document) exampleOf(op operation) (example object, schema any) {
	content := objectIn(objectIn(d.resolve(op.object["requestBody"])["content"])["application/json"])
	return objectIn(content["example"]), content["schema"]
}

func (p *prober) probeBody(t *testing.T) {
	t.Helper()
	whole, place := p.exampleOf(p.op)
	if len(p.op.bodies) == 0 {
		return
	}
	if len(whole) == 0 {
		t.Errorf("%s: the request body has no example in openapi.yaml, so that its limits are not looked at", p.name)
		return
	}
	schema := p.resolve(place)
	with := func(name string, value any) apigatewaytest.Response {
		changed := maps.Clone(whole)
		changed[name] = value
		return p.send(t, request{body: changed})
	}
	p.expect(t, "body", whole, true, p.send(t, request{body: whole}))
	for _, name := range listIn(schema["required"]) {
		less := maps.Clone(whole)
		delete(less, textIn(name))
		p.expect(t, textIn(name), "absent", false, p.send(t, request{body: less}))
	}
	for name, property := range objectIn(schema["properties"]) {
		p.expect(t, name, nil, p.resolve(property)["nullable"] == true, with(name, nil))
		p.probe(t, name, property, func(value any) apigatewaytest.Response { return with(name, value) })
		if elements, ok := p.resolve(property)["items"]; ok {
			p.probe(t, name+"[0]", elements, func(value any) apigatewaytest.Response { return with(name, []any{value}) })
		}
	}
}

// probeParameters begins with the examples of the parameters of a query: so a parameter that needs another one has it.
func (p *prober) probeParameters(t *testing.T) {
	t.Helper()
	body, _ := p.exampleOf(p.op)
	examples := map[string][]string{}
	for _, parameter := range p.op.parameters {
		if example, ok := parameter["example"]; ok && parameter["in"] == "query" {
			examples[textIn(parameter["name"])] = []string{fmt.Sprint(example)}
		}
	}
	for _, parameter := range p.op.parameters {
		name, schema := textIn(parameter["name"]), parameter["schema"]
		if elements, ok := p.resolve(schema)["items"]; ok {
			schema = elements
		}
		switch {
		case parameter["in"] == "header":
			p.probe(t, name, schema, func(value any) apigatewaytest.Response {
				return p.send(t, request{headers: map[string]string{name: fmt.Sprint(value)}, body: body})
			})
		case parameter["in"] == "query" && name != "cursor": // a good one is only given out
			p.probe(t, name, schema, func(value any) apigatewaytest.Response {
				query := maps.Clone(examples)
				query[name] = []string{inQuery(value)}
				return p.send(t, request{query: query, body: body})
			})
		}
	}
}

// inQuery is a value as a query string has it.
func inQuery(value any) string {
	if n, is := value.(float64); is {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return fmt.Sprint(value)
}

// link is the operation whose link leads to another one, and the link's parameters.
func (d document) link(to operation) (from string, parameters object) {
	operations := d.operations()
	for _, name := range slices.Sorted(maps.Keys(operations)) {
		for _, response := range operations[name].responses {
			for _, l := range objectIn(response["links"]) {
				if link := d.resolve(l); link["operationId"] == to.object["operationId"] && len(operations[name].bodies) > 0 {
					return name, objectIn(link["parameters"])
				}
			}
		}
	}
	return "", nil
}

// linked are the path's parameters as a link takes them from the body of a response: $response.body#/id.
func linked(parameters object, body any) map[string]string {
	all := map[string]string{}
	for name, from := range parameters {
		if path, in := strings.CutPrefix(name, "path."); in {
			all[path] = textIn(objectIn(body)[strings.TrimPrefix(textIn(from), "$response.body#/")])
		}
	}
	return all
}

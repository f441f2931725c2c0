package functions_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/functions/items"
	"rental.example/functions/users"
)

// bounds are values at the limits of a schema, and values just beyond them.
type bounds struct{ good, bad []any }

func (b *bounds) add(good, bad any) { b.good, b.bad = append(b.good, good), append(b.bad, bad) }

// boundsOf reads them off a schema. Patterns and formats have none: schemathesis looks for those.
func (d document) boundsOf(v any) (b bounds) {
	s := d.resolve(v)
	number := func(name string) (n float64, ok bool) {
		if s[name] != nil {
			n, _ = rational(s[name]).Float64()
		}
		return n, s[name] != nil
	}
	if n, ok := number("minimum"); ok && s["exclusiveMinimum"] == true {
		b.add(n+0.5, n)
	} else if ok {
		b.add(n, n-1)
	}
	if n, ok := number("maximum"); ok {
		b.add(n, n+1)
	}
	if n, ok := number("multipleOf"); ok {
		b.add(n, n/2)
	}
	if n, ok := number("minLength"); ok {
		b.add(filler(s, max(int(n), 6)), filler(s, int(n)-1))
	}
	if n, ok := number("maxLength"); ok {
		b.add(filler(s, int(n)), filler(s, int(n)+1))
	}
	if n, ok := number("maxItems"); ok {
		b.add(slugs(int(n)), slugs(int(n)+1))
	}
	for _, allowed := range enumOf(s) {
		b.add(allowed, "neither")
	}
	return b
}

func enumOf(s object) []any {
	all, _ := s["enum"].([]any)
	return all
}

// filler is a text of n characters as s wants it, but for its length.
func filler(s object, n int) string {
	switch {
	case s["format"] == "idn-email" && n > 100:
		return strings.Repeat("a", 64) + "@" + strings.Repeat(strings.Repeat("b", 60)+".", 4)[:n-65-3] + ".cd"
	case s["format"] == "idn-email" && n > 0:
		return strings.Repeat("a", n-len("@b.cd")) + "@b.cd"
	case s["format"] == "words" && n > 0:
		return strings.Repeat("aaaaaaaaaaaa ", n/13+1)[:n-1] + "a"
	}
	return strings.Repeat("a", n)
}

func slugs(n int) (all []any) {
	for i := range n {
		all = append(all, fmt.Sprintf("tag-%d", i))
	}
	return all
}

// functionsInMemory are both HTTP functions over stores in memory.
func functionsInMemory() func(t testing.TB, req events.APIGatewayProxyRequest) apigatewaytest.Answer {
	logger := cloudwatch.NewLogger(io.Discard, 0, "contract")
	stored := memory.NewItems()
	routes := users.New(memory.NewUsers(), time.Now, logger).Routes()
	routes = append(routes, items.New(item.NewCatalog(stored, stored, memory.NewOwners()), items.Config{
		Now: time.Now, Random: func() (b [10]byte) { _, _ = rand.Read(b[:]); return b }, Logger: logger,
	}).Routes()...)
	router := apigateway.NewRouter(routes, apigateway.Config{AllowedOrigin: "http://localhost:3000", Logger: logger,
		Metrics: cloudwatch.NewMetrics(io.Discard, "rental", "contract", time.Now), Now: time.Now})
	h := lambda.NewHandler(router.Serve)
	return func(t testing.TB, req events.APIGatewayProxyRequest) apigatewaytest.Answer {
		t.Helper()
		req.RequestContext.Authorizer = map[string]any{"claims": map[string]any{
			"sub": "11111111-1111-4111-8111-111111111111", "token_use": "id", "cognito:groups": domain.GroupAdmin}}
		event, err := json.Marshal(req)
		if err != nil {
			t.Fatal(err)
		}
		return apigatewaytest.Invoke(t, h, "", event)
	}
}

// prober sends requests that differ in one place from one that succeeds.
type prober struct {
	document
	op    operation
	name  string
	id    string // of an item
	serve func(testing.TB, events.APIGatewayProxyRequest) apigatewaytest.Answer
}

// send sends the body, if there is one, and the parameters.
func (p prober) send(t testing.TB, query map[string][]string, headers map[string]string, body any) apigatewaytest.Answer {
	t.Helper()
	method, resource, _ := strings.Cut(p.name, " ")
	req := events.APIGatewayProxyRequest{HTTPMethod: method, Resource: resource, PathParameters: map[string]string{"id": p.id},
		MultiValueQueryStringParameters: query, Headers: maps.Clone(headers)}
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		req.Body = string(text)
		if req.Headers == nil {
			req.Headers = map[string]string{}
		}
		req.Headers["Content-Type"] = "application/json"
	}
	return p.serve(t, req)
}

// hold tells of a value that the code does not take as the contract has it.
func (p prober) hold(t *testing.T, what string, value any, good bool, answer apigatewaytest.Answer) {
	t.Helper()
	refused := answer.StatusCode == 400 || answer.StatusCode == 422
	if good && answer.StatusCode >= 300 || !good && !refused {
		t.Errorf("%s, %s = %.80v: good by the contract: %t, status %d: %v", p.name, what, value, good, answer.StatusCode, answer.Body)
	}
}

// probe sends values at and beyond the limits of one place of the request.
func (p prober) probe(t *testing.T, what string, schema any, send func(value any) apigatewaytest.Answer) {
	t.Helper()
	b := p.boundsOf(schema)
	for _, value := range b.good {
		p.hold(t, what, value, true, send(value))
	}
	for _, value := range b.bad {
		p.hold(t, what, value, false, send(value))
	}
}

// TestContractLimits: what the contract lets through at its limits, the code takes, and what is beyond them,
// it refuses.
func TestContractLimits(t *testing.T) {
	t.Parallel()
	d := contract(t)
	serve := functionsInMemory()
	operations := d.operations()
	made := prober{document: d, name: "POST /items", serve: serve}.send(t, nil, nil, d.bodyExample("POST /items"))
	prober{document: d, name: "POST /user", serve: serve}.send(t, nil, nil, d.bodyExample("POST /user"))
	id := made.Body.(object)["id"].(string)
	for _, name := range []string{"POST /user", "PATCH /user", "GET /users", "POST /items", "PATCH /items/{id}", "GET /items"} {
		p := prober{document: d, op: operations[name], name: name, id: id, serve: serve}
		p.probeBody(t)
		p.probeParameters(t)
	}
}

func (d document) bodyExample(name string) object {
	method, path, _ := strings.Cut(name, " ")
	body := d.resolve(d["paths"].(object)[path].(object)[strings.ToLower(method)].(object)["requestBody"])
	return body["content"].(object)["application/json"].(object)["example"].(object)
}

func (p prober) probeBody(t *testing.T) {
	t.Helper()
	if len(p.op.bodies) == 0 {
		return
	}
	whole := p.bodyExample(p.name)
	schema := p.resolve(p.op.bodies["application/json"])
	with := func(name string, value any) apigatewaytest.Answer {
		changed := maps.Clone(whole)
		changed[name] = value
		return p.send(t, nil, nil, changed)
	}
	required, _ := schema["required"].([]any)
	for _, name := range required {
		less := maps.Clone(whole)
		delete(less, name.(string))
		p.hold(t, name.(string), "absent", false, p.send(t, nil, nil, less))
	}
	for name, property := range schema["properties"].(object) {
		p.hold(t, name, nil, p.resolve(property)["nullable"] == true, with(name, nil))
		p.probe(t, name, property, func(value any) apigatewaytest.Answer { return with(name, value) })
		if elements, ok := p.resolve(property)["items"]; ok {
			p.probe(t, name+"[0]", elements, func(value any) apigatewaytest.Answer { return with(name, []any{value}) })
		}
	}
	p.hold(t, "unheard-of", 1, false, with("unheard-of", 1))
}

func (p prober) probeParameters(t *testing.T) {
	t.Helper()
	for _, parameter := range p.op.parameters {
		name, schema := parameter["name"].(string), parameter["schema"]
		query := map[string][]string{}
		if p.name == "GET /items" {
			query = map[string][]string{"q": {"drill"}, "lat": {"1"}, "lng": {"1"}}
		}
		send := func(value any) apigatewaytest.Answer {
			text := fmt.Sprint(value)
			if n, is := value.(float64); is {
				text = strconv.FormatFloat(n, 'f', -1, 64)
			}
			query[name] = []string{text}
			return p.send(t, query, nil, nil)
		}
		if elements, ok := p.resolve(schema)["items"]; ok {
			schema = elements
		}
		switch {
		case name == "Idempotency-Key":
			p.probe(t, name, schema, func(value any) apigatewaytest.Answer {
				return p.send(t, nil, map[string]string{name: value.(string)}, p.bodyExample(p.name))
			})
		case parameter["in"] == "query" && name != "cursor": // a good one is only given out
			p.probe(t, name, schema, send)
		}
	}
}

package functions_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/cloudwatch"
	"rental.example/domain"
)

// bounds are values at the limits of a schema, and values just beyond them; and limits for which none was found.
type bounds struct {
	good, bad []any
	unknown   []string
}

func (b *bounds) add(good, bad any) { b.good, b.bad = append(b.good, good), append(b.bad, bad) }

// boundsOf reads them off a schema. Patterns and formats have none: schemathesis looks for those.
func (d document) boundsOf(v any) (b bounds) {
	s := d.resolve(v)
	number := func(name string) (n float64, ok bool) {
		r, ok := rational(s[name])
		if ok {
			n, _ = r.Float64()
		}
		return n, ok
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
		d.addTexts(&b, s, int(n), int(n)-1)
	}
	if n, ok := number("maxLength"); ok {
		d.addTexts(&b, s, int(n), int(n)+1)
	}
	if n, ok := number("maxItems"); ok {
		d.addLists(&b, s["items"], int(n))
	}
	for _, allowed := range listIn(s["enum"]) {
		b.add(allowed, "neither")
	}
	return b
}

// addTexts adds a good text of n characters, or of the next number that the schema admits, and one of that kind that is
// too short or too long.
func (d document) addTexts(b *bounds, s object, n, bad int) {
	for good := n; good < n+10; good++ {
		for _, text := range fillers() {
			if len(d.check(s, text(good))) == 0 {
				b.add(text(good), text(max(bad, 0)))
				return
			}
		}
	}
	b.unknown = append(b.unknown, fmt.Sprintf("no text of %d characters was found for the pattern %v and the format %v: add one to fillers, in functions/openapibounds_test.go",
		n, s["pattern"], s["format"]))
}

// fillers make texts of n characters; one of them is as a schema wants it.
func fillers() (all []func(n int) string) {
	for _, unit := range []string{"a", "A", "0", "1", "-", ".", "a1", "A0"} {
		all = append(all, func(n int) string { return strings.Repeat(unit, n)[:n] })
	}
	words := func(n int) string {
		return strings.Repeat("aaaaaaaaaaaa ", n)[:max(n-1, 0)] + strings.Repeat("a", min(n, 1))
	}
	mail := func(n int) string {
		return strings.Repeat("a", max(n-len("@b.cd"), 0)) + "@b.cd"[:min(n, len("@b.cd"))]
	}
	longMail := func(n int) string {
		const begin, end = 64 + len("@"), ".cd"
		return strings.Repeat("a", 64) + "@" + strings.Repeat(strings.Repeat("b", 60)+".", n)[:max(n-begin-len(end), 0)] + end
	}
	return append(all, words, mail, longMail)
}

// addLists adds a list of n different elements, and one of an element more.
func (d document) addLists(b *bounds, elements any, n int) {
	var list []any
	for i := range n + 1 {
		for _, element := range []any{fmt.Sprintf("tag-%d", i), json.Number(fmt.Sprint(i)), fmt.Sprintf("%026d", i)} {
			if len(list) == i && len(d.check(elements, element)) == 0 {
				list = append(list, element)
			}
		}
	}
	if len(list) <= n {
		b.unknown = append(b.unknown, fmt.Sprintf("no %d different elements were found for the schema %v: add them to addLists, in functions/openapibounds_test.go", n, elements))
		return
	}
	b.add(list[:n], list)
}

// TestBoundsOfPatterns: a text is found for patterns that forbid letters, digits or small letters; where none is found, the
// failure says so.
func TestBoundsOfPatterns(t *testing.T) {
	t.Parallel()
	for schema, want := range map[string]string{
		`{"type":"string","maxLength":5,"pattern":"^[0-9]+$"}`:                  "00000 000000",
		`{"type":"string","maxLength":4,"pattern":"^[A-Z]*$"}`:                  "AAAA AAAAA",
		`{"type":"string","minLength":3,"pattern":"^[a-z][0-9]([a-z][0-9])*$"}`: "a1a1 a1",
		`{"type":"string","minLength":1,"format":"idn-email"}`:                  "a@b.cd ",
		`{"type":"string","maxLength":6,"pattern":"^#+$"}`:                      "no text of 6 characters was found for the pattern ^#+$",
		`{"type":"array","maxItems":2,"items":{"type":"integer"}}`:              "[0 1] [0 1 2]",
		`{"type":"array","maxItems":1,"items":{"type":"boolean"}}`:              "no 1 different elements were found",
	} {
		b := document{}.boundsOf(decoded(t, schema))
		got := strings.Join(b.unknown, "; ")
		if len(b.good) == 1 {
			got = strings.TrimPrefix(strings.Join([]string{inQuery(b.good[0]), inQuery(b.bad[0])}, " "), " ")
		}
		if !strings.HasPrefix(got, want) || got == "" {
			t.Errorf("%s: %q, want %q", schema, got, want)
		}
	}
}

// request is what a prober sends, beside the path.
type request struct {
	query   map[string][]string
	headers map[string]string
	body    object
}

// send sends a request to services that are new. What a link of the contract leads from is done before: so there is a
// record, and the path has its id.
func (p *prober) send(t testing.TB, r request) apigatewaytest.Response {
	t.Helper()
	serve := serviceInMemory()
	var path map[string]string
	if from, parameters := p.link(p.op); from != "" {
		example, _ := p.exampleOf(p.operations()[from])
		path = linked(parameters, serve(t, from, nil, request{body: example}).Body)
	}
	return serve(t, p.name, path, r)
}

// routerInMemory serves all services, over stores of its own.
func routerInMemory() *apigateway.Router {
	var routes []apigateway.Route
	for _, own := range services() {
		routes = append(routes, own...)
	}
	logger := cloudwatch.NewLogger(io.Discard, 0, "contract")
	return apigateway.NewRouter(routes, apigateway.Config{AllowedOrigin: "http://localhost:3000", Logger: logger,
		Metrics: cloudwatch.NewMetrics(io.Discard, "rental", "contract", time.Now), Now: time.Now})
}

// serviceInMemory sends requests of an admin to all services.
func serviceInMemory() func(t testing.TB, route string, path map[string]string, r request) apigatewaytest.Response {
	h := routerInMemory()
	return func(t testing.TB, route string, path map[string]string, r request) apigatewaytest.Response {
		t.Helper()
		method, resource, _ := strings.Cut(route, " ")
		req := events.APIGatewayProxyRequest{HTTPMethod: method, Resource: resource, PathParameters: path,
			MultiValueQueryStringParameters: r.query, Headers: map[string]string{}}
		maps.Copy(req.Headers, r.headers)
		if len(r.body) > 0 {
			text, err := json.Marshal(r.body)
			if err != nil {
				t.Fatal(err)
			}
			req.Body, req.Headers["Content-Type"] = string(text), "application/json"
		}
		req.RequestContext.Authorizer = map[string]any{"claims": map[string]any{
			"sub": "11111111-1111-4111-8111-111111111111", "token_use": "id", "cognito:groups": domain.GroupAdmin}}
		event, err := json.Marshal(req)
		if err != nil {
			t.Fatal(err)
		}
		return apigatewaytest.Invoke(t, h, "", event)
	}
}

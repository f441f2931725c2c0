package functions_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"mime"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/samtest"
)

// TestContractOfGoldens: every golden response is one of the contract's, and so is every request that succeeds.
func TestContractOfGoldens(t *testing.T) {
	t.Parallel()
	d := contract(t)
	operations := d.operations()
	shown := map[string]bool{}
	eachGolden(t, func(t *testing.T, req events.APIGatewayProxyRequest, response apigatewaytest.Response) {
		wrong, succeeded := d.checkGolden(t, operations, req, response)
		for _, w := range wrong {
			t.Errorf("a golden and openapi.yaml differ in %s: %s", contractName(req), w)
		}
		shown[contractName(req)] = shown[contractName(req)] || succeeded
	})
	for name := range operations {
		if !shown[name] {
			t.Errorf("no golden response shows that %s succeeds", name)
		}
	}
}

// checkGolden returns what is wrong with a golden response, and whether it shows that the operation succeeds.
func (d document) checkGolden(t testing.TB, operations map[string]operation, req events.APIGatewayProxyRequest, response apigatewaytest.Response) (wrong []string, succeeded bool) {
	t.Helper()
	op, known := operations[contractName(req)]
	if !known {
		return unless(objectIn(response.Body)["code"] == "route_not_found", "%s is not in openapi.yaml, under paths", contractName(req)), false
	}
	wrong = d.checkResponse(op, response.StatusCode, response.Headers, inNumbers(t, response.Body))
	if response.StatusCode >= 400 {
		return wrong, false
	}
	return append(wrong, d.checkRequest(t, op, req)...), true
}

// checkResponse returns what is wrong with a response of an operation.
func (d document) checkResponse(op operation, status int, headers map[string]string, body any) (wrong []string) {
	response, known := op.responses[strconv.Itoa(status)]
	if !known {
		return unless(false, "status %d is not in openapi.yaml", status)
	}
	declared := objectIn(response["headers"])
	for name, h := range declared {
		header := d.resolve(h)
		value, sent := headers[name]
		switch {
		case sent:
			wrong = append(wrong, within(name, d.check(header["schema"], d.read(header["schema"], value)))...)
		case header["required"] == true:
			wrong = append(wrong, "the header "+name+" is missing")
		}
	}
	for name := range headers {
		_, known := declared[name]
		wrong = append(wrong, unless(known || name == "Content-Type", "the header %s is not in openapi.yaml", name)...)
	}
	content := schemas(response)
	media, typed := headers["Content-Type"]
	if !typed && len(content) == 0 {
		return append(wrong, unless(body == "", "a body without a Content-Type: %v", body)...)
	}
	schema, known := content[media]
	if !known {
		return append(wrong, "bodies of "+media+" are not in openapi.yaml")
	}
	if status < 400 {
		wrong = append(wrong, d.unknownMembers("body", schema, body)...)
	}
	return append(wrong, within("body", d.check(schema, body))...)
}

// read is a parameter or a header as its schema means it: text, but for numbers.
func (d document) read(schema any, text string) any {
	switch d.resolve(schema)["type"] {
	case "number", "integer":
		if json.Valid([]byte(text)) {
			return json.Number(text)
		}
	}
	return text
}

// checkRequest returns what is wrong with a request that has succeeded.
func (d document) checkRequest(t testing.TB, op operation, req events.APIGatewayProxyRequest) (wrong []string) {
	t.Helper()
	for name, values := range req.MultiValueQueryStringParameters {
		wrong = append(wrong, within(name, d.checkParameter(op.parameter("query", name), values))...)
	}
	for name, value := range req.PathParameters {
		text, err := url.PathUnescape(value)
		if err != nil {
			t.Fatal(err)
		}
		wrong = append(wrong, within(name, d.checkParameter(op.parameter("path", name), []string{text}))...)
	}
	for _, name := range []string{"If-Match", "If-None-Match", "Idempotency-Key"} {
		for sent, values := range req.MultiValueHeaders {
			if strings.EqualFold(sent, name) {
				wrong = append(wrong, within(name, d.checkParameter(op.parameter("header", name), values))...)
			}
		}
	}
	return append(wrong, d.checkBody(t, op, req)...)
}

func (d document) checkParameter(schema any, values []string) []string {
	switch {
	case schema == nil:
		return unless(false, "is not in openapi.yaml")
	case d.resolve(schema)["type"] == "array":
		var list []any
		for _, v := range values {
			list = append(list, v)
		}
		return d.check(schema, list)
	}
	return d.check(schema, d.read(schema, strings.Join(values, ", ")))
}

func (d document) checkBody(t testing.TB, op operation, req events.APIGatewayProxyRequest) []string {
	t.Helper()
	if len(op.bodies) == 0 {
		return unless(req.Body == "", "no body is in openapi.yaml")
	}
	body := req.Body
	if req.IsBase64Encoded {
		data, err := base64.StdEncoding.DecodeString(body)
		if err != nil {
			t.Fatal(err)
		}
		body = string(data)
	}
	sent := ""
	for name, value := range req.Headers {
		if strings.EqualFold(name, "Content-Type") {
			sent = value
		}
	}
	media, _, err := mime.ParseMediaType(sent)
	schema, known := op.bodies[media]
	if err != nil || !known {
		return unless(false, "bodies of %s are not in openapi.yaml", sent)
	}
	return within("body", d.check(schema, decoded(t, body)))
}

// TestGoldensNegative: a response or a request that differs from the contract in one place is reported, with what to add.
func TestGoldensNegative(t *testing.T) {
	t.Parallel()
	d := contract(t)
	item := d.at("#/components/examples/Item")["value"]
	good := map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Location, Retry-After",
		"Content-Type": "application/json", "ETag": `"1.0"`, "Vary": "Origin", "X-Content-Type-Options": "nosniff"}
	with := func(name, value string) map[string]string {
		headers := maps.Clone(good)
		if headers[name] = value; value == "" {
			delete(headers, name)
		}
		return headers
	}
	request := events.APIGatewayProxyRequest{HTTPMethod: "GET", Resource: "/items/{id}"}
	for want, response := range map[string]apigatewaytest.Response{
		"":                    {StatusCode: 200, Headers: good, Body: item},
		"status 201":          {StatusCode: 201, Headers: good, Body: item},
		"ETag is missing":     {StatusCode: 200, Headers: with("ETag", ""), Body: item},
		"ETag: ":              {StatusCode: 200, Headers: with("ETag", `"1"`), Body: item},
		"header X-Odd":        {StatusCode: 200, Headers: with("X-Odd", "1"), Body: item},
		"bodies of text/css":  {StatusCode: 200, Headers: with("Content-Type", "text/css"), Body: item},
		"body.odd is not in":  {StatusCode: 200, Headers: good, Body: map[string]any{"odd": true}},
		"body: id is missing": {StatusCode: 200, Headers: good, Body: object{}},
	} {
		wrong, _ := d.checkGolden(t, d.operations(), request, response)
		checkFindings(t, want, wrong, want)
	}
	unknown := events.APIGatewayProxyRequest{HTTPMethod: "DELETE", Resource: "/bookings/{id}"}
	wrong, _ := d.checkGolden(t, d.operations(), unknown, apigatewaytest.Response{StatusCode: 204, Body: ""})
	checkFindings(t, "no route", wrong, "DELETE /bookings/{id} is not in openapi.yaml, under paths")
}

// TestDecoder: adapters/apigateway decodes the members of an event that code reads, and skips the others. Code that reads
// one of those gets another response here, where encoding/json decodes all of them.
func TestDecoder(t *testing.T) {
	t.Parallel()
	for function := range services() {
		for _, c := range apigatewaytest.Cases(t, samtest.Root(t), function) {
			t.Run(function+"/"+c.Name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { // in which two requests have the same time
					want := apigatewaytest.Invoke(t, lambda.NewHandler(routerInMemory().Serve), "", c.Event)
					c.CheckEqual(t, want, apigatewaytest.Invoke(t, routerInMemory(), "", c.Event))
				})
			})
		}
	}
}

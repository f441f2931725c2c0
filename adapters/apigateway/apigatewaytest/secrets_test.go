package apigatewaytest_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway/apigatewaytest"
)

// recorder records whether a test failed, and its messages.
type recorder struct {
	testing.TB
	failed   bool
	messages string
}

func (r *recorder) Helper() {}
func (r *recorder) Errorf(format string, args ...any) {
	r.failed, r.messages = true, r.messages+fmt.Sprintf(format, args...)
}

// TestCheckNoSecrets has outputs with and without data of an event.
func TestCheckNoSecrets(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		event, output string
		leaks         bool
	}{
		"value":         {`{"body":"{\"name\":\"Jane Doe\"}"}`, `{"error":"name Jane Doe"}`, true},
		"base64":        {`{"isBase64Encoded":true,"body":"eyJuYW1lIjoiSmFuZSBEb2UifQ=="}`, `{"error":"name Jane Doe"}`, true},
		"member's name": {`{"body":"{\"jane@example.com\":1}"}`, `{"error":"unknown jane@example.com"}`, true},
		"number":        {`{"body":"{\"ratings\":3.14159}"}`, `{"error":"ratings 3.14159"}`, true},
		"no JSON":       {`{"body":"{\"name\":\"Jane Doe"}`, `{"error":"broken Jane Doe"}`, true},
		"escaped":       {`{"headers":{"Authorization":"Bearer \u0061b\u00e9c"}}`, `{"error":"Bearer ab\u00e9c"}`, true},
		"image":         {`{"Records":[{"dynamodb":{"NewImage":{"email":{"S":"jane@example.com"}}}}]}`, `{"error":"jane@example.com"}`, true},
		"id":            {`{"requestContext":{"requestId":"0ca7504f"},"body":"{}"}`, `{"api_request_id":"0ca7504f"}`, false},
		"another word":  {`{"body":"{\"tag\":\"loud\"}"}`, `{"_aws":"CloudWatch, cloudwatch"}`, false},
		"nothing":       {`{}`, ``, true},
	} {
		r := &recorder{TB: t}
		apigatewaytest.Case{Name: name, Event: []byte(test.event)}.CheckNoSecrets(r, test.output)
		if r.failed != test.leaks {
			t.Errorf("%s: leaks %t, want %t", name, r.failed, test.leaks)
		}
	}
}

// TestFieldNames: the names are those of request bodies, through references, of nested objects and lists, and none of
// responses.
func TestFieldNames(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	const document = `
paths:
  /a:
    post:
      requestBody: { $ref: "#/components/requestBodies/A" }
      responses: { "200": { content: { application/json: { schema: { $ref: "#/components/schemas/View" } } } } }
components:
  requestBodies: { A: { content: { application/json: { schema: { $ref: "#/components/schemas/A" } } } } }
  schemas:
    A: { properties: { colour: { enum: [red, 7] }, parts: { items: { $ref: "#/components/schemas/Part" } } } }
    Part: { properties: { weight: {}, parent: { $ref: "#/components/schemas/A" } } }
    View: { properties: { id: {}, state: { enum: [secret] } } }
`
	if err := os.WriteFile(filepath.Join(root, "openapi.yaml"), []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	want := []string{"colour", "parent", "parts", "red", "weight"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(apigatewaytest.FieldNames(t, root)))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSecretsInFields: the name of a field is no secret, unless the contract lacks it; then the failure says where to add it.
func TestSecretsInFields(t *testing.T) {
	t.Parallel()
	cases := apigatewaytest.Cases(t, "../../..", "users")
	for body, leaks := range map[string]bool{`{"ratings":1}`: false, `{"nickname":1}`: true, `{"createdAt":1}`: true} {
		c, r := cases[0], &recorder{TB: t}
		c.Event = []byte(`{"body":` + strconv.Quote(body) + `}`)
		c.CheckNoSecrets(r, "ratings nickname createdAt")
		if r.failed != leaks || leaks && !strings.Contains(r.messages, apigatewaytest.FieldHint) {
			t.Errorf("%s: leaks %t, want %t: %s", body, r.failed, leaks, r.messages)
		}
	}
}

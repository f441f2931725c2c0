// Package apigatewaytest replays raw events from testdata against handlers and holds the answers
// against golden files, as every HTTP function's tests do.
package apigatewaytest

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Update reports whether the tests are to rewrite golden files, by the flag -update.
func Update() bool { return *update }

// Case is one event in a file and the answer that is expected to it.
type Case struct {
	Name   string // the file's name without its ending
	Event  []byte
	golden string
	fields map[string]bool // FieldNames
}

// Cases reads all events of a function from testdata/events/<function>, seen from the folder root.
func Cases(t testing.TB, root, function string) []Case {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "testdata", "events", function, "*.json"))
	if err != nil || len(files) == 0 { // the pattern is a good one
		t.Fatalf("no events in testdata/events/%s: add one of each kind, and write the goldens with: go test ./functions/%[1]s -run TestGoldens -update", function)
	}
	cases, fields := make([]Case, 0, len(files)), FieldNames(t, root)
	for _, file := range files {
		event, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, Case{
			Name: strings.TrimSuffix(filepath.Base(file), ".json"), Event: event,
			golden: filepath.Join(root, "testdata", "golden", function, filepath.Base(file)), fields: fields,
		})
	}
	return cases
}

// Response is an answer in the form of the golden files: the body, where it is JSON, opened up.
type Response struct {
	StatusCode int               `json:"statusCode"`
	Headers    map[string]string `json:"headers"`
	Body       any               `json:"body"`
}

// Invoke runs a handler as the Lambda runtime does, in an invocation of the given id.
func Invoke(t testing.TB, h lambda.Handler, requestID string, event []byte) Response {
	t.Helper()
	answer, err := h.Invoke(invocation(requestID), event)
	if err != nil {
		t.Fatalf("the handler failed: %v", err)
	}
	return ParseResponse(t, answer)
}

func invocation(requestID string) context.Context {
	return lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{AwsRequestID: requestID})
}

// ParseResponse reads a raw answer, and fails the test where API Gateway would answer 502.
func ParseResponse(t testing.TB, answer []byte) Response {
	t.Helper()
	var resp events.APIGatewayProxyResponse
	d := json.NewDecoder(bytes.NewReader(answer))
	d.DisallowUnknownFields()
	if err := d.Decode(&resp); err != nil {
		t.Fatalf("the answer is not a proxy response: %v\n%s", err, answer)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 599 || resp.IsBase64Encoded || len(resp.MultiValueHeaders) > 0 {
		t.Fatalf("unexpected answer: %+v", resp)
	}
	got := Response{StatusCode: resp.StatusCode, Headers: resp.Headers, Body: resp.Body}
	if strings.HasSuffix(resp.Headers["Content-Type"], "json") {
		if err := json.Unmarshal([]byte(resp.Body), &got.Body); err != nil {
			t.Fatalf("the body is not JSON: %v\n%s", err, resp.Body)
		}
	}
	return got
}

// Want is the golden answer of the case.
func (c Case) Want(t testing.TB) (want Response) {
	t.Helper()
	data, err := os.ReadFile(c.golden)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatalf("%s: %v", c.golden, err)
	}
	return want
}

// Check compares an answer with the golden file; with the flag -update it rewrites the file.
func (c Case) Check(t testing.TB, got Response) {
	t.Helper()
	if *update {
		c.write(t, got)
		return
	}
	c.CheckEqual(t, c.Want(t), got)
}

// CheckEqual compares an answer with one that was made of the golden one.
func (c Case) CheckEqual(t testing.TB, want, got Response) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer differs from %s (-want +got):\n%s", c.golden, diff)
	}
}

// CheckResult compares what came of an event that is no HTTP request, as JSON, with the golden file; with the
// flag -update it rewrites the file.
func (c Case) CheckResult(t testing.TB, got any) {
	t.Helper()
	if *update {
		c.write(t, got)
		return
	}
	want, err := os.ReadFile(c.golden)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	text := strings.ReplaceAll(string(want), "\r\n", "\n") // as an editor may have left it
	if diff := cmp.Diff(text, string(encode(t, got))); diff != "" {
		t.Errorf("the outcome differs from %s (-want +got):\n%s", c.golden, diff)
	}
}

func (c Case) write(t testing.TB, got any) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(c.golden), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.golden, encode(t, got), 0o644); err != nil {
		t.Fatal(err)
	}
}

func encode(t testing.TB, got any) []byte {
	t.Helper()
	var data bytes.Buffer
	e := json.NewEncoder(&data)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(got); err != nil {
		t.Fatal(err)
	}
	return data.Bytes()
}

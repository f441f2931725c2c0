// Package apigatewaytest invokes functions with the events in testdata and compares the results with golden files. The
// tests of functions that consume queues and streams use it, too.
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

// Update reports whether the flag -update is set, by which tests rewrite golden files.
func Update() bool { return *update }

// Case is an event in a file with its golden file.
type Case struct {
	Name   string // the file's name without its extension
	Event  []byte
	golden string
	fields map[string]bool // FieldNames
}

// Cases returns the events of a function in testdata/events/<function>, below the directory root.
func Cases(t testing.TB, root, function string) []Case {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "testdata", "events", function, "*.json"))
	if err != nil || len(files) == 0 { // the pattern is valid
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

// Response is a response in the form of the golden files, with a JSON body decoded.
type Response struct {
	StatusCode int               `json:"statusCode"`
	Headers    map[string]string `json:"headers"`
	Body       any               `json:"body"`
}

// Event returns the event of that name.
func Event(t testing.TB, root, function, name string) []byte {
	t.Helper()
	event, err := os.ReadFile(filepath.Join(root, "testdata", "events", function, name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// Invoke invokes a handler as the Lambda runtime does, with a request id.
func Invoke(t testing.TB, h lambda.Handler, requestID string, event []byte) Response {
	t.Helper()
	response, err := h.Invoke(invocation(requestID), event)
	if err != nil {
		t.Fatalf("the handler failed: %v", err)
	}
	return ParseResponse(t, response)
}

func invocation(requestID string) context.Context {
	return lambdacontext.NewContext(context.Background(), &lambdacontext.LambdaContext{AwsRequestID: requestID})
}

// ParseResponse decodes a response. It fails the test if API Gateway would respond with 502.
func ParseResponse(t testing.TB, response []byte) Response {
	t.Helper()
	var resp events.APIGatewayProxyResponse
	d := json.NewDecoder(bytes.NewReader(response))
	d.DisallowUnknownFields()
	if err := d.Decode(&resp); err != nil {
		t.Fatalf("not a proxy response: %v\n%s", err, response)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 599 || resp.IsBase64Encoded || len(resp.MultiValueHeaders) > 0 {
		t.Fatalf("unexpected response: %+v", resp)
	}
	got := Response{StatusCode: resp.StatusCode, Headers: resp.Headers, Body: resp.Body}
	if strings.HasSuffix(resp.Headers["Content-Type"], "json") {
		if err := json.Unmarshal([]byte(resp.Body), &got.Body); err != nil {
			t.Fatalf("the body is not JSON: %v\n%s", err, resp.Body)
		}
	}
	return got
}

// Want returns the golden response of the case.
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

// Check compares a response with the golden file, or rewrites the file with the flag -update.
func (c Case) Check(t testing.TB, got Response) {
	t.Helper()
	if *update {
		c.write(t, got)
		return
	}
	c.CheckEqual(t, c.Want(t), got)
}

// CheckEqual compares a response with one derived from the golden file.
func (c Case) CheckEqual(t testing.TB, want, got Response) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("response differs from %s (-want +got):\n%s", c.golden, diff)
	}
}

// CheckResult compares the result of an event that is not an HTTP request with the golden file, or rewrites the file with
// the flag -update.
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
		t.Errorf("result differs from %s (-want +got):\n%s", c.golden, diff)
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

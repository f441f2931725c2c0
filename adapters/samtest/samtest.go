// Package samtest reads template.yaml and other files of the project for tests, and invokes functions that the SAM CLI has
// built.
package samtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// Template is template.yaml without evaluation of intrinsic functions: the value of !Ref X is X.
type Template struct {
	Parameters map[string]map[string]any `yaml:"Parameters"`
	Globals    map[string]any            `yaml:"Globals"`
	Resources  map[string]Resource       `yaml:"Resources"`
}

// Resource is one resource of a template.
type Resource struct {
	Type       string         `yaml:"Type"`
	Condition  string         `yaml:"Condition"`
	Metadata   map[string]any `yaml:"Metadata"`
	Properties map[string]any `yaml:"Properties"`
}

// Root returns the directory of go.mod above the test.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}

// ReadFile returns the text of a file of the project, given by its slash-separated path from the root, with line ends \n.
func ReadFile(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(Root(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}

// LoadTemplate reads template.yaml.
func LoadTemplate(t testing.TB) Template {
	t.Helper()
	var template Template
	if err := yaml.Unmarshal([]byte(ReadFile(t, "template.yaml")), &template); err != nil {
		t.Fatalf("template.yaml: %v", err)
	}
	return template
}

// Properties returns the properties of a resource.
func (tp Template) Properties(t testing.TB, logicalID string) map[string]any {
	t.Helper()
	r, ok := tp.Resources[logicalID]
	if !ok {
		t.Fatalf("template.yaml has no resource %s", logicalID)
	}
	return r.Properties
}

// Lookup returns the value at a path of keys below properties, or nil.
func Lookup(properties map[string]any, path ...string) any {
	var v any = properties
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// Invoke invokes a function that "sam local start-lambda" runs, and returns its response in compact JSON. The test is
// skipped without SAM_LAMBDA_ENDPOINT; under CI it fails.
func Invoke(t testing.TB, function string, event []byte) []byte {
	t.Helper()
	endpoint := Endpoint(t, "SAM_LAMBDA_ENDPOINT", "sam-lambda")
	resp, err := http.Post(endpoint+"/2015-03-31/functions/"+function+"/invocations", "application/json", bytes.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	response, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("invoking %s: status %d, %v\n%s", function, resp.StatusCode, err, response)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, response); err != nil {
		t.Fatalf("invoking %s: %v\n%s", function, err, response)
	}
	return compact.Bytes()
}

// Endpoint returns the endpoint of an engine from an environment variable. Without it the test is skipped; under CI it
// fails.
func Endpoint(t testing.TB, variable, engine string) string {
	t.Helper()
	endpoint := os.Getenv(variable)
	if endpoint != "" {
		return endpoint
	}
	const how = "%s is not set; testdata/engines/with %s go test ./... starts the engine"
	if os.Getenv("CI") == "true" {
		t.Fatalf(how, variable, engine)
	}
	t.Skipf(how, variable, engine)
	return ""
}

// Package samtest is for tests that hold Go code against what is deployed: it reads template.yaml, and
// invokes functions that the SAM CLI has built.
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

// Template is template.yaml with its intrinsic functions as they are written: the value of !Ref X is X.
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

// Root is the folder of go.mod above the test.
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

// ReadFile is the text of a file of the project, by its path from the root with slashes; lines end with \n, as they do where
// Git leaves them alone.
func ReadFile(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(Root(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}

// LoadTemplate reads the project's template.
func LoadTemplate(t testing.TB) Template {
	t.Helper()
	var template Template
	if err := yaml.Unmarshal([]byte(ReadFile(t, "template.yaml")), &template); err != nil {
		t.Fatalf("template.yaml: %v", err)
	}
	return template
}

// Properties are the properties of a resource that has to be there.
func (tp Template) Properties(t testing.TB, logicalID string) map[string]any {
	t.Helper()
	r, ok := tp.Resources[logicalID]
	if !ok {
		t.Fatalf("template.yaml has no resource %s", logicalID)
	}
	return r.Properties
}

// Lookup is what stands at a path of keys below properties, or nil.
func Lookup(properties map[string]any, path ...string) any {
	var v any = properties
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// Invoke sends an event to a function that "sam local start-lambda" runs, and returns its answer, without
// the spaces that SAM puts between. The test is skipped where no SAM_LAMBDA_ENDPOINT says where that listens, and fails so under CI.
func Invoke(t testing.TB, function string, event []byte) []byte {
	t.Helper()
	endpoint := Endpoint(t, "SAM_LAMBDA_ENDPOINT", "sam-lambda")
	resp, err := http.Post(endpoint+"/2015-03-31/functions/"+function+"/invocations", "application/json", bytes.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("invoking %s: status %d, %v\n%s", function, resp.StatusCode, err, answer)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, answer); err != nil {
		t.Fatalf("invoking %s: %v\n%s", function, err, answer)
	}
	return compact.Bytes()
}

// Endpoint is where an engine listens, as the variable says. Without it the test is skipped; under CI,
// where nothing may be missing, it fails.
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

// Package samtest reads template.yaml for tests that hold Go code against what is deployed.
package samtest

import (
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"
)

// Template is template.yaml with its intrinsic functions as they are written: the value of !Ref X is X.
type Template struct {
	Globals   map[string]any      `yaml:"Globals"`
	Resources map[string]Resource `yaml:"Resources"`
}

// Resource is one resource of a template.
type Resource struct {
	Type       string         `yaml:"Type"`
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

// Load reads the project's template.
func Load(t testing.TB) Template {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(Root(t), "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var template Template
	if err := yaml.Unmarshal(data, &template); err != nil {
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

// At is what stands at a path of keys below properties, or nil.
func At(properties map[string]any, path ...string) any {
	var v any = properties
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

package apigatewaytest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// FieldHint says what to do about a name of a field that CheckNoSecrets, or the suite of functions/e2e, takes for a secret.
const FieldHint = "if it is the name of a field, or one of its values, add it to the schema of the request's body in openapi.yaml: " +
	"FieldNames reads those"

// FieldNames returns the names of the fields of all request bodies in openapi.yaml, which is in the directory root, and the
// values of their enums. They occur in the texts of problems, and so may be logged. Fields of responses alone may not.
func FieldNames(t testing.TB, root string) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := yaml.Unmarshal(data, &document); err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	c := fieldCollector{document: document, names: map[string]bool{}, seen: map[string]bool{}}
	paths, _ := document["paths"].(map[string]any)
	for _, methods := range paths {
		operations, _ := methods.(map[string]any)
		for _, o := range operations {
			operation, _ := o.(map[string]any)
			c.collect(operation["requestBody"])
		}
	}
	return c.names
}

// fieldCollector collects names of fields and values of enums from the schemas of a document.
type fieldCollector struct {
	document map[string]any
	names    map[string]bool
	seen     map[string]bool // references, which may be circular
}

func (c fieldCollector) collect(v any) {
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			c.collect(element)
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && !c.seen[ref] {
			c.seen[ref] = true
			c.collect(c.resolve(ref))
		}
		properties, _ := v["properties"].(map[string]any)
		for name := range properties {
			c.names[name] = true
		}
		values, _ := v["enum"].([]any)
		for _, value := range values {
			if text, ok := value.(string); ok {
				c.names[text] = true
			}
		}
		for _, member := range v {
			c.collect(member)
		}
	}
}

// resolve returns what a reference within the document refers to, or nil.
func (c fieldCollector) resolve(ref string) any {
	var v any = c.document
	for key := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		o, _ := v.(map[string]any)
		v = o[key]
	}
	return v
}

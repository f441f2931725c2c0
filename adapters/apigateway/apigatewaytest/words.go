package apigatewaytest

import (
	"os"
	"path/filepath"
	"testing"

	"go.yaml.in/yaml/v3"
)

// FieldHint says what to do about a name of a field that CheckNoSecrets, or the suite of functions/e2e, takes for a secret.
const FieldHint = "if it is the name of a field, or one of its values, add it to the schema of the request's body in openapi.yaml: " +
	"FieldNames reads those"

// FieldNames returns the names of all fields in openapi.yaml, which is in the directory root, and the values of enums. They
// occur in the texts of problems, and so may be logged.
func FieldNames(t testing.TB, root string) map[string]bool {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var document any
	if err := yaml.Unmarshal(data, &document); err != nil {
		t.Fatalf("openapi.yaml: %v", err)
	}
	names := make(map[string]bool)
	addNames(names, document)
	return names
}

func addNames(names map[string]bool, v any) {
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			addNames(names, element)
		}
	case map[string]any:
		properties, _ := v["properties"].(map[string]any)
		for name := range properties {
			names[name] = true
		}
		values, _ := v["enum"].([]any)
		for _, value := range values {
			if text, ok := value.(string); ok {
				names[text] = true
			}
		}
		for _, member := range v {
			addNames(names, member)
		}
	}
}

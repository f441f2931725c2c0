package apigatewaytest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// FieldHint is what to do about a word that CheckNoSecrets, or the suite of functions/e2e, takes for a secret though it is
// the name of a field.
const FieldHint = "if it is the name of a field, or one of its values, add it to the schema of the request's body in openapi.yaml: FieldNames reads those"

// FieldNames are the names of the fields of all request bodies in openapi.yaml, which is in the folder root, and the
// values of those that have a list of values. They are in the texts of problems, and so may be in a log, whoever sent
// them.
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
	r := wordReader{document: document, words: map[string]bool{}, seen: map[string]bool{}}
	paths, _ := document["paths"].(map[string]any)
	for _, methods := range paths {
		operations, _ := methods.(map[string]any)
		for _, o := range operations {
			operation, _ := o.(map[string]any)
			r.read(operation["requestBody"])
		}
	}
	return r.words
}

// wordReader collects words of schemas.
type wordReader struct {
	document map[string]any
	words    map[string]bool
	seen     map[string]bool // references
}

// read takes in what is below v, and what that refers to.
func (r wordReader) read(v any) {
	switch v := v.(type) {
	case []any:
		for _, element := range v {
			r.read(element)
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && !r.seen[ref] {
			r.seen[ref] = true
			r.read(r.at(ref))
		}
		if properties, ok := v["properties"].(map[string]any); ok {
			for name := range properties {
				r.words[name] = true
			}
		}
		if values, ok := v["enum"].([]any); ok {
			for _, value := range values {
				if text, ok := value.(string); ok {
					r.words[text] = true
				}
			}
		}
		for _, below := range v {
			r.read(below)
		}
	}
}

// at is what a reference within the document means; nil where there is no such thing.
func (r wordReader) at(ref string) any {
	var v any = r.document
	for key := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		o, _ := v.(map[string]any)
		v = o[key]
	}
	return v
}

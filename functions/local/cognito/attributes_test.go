package cognito

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/samtest"
)

// TestWritableAttributes compares them with WriteAttributes of template.yaml.
func TestWritableAttributes(t *testing.T) {
	t.Parallel()
	var deployed []string
	list, _ := samtest.LoadTemplate(t).Properties(t, "UserPoolClient")["WriteAttributes"].([]any)
	for _, name := range list {
		text, _ := name.(string)
		deployed = append(deployed, text)
	}
	if diff := cmp.Diff(deployed, writableAttributes()); diff != "" {
		t.Errorf("WriteAttributes of template.yaml differ from the local pool's (-template +local):\n%s", diff)
	}
}

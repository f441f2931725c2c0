package items_test

import (
	"bytes"
	"regexp"
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
)

// TestLogLines: one line a request with its keys, one of metrics, and nothing that a person wrote or looks
// for.
func TestLogLines(t *testing.T) {
	t.Parallel()
	personal := regexp.MustCompile(`@|TOKEN|eyJ|Jane|Max|[Dd]ril|DRILL|saw|[Zz]elt|submarine`)
	for _, c := range apigatewaytest.Cases(t, root, "items") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			p := inMemory()
			seed(t, p)
			p, trouble := portsFor(c.Name, p)
			var out bytes.Buffer
			apigatewaytest.Invoke(t, newHandler(p, &out), "invocation-1", c.Event)
			apigatewaytest.CheckLogLines(t, "items", out.String())
			if found := personal.FindString(out.String()); found != "" && !trouble {
				t.Errorf("%q in the output:\n%s", found, out.String())
			}
		})
	}
}

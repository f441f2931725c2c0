package apigatewaytest_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway/apigatewaytest"
)

// TestEmptyFields: a field that is forgotten is found, wherever it is.
func TestEmptyFields(t *testing.T) {
	t.Parallel()
	type inner struct{ A, b string }
	type outer struct {
		Text   string
		number int
		List   []string
		At     time.Time
		Inner  inner
		To     *inner
	}
	whole := outer{"a", 1, []string{""}, time.Unix(0, 0), inner{"a", "b"}, &inner{}}
	for missing, change := range map[string]func(*outer){
		"":        func(*outer) {},
		"Text":    func(o *outer) { o.Text = "" },
		"number":  func(o *outer) { o.number = 0 },
		"List":    func(o *outer) { o.List = nil },
		"At":      func(o *outer) { o.At = time.Time{} },
		"Inner":   func(o *outer) { o.Inner = inner{} },
		"Inner.b": func(o *outer) { o.Inner.b = "" },
		"To":      func(o *outer) { o.To = nil },
	} {
		var want []string
		if missing != "" {
			want = []string{missing}
		}
		o := whole
		change(&o)
		if diff := cmp.Diff(want, apigatewaytest.ZeroFields(o)); diff != "" {
			t.Errorf("without %q (-want +got):\n%s", missing, diff)
		}
	}
}

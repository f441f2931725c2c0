package republish_test

import (
	"encoding/json"
	"strings"
	"testing"

	"rental.example/functions/republish"
)

// TestOrder: an order is taken only as it is documented. What is misspelt, there twice or null is refused by name.
func TestOrder(t *testing.T) {
	t.Parallel()
	all := republish.Request{Raise: true, After: "a\"b", Whole: true}
	for text, want := range map[string]republish.Request{
		`{}`:                         {},
		` { "raise" : true } `:       {Raise: true},
		`{"r\u0061ise":true}`:        {Raise: true},
		`{"after":"","raise":false}`: {},
		`{"whole":true,"after":"a\"b","raise":true}`: all,
	} {
		var got republish.Request
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for text, wrong := range map[string]string{
		`{"Raise":true}`:                `unknown field "Raise"`,
		`{"AFTER":"x"}`:                 `unknown field "AFTER"`,
		`{"whole ":true}`:               `unknown field "whole "`,
		`{"raise":true,"raise":false}`:  `"raise" is there twice`,
		`{"after":"x","aft\u0065r":""}`: `"after" is there twice`,
		`{"raise":null}`:                `"raise" is neither true nor false`,
		`{"whole":1}`:                   `"whole" is neither true nor false`,
		`{"after":null}`:                `"after" is no text`,
		`[{"raise":true}]`:              `it is no object`,
		`null`:                          `it is no object`,
	} {
		got := republish.Request{After: "before"}
		err := json.Unmarshal([]byte(text), &got)
		if err == nil || !strings.HasPrefix(err.Error(), "republish: the order has to be ") || !strings.HasSuffix(err.Error(), wrong) {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		if got.After != "before" || got.Raise || got.Whole {
			t.Errorf("%s: refused, and yet taken as %+v", text, got)
		}
	}
}

package republish_test

import (
	"encoding/json"
	"strings"
	"testing"

	"rental.example/functions/republish"
)

func TestRequest(t *testing.T) {
	t.Parallel()
	all := republish.Request{BumpVersions: true, After: "a\"b", MustFinish: true}
	for text, want := range map[string]republish.Request{
		`{}`:                         {},
		` { "raise" : true } `:       {BumpVersions: true},
		`{"r\u0061ise":true}`:        {BumpVersions: true},
		`{"after":"","raise":false}`: {},
		`{"whole":true,"after":"a\"b","raise":true}`: all,
	} {
		var got republish.Request
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for text, want := range map[string]string{
		`{"Raise":true}`:                `unknown or repeated field "Raise"`,
		`{"AFTER":"x"}`:                 `unknown or repeated field "AFTER"`,
		`{"whole ":true}`:               `unknown or repeated field "whole "`,
		`{"raise":true,"raise":false}`:  `unknown or repeated field "raise"`,
		`{"after":"x","aft\u0065r":""}`: `unknown or repeated field "after"`,
		`{"raise":null}`:                `field "raise" has the wrong type`,
		`{"whole":1}`:                   `field "whole" has the wrong type`,
		`{"after":null}`:                `field "after" has the wrong type`,
		`[{"raise":true}]`:              `expected an object`,
		`null`:                          `expected an object`,
	} {
		got := republish.Request{After: "before"}
		err := json.Unmarshal([]byte(text), &got)
		if err == nil || !strings.HasSuffix(err.Error(), want) || got != (republish.Request{After: "before"}) {
			t.Errorf("%s: %+v, %v; want an error and no change", text, got, err)
		}
	}
}

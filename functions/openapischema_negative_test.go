package functions_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// decoded is JSON with its numbers as they are written.
func decoded(t testing.TB, text string) (value any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&value); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return value
}

// TestSchemaKeywords: the validator takes what fits a schema and refuses what does not, keyword by keyword.
func TestSchemaKeywords(t *testing.T) {
	t.Parallel()
	for schema, tt := range map[string]struct{ good, bad []string }{
		`{"type":"string"}`: {[]string{`""`, `"a"`}, []string{`1`, `null`, `true`, `[]`, `{}`}},
		`{"type":"string","nullable":true,"enum":["a"]}`:       {[]string{`"a"`, `null`}, []string{`"b"`, `0`}},
		`{"type":"boolean"}`:                                   {[]string{`true`}, []string{`"true"`, `0`, `null`}},
		`{"type":"number"}`:                                    {[]string{`1`, `1.5`, `-1e3`}, []string{`"1"`, `false`}},
		`{"type":"integer"}`:                                   {[]string{`1`, `1.0`, `1e3`}, []string{`1.5`, `"1"`}},
		`{"type":"array","items":{"type":"string"}}`:           {[]string{`[]`, `["a"]`}, []string{`{}`, `["a",1]`}},
		`{"minItems":1,"maxItems":2}`:                          {[]string{`[1]`, `[1,2]`, `"abc"`}, []string{`[]`, `[1,2,3]`}},
		`{"type":"object"}`:                                    {[]string{`{"a":1}`}, []string{`[]`, `"a"`}},
		`{"properties":{"a":{"type":"string"}}}`:               {[]string{`{}`, `{"a":"b"}`, `{"b":1}`}, []string{`{"a":1}`, `{"a":null}`}},
		`{"required":["a"]}`:                                   {[]string{`{"a":null}`, `[]`}, []string{`{}`, `{"b":1}`}},
		`{"properties":{"a":{}},"additionalProperties":false}`: {[]string{`{}`, `{"a":1}`}, []string{`{"b":1}`, `{"a":1,"b":1}`}},
		`{"enum":["a",1]}`:                                     {[]string{`"a"`, `1`}, []string{`"1"`, `"A"`, `null`}},
		`{"minimum":1,"maximum":2}`:                            {[]string{`1`, `1.5`, `2`, `"9"`}, []string{`0.999`, `2.001`, `1e9`}},
		`{"minimum":0,"exclusiveMinimum":true}`:                {[]string{`1e-9`}, []string{`0`, `-1`}},
		`{"multipleOf":0.01}`:                                  {[]string{`0.07`, `0.57`, `999999.99`, `1e2`}, []string{`0.001`, `0.075`}},
		`{"minLength":2,"maxLength":3}`:                        {[]string{`"äö"`, `"🚲🚲🚲"`, `7`}, []string{`"a"`, `"abcd"`}},
		`{"pattern":"^[^\\u0000-\\u001f]$"}`:                   {[]string{`" "`, `"é"`, `7`}, []string{`"\u0007"`, `"ab"`}},
		`{"format":"date-time"}`:                               {[]string{`"2026-01-02T03:04:05.678901Z"`}, []string{`"2026-01-02"`, `"2026-02-30T00:00:00Z"`}},
		`{"format":"line"}`:                                    {[]string{`"a"`}, []string{`""`, `" "`, `"a\nb"`, `"\u200b"`}},
		`{"format":"text"}`:                                    {[]string{`""`, `" a"`}, []string{`"a\nb"`, `"\u202e"`}},
		`{"format":"words"}`:                                   {[]string{`"a b"`}, []string{`"-"`, `"a b c d e f g h i j k l m n o p q"`}},
		`{"format":"idn-email"}`:                               {[]string{`"a@example.com"`, `"ö@exämple.com"`}, []string{`"a"`, `"A <a@example.com>"`}},
		`{"allOf":[{"minLength":2},{"maxLength":3}]}`:          {[]string{`"ab"`}, []string{`"a"`, `"abcd"`}},
		`{"anyOf":[{"enum":["*"]},{"pattern":"^a"}]}`:          {[]string{`"*"`, `"ab"`}, []string{`"b"`, `"**"`}},
		`{"$ref":"#/digit"}`:                                   {[]string{`7`}, []string{`10`}},
	} {
		d := document(objectIn(decoded(t, `{"digit":{"maximum":9}}`)))
		for _, text := range tt.good {
			if wrong := d.check(decoded(t, schema), decoded(t, text)); len(wrong) > 0 {
				t.Errorf("%s refuses %s: %q", schema, text, wrong)
			}
		}
		for _, text := range tt.bad {
			if wrong := d.check(decoded(t, schema), decoded(t, text)); len(wrong) == 0 {
				t.Errorf("%s takes %s", schema, text)
			}
		}
	}
}

// TestMalformedSchemas: what the validator does not check, or cannot, it does not pass over.
func TestMalformedSchemas(t *testing.T) {
	t.Parallel()
	for _, schema := range []string{
		`{"uniqueItems":true}`, `{"maxLenght":1}`, `{"format":"email"}`, `{"additionalProperties":true}`,
		`{"properties":{"absent":{"const":1}}}`, `{"items":{"const":1}}`, `{"anyOf":[{"const":1}]}`, `{"nullable":true,"const":1}`,
		`{"$ref":"#/nowhere"}`, `{"$ref":"other.yaml#/a"}`, `{"$ref":"#/digit","maximum":1}`,
		`{"pattern":"("}`, `{"maximum":"9"}`, `{"multipleOf":null}`,
	} {
		d := document(object{"digit": object{}})
		if wrong := d.malformed(decoded(t, schema)); len(wrong) == 0 {
			t.Errorf("%s: nothing is reported", schema)
		}
	}
}

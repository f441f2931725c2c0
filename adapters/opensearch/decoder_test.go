package opensearch

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sample has a member of each type that the decoder reads.
type sample struct {
	Text     string   `json:"text"`
	Texts    []string `json:"texts"`
	Flag     bool     `json:"flag"`
	Integer  int64    `json:"integer"`
	Float    float64  `json:"float"`
	Optional *int64   `json:"optional"`
	Number   *int     `json:"number"`
	Choice   *bool    `json:"choice"`
}

// Read implements Readable.
func (s *sample) Read(d *Decoder) {
	for name := range d.Members {
		switch string(name) {
		case "text":
			d.String(&s.Text)
		case "texts":
			d.Strings(&s.Texts)
		case "flag":
			d.Boolean(&s.Flag)
		case "integer":
			d.Integer(&s.Integer)
		case "float":
			d.Float(&s.Float)
		case "optional":
			d.Optional(&s.Optional)
		case "number":
			d.OptionalInt(&s.Number)
		case "choice":
			d.OptionalBoolean(&s.Choice)
		}
	}
}

// TestDecoderAsEncodingJSON reads each member from values of all types.
func TestDecoderAsEncodingJSON(t *testing.T) {
	t.Parallel()
	values := []string{`null`, `true`, `false`, `0`, `-0`, `-1`, `1.0`, `1e3`, `9223372036854775807`, `9223372036854775808`, `1e400`, `""`, `"1"`,
		`"a\\b\"c\/\n"`, `"\u00e4\ud83d\ude00"`, `"\ud83d"`, `[]`, `[null]`, `["a",null]`, `["a",1]`, `["]","}"]`, `{}`, `{"x":[{"y":"}"}]}`}
	for _, name := range []string{"text", "texts", "flag", "integer", "float", "optional", "number", "choice", "unknown", `te\u0078t`} {
		for _, value := range values {
			data := ` { "` + name + `" : ` + value + ` , "other":[{}], "integer":5}`
			if name == "integer" {
				data = `{"integer":` + value + `}`
			}
			var want sample
			wantErr := json.Unmarshal([]byte(data), &want)
			var got sample
			d := NewDecoder([]byte(data))
			got.Read(d)
			if err := d.Err(); (err == nil) != (wantErr == nil) {
				t.Errorf("%s: error %v, want %v", data, err, wantErr)
			} else if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" && err == nil {
				t.Errorf("%s (-want +got):\n%s", data, diff)
			}
		}
	}
}

// TestTruncatedValues checks that truncated and corrupt values are errors.
func TestTruncatedValues(t *testing.T) {
	t.Parallel()
	const valid = `{"text":"a\u00e4","texts":["b","c"],"flag":true,"integer":1,"float":2.5,"optional":3,"other":{"x":[null]}}`
	for n := range len(valid) {
		for _, data := range []string{valid[:n], valid[:n] + "\xff" + valid[n:]} {
			d := NewDecoder([]byte(data))
			new(sample).Read(d)
			if d.Err() == nil && d.json.End() {
				t.Errorf("no error after %d bytes: %s", n, data)
			}
		}
	}
}

// TestMultiGetAsEncodingJSON compares the decoded documents of a multi-get with those of encoding/json.
func TestMultiGetAsEncodingJSON(t *testing.T) {
	t.Parallel()
	const doc = `{"_index":"o","_id":"a","_version":2,"_seq_no":0,"_primary_term":1,"found":true,"_source":?}`
	responses := []string{`{}`, `null`, `[]`, `{"docs":null}`, `{"docs":7}`, `{"docs":[]}`, `{"took":1,"docs":[{"_id":"a","found":false}]}`,
		`{"docs":[{"_id":"a","error":{"type":"shard_not_available","reason":"x"}}]}`, `{"docs":[{"_id":"a","error":"x"}]}`,
		`{"docs":[{"_id":7}]}`, `{"docs":[{"found":"x"}]}`, `{"docs":[{"found":null,"_seq_no":null,"_primary_term":null,"_source":null,"error":null}]}`,
		`{"docs":[{"_seq_no":1.5}]}`, `{"docs":[null,{"_id":"b","found":false}]}`}
	for _, source := range []string{`null`, `{}`, `7`, `{"text":"Zo\u00eb","integer":3,"float":2.5,"optional":2,"texts":["a"],"flag":true}`,
		`{"text":"a","other":[{}],"optional":null}`, `{"integer":"x"}`, `{"float":[]}`, `{"integer":1e400}`} {
		responses = append(responses, `{"docs":[`+strings.Replace(doc, "?", source, 1)+`,`+strings.Replace(doc, "?", source, 1)+`]}`)
	}
	type reflected multiGetResponse[sample] // without UnmarshalJSON
	for _, response := range responses {
		var got multiGetResponse[sample]
		err := json.Unmarshal([]byte(response), &got)
		var want reflected
		wantErr := json.Unmarshal([]byte(response), &want)
		if (err == nil) != (wantErr == nil) {
			t.Errorf("%s\n got error %v\nwant error %v", response, err, wantErr)
		}
		if err != nil {
			continue
		}
		if diff := cmp.Diff(want, reflected(got), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s\n(-want +got):\n%s", response, diff)
		}
	}
}

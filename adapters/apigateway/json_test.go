package apigateway

import (
	"encoding/json"
	"errors"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"rental.example/domain"
)

// fuzzBody has members of several types.
type fuzzBody struct {
	Text   string                   `json:"text"`
	Number float64                  `json:"number"`
	Maybe  domain.Optional[string]  `json:"-"`
	Level  domain.Optional[float64] `json:"-"`
}

func (b *fuzzBody) Fields() []Field {
	return []Field{NewField("text", &b.Text), NewField("number", &b.Number), NewField("maybe", &b.Maybe), NewField("level", &b.Level)}
}

func TestDecodeObject(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{}`: "", ` { } `: "", "\t{\r\n\"text\" : \"a\" , \"number\":1}\n": "",
		`{"text":"a\"}{,"}`: "", `{"number":-1.5e-3,"text":""}`: "", `{"maybe":null,"level":null}`: "",
		`{"maybe":"x","level":7}`: "", `{"text":"\ud83d\ude00\u00e9\\u"}`: "", `{"te\u0078t":"a"}`: "",
		``: "invalid_json", ` `: "invalid_json", `{`: "invalid_json", `{}x`: "invalid_json", `{} {}`: "invalid_json",
		`null`: "invalid_json", `"text"`: "invalid_json", `7`: "invalid_json", `[{}]`: "invalid_json", "\ufeff{}": "invalid_json",
		"{\"text\":\"\x00\"}": "invalid_json", "{\"text\":\"\xff\"}": "invalid_json", `{'text':1}`: "invalid_json", `{"text":NaN}`: "invalid_json",
		`{"text":"\udc00"}`: "invalid_json", `{"text":"\ud800\n"}`: "invalid_json", `{"text":"\ud800\ud800"}`: "invalid_json",
		`{"\ud800":1}`: "invalid_json", `{"text":"\ud83d\\ude00"}`: "invalid_json",
		`{"Text":"a"}`: "unknown_field", `{"":1}`: "unknown_field", `{"other":{"a":[1,"}"]}}`: "unknown_field",
		`{"text":"a","text":"a"}`: "duplicate_field", `{"maybe":null,"maybe":null}`: "duplicate_field",
		`{"text":1}`: "wrong_type", `{"text":null}`: "wrong_type", `{"text":["a"]}`: "wrong_type", `{"text":{}}`: "wrong_type",
		`{"number":"1"}`: "wrong_type", `{"number":true}`: "wrong_type", `{"number":1e999}`: "wrong_type", `{"number":null}`: "wrong_type",
		`{"maybe":1}`: "wrong_type", `{"level":"1"}`: "wrong_type", `{"level":[1,[2,{"a":"]"}]],"text":"a"}`: "wrong_type",
	} {
		var b fuzzBody
		err := decodeObject(body, b.Fields())
		var malformed *requestError
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", body, err)
		case want != "" && (!errors.As(err, &malformed) || malformed.kind.code != want):
			t.Errorf("%q: %v, want %s", body, err, want)
		}
	}
}

// TestLongNames checks that unknown names are truncated in responses.
func TestLongNames(t *testing.T) {
	t.Parallel()
	var b fuzzBody
	err := decodeObject(`{"`+strings.Repeat("ä", 60000)+`":1}`, b.Fields())
	p := problemOf(err)
	if len(p.Detail) > 300 || len(p.Errors) != 1 || !utf8.ValidString(p.Errors[0].Field) {
		t.Errorf("problem: %.400v", p)
	}
}

// TestLargeBodiesAreReleased checks that values do not keep a large body in memory.
func TestLargeBodiesAreReleased(t *testing.T) {
	const bodies, padding = 200, 60_000
	heap := func() uint64 {
		var stats runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	kept := make([]fuzzBody, bodies)
	before := heap()
	for i := range kept {
		body := `{"text":"a name"` + strings.Repeat(" ", padding) + "}"
		if err := decodeObject(body, kept[i].Fields()); err != nil {
			t.Fatal(err)
		}
	}
	if grown := int64(heap()) - int64(before); grown > bodies*padding/10 {
		t.Errorf("%d bytes in memory for %d names", grown, bodies)
	}
	runtime.KeepAlive(kept)
}

// FuzzDecodeObject checks that encoding/json accepts each accepted body, too, with the same values, in UTF-8.
func FuzzDecodeObject(f *testing.F) {
	for _, seed := range []string{`{"text":"a","number":1}`, `{"text":"\ud83d\ude00","maybe":null}`, `{"a":[{"b":"\""}],"text":"x"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got fuzzBody
		err := decodeObject(string(body), got.Fields())
		var want struct {
			Text   *string          `json:"text"`
			Number *float64         `json:"number"`
			Maybe  *json.RawMessage `json:"maybe"`
			Level  *json.RawMessage `json:"level"`
		}
		jsonErr := json.Unmarshal(body, &want)
		if err != nil {
			return
		}
		if jsonErr != nil {
			t.Fatalf("accepted what encoding/json rejects: %v", jsonErr)
		}
		if want.Text != nil && *want.Text != got.Text || want.Number != nil && *want.Number != got.Number {
			t.Errorf("got %+v, encoding/json has %v %v", got, want.Text, want.Number)
		}
		if !utf8.ValidString(got.Text) || !utf8.ValidString(got.Maybe.Value) {
			t.Errorf("not UTF-8: %q %q", got.Text, got.Maybe.Value)
		}
	})
}

package opensearchitems

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"rental.example/adapters/opensearch"
	"rental.example/domain/item"
)

// reflectedResponse is a searchResponse for encoding/json.
type reflectedResponse struct {
	opensearch.ShardsResponse
	Hits struct {
		Total struct {
			Value    *int64 `json:"value"`
			Relation string `json:"relation"`
		} `json:"total"`
		Hits []struct {
			Source reflectedRecord   `json:"_source"`
			Sort   []json.RawMessage `json:"sort"`
		} `json:"hits"`
	} `json:"hits"`
	Aggregations struct {
		Category reflectedFacet `json:"category"`
		Tags     reflectedFacet `json:"tags"`
	} `json:"aggregations"`
}

type reflectedRecord itemRecord

type reflectedFacet struct {
	Buckets []struct {
		Key   string `json:"key"`
		Count int    `json:"doc_count"`
	} `json:"buckets"`
}

func (r reflectedResponse) response() searchResponse {
	got := searchResponse{categories: r.Aggregations.Category.facets(), tags: r.Aggregations.Tags.facets()}
	got.ShardsResponse, got.Total, got.Relation = r.ShardsResponse, r.Hits.Total.Value, r.Hits.Total.Relation
	for _, h := range r.Hits.Hits {
		next := opensearch.Hit[itemRecord]{Source: itemRecord(h.Source), SortValues: len(h.Sort)}
		if len(h.Sort) > 0 {
			next.SortKey = string(h.Sort[0])
		}
		got.Hits = append(got.Hits, next)
	}
	return got
}

func (r reflectedFacet) facets() (facets []item.Facet) {
	for _, b := range r.Buckets {
		facets = append(facets, item.Facet{Value: b.Key, Count: b.Count})
	}
	return facets
}

// compareWithJSON decodes data by the decoder and by encoding/json, and reports whether that succeeds.
func compareWithJSON(t *testing.T, data []byte) bool {
	t.Helper()
	var got searchResponse
	err := json.Unmarshal(data, &got)
	var want reflectedResponse
	wantErr := json.Unmarshal(data, &want)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%s\n got error %v\nwant error %v", data, err, wantErr)
	}
	if err != nil {
		return false
	}
	options := cmp.Options{cmp.AllowUnexported(searchResponse{}), cmpopts.EquateEmpty()}
	if diff := cmp.Diff(want.response(), got, options); diff != "" {
		t.Fatalf("%s\n(-want +got):\n%s", data, diff)
	}
	return true
}

// responseWith returns a valid response with one hit of that source.
func responseWith(source string) string {
	return `{"took":1,"timed_out":false,"_shards":{"total":1,"failed":0},"hits":{"total":{"value":1,"relation":"eq"},"max_score":null,"hits":[` +
		`{"_index":"items-v1","_id":"x","_score":null,"_source":` + source + `,"sort":[1.5E-7,"x"]}]},` +
		`"aggregations":{"category":{"doc_count_error_upper_bound":0,"buckets":[{"key":"t\u00f6\"ols","doc_count":3}]},"tags":{"buckets":[]}}}`
}

const fullRecord = `{"id":"01J9ZZZZZZZZZZZZZZZZZZZZZZ","ownerId":"o","ownerVersion":1767229260000000,"name":"B\u00f6hr\"er","details":"a\nb ` +
	`\ud83d\ude00 😀","category":"tools","tags":["red","\/blue"],"priceCents":1999,"location":{"lat":-5.25e1,"lon":1.3E-7},"version":2,` +
	`"createdAt":-3,"updatedAt":4,"requestId":"r","draft":"7b34796d3570c387868a815feadc6363b204167f1c2f4f6903cbed96ec0c0701"}`

func TestDecodeAsEncodingJSON(t *testing.T) {
	t.Parallel()
	recorded, err := os.ReadFile("testdata/found.json") // of an engine, for eleven items and "drill" near a place
	if err != nil || !compareWithJSON(t, recorded) {
		t.Errorf("cannot decode the recorded response: %v", err)
	}
	if !compareWithJSON(t, []byte(responseWith(fullRecord))) {
		t.Error("cannot decode a response with all fields")
	}
	for _, source := range sources() {
		compareWithJSON(t, []byte(responseWith(source)))
	}
	for _, response := range responses() {
		compareWithJSON(t, []byte(response))
	}
}

// sources returns sources with missing, unknown and mistyped fields.
func sources() []string {
	all := []string{`null`, `{}`, `[]`, `"x"`, `7`, ` { "name" : "a" , "tags" : [ "b" , "c" ] , "location" : { "lat" : 1 , "lon" : 2 } } `}
	values := []string{`null`, `true`, `false`, `0`, `-0`, `1`, `-1`, `1.0`, `1e3`, `1E+3`, `9223372036854775807`, `9223372036854775808`, `1e400`,
		`""`, `"1"`, `"a\\b\"c\/\b\f\n\r\t"`, `"\u00e4\u0000"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ude00\ud83d"`, `"😀"`, `[]`, `[null]`, `["a",null]`, `["a",1]`,
		`[["a"]]`, `["]","}",",","\""]`, `{}`, `{"lat":null}`, `{"lat":"1"}`, `{"lat":1,"lon":2,"alt":[{}]}`, `{"lat":{}}`,
		`"7B34796D3570C387868A815FEADC6363B204167F1C2F4F6903CBED96EC0C0701"`, `"7b"`, `"7z34796d3570c387868a815feadc6363b204167f1c2f4f6903cbed96ec0c0701"`}
	names := []string{"unknown", `n\u0061me`, ""}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[itemRecord]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	for _, name := range names {
		for _, value := range values {
			all = append(all, `{"`+name+`":`+value+`,"version":5}`)
		}
	}
	return append(all, `{"name":"a","name":"b"}`, `{"name":"a","name":null}`, `{"location":{"lat":1},"location":{"lon":2}}`)
}

// responses returns responses with missing, unknown and mistyped fields.
func responses() (all []string) {
	for _, value := range []string{`null`, `{}`, `[]`, `[null]`, `[{}]`, `7`, `"x"`, `true`, `{"x":[{"y":"}"}]}`} {
		all = append(all, value)
		for _, around := range []string{`{"timed_out":?}`, `{"_shards":?}`, `{"_shards":{"failed":?}}`, `{"hits":?}`, `{"hits":{"total":?}}`,
			`{"hits":{"total":{"value":?}}}`, `{"hits":{"total":{"relation":?}}}`, `{"hits":{"hits":?}}`, `{"hits":{"hits":[{"sort":?}]}}`,
			`{"hits":{"hits":[{"sort":[?,"x"]}]}}`, `{"aggregations":?}`, `{"aggregations":{"tags":?}}`, `{"aggregations":{"category":{"buckets":?}}}`,
			`{"aggregations":{"tags":{"buckets":[{"key":?}]}}}`, `{"aggregations":{"tags":{"buckets":[{"doc_count":?}]}}}`, `{"took":?}`} {
			all = append(all, strings.Replace(around, "?", value, 1))
		}
	}
	return all
}

// TestTruncatedResponses checks that truncated and corrupt responses are errors.
func TestTruncatedResponses(t *testing.T) {
	t.Parallel()
	valid := responseWith(fullRecord)
	for n := range len(valid) {
		for _, data := range []string{valid[:n], valid[:n] + "\xff" + valid[n:]} {
			if new(searchResponse).UnmarshalJSON([]byte(data)) == nil {
				t.Errorf("no error after %d bytes: %s", n, data)
			}
		}
	}
}

// TestDecodeErrors checks that errors name the field, and do not quote stored data.
func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`{"tags":[1],"version":"x"}`:             "tags is not a string",
		`{"location":{"lat":1,"lon":"secret"}}`:  "lon is not a number",
		`{"location":{"lon":{}},"name":1}`:       "lon is not a number",
		`{"location":{"lon":1},"tags":"secret"}`: "tags is not an array",
		`{"version":1.5}`:                        "version is not an integer",
		`{"draft":"secret"}`:                     "draft is not a digest",
		`["secret"]`:                             "the value is not an object",
	} {
		d := opensearch.NewDecoder([]byte(source))
		new(itemRecord).Read(d)
		if err := d.Err(); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", source, err, want)
		}
	}
}

// FuzzResponse compares the decoder with encoding/json on any valid response, except for names that differ by case,
// which encoding/json takes for the same, and repeated names, whose arrays it merges.
func FuzzResponse(f *testing.F) {
	f.Add([]byte(responseWith(fullRecord)))
	for _, response := range responses() {
		f.Add([]byte(response))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = new(searchResponse).UnmarshalJSON(data) // must not panic
		if json.Valid(data) && utf8.Valid(data) && !repeatsNames(json.NewDecoder(bytes.NewReader(data))) {
			compareWithJSON(t, data)
		}
	})
}

var knownNames = strings.Fields(`timed_out _shards failed hits total value relation _source sort aggregations category tags buckets key doc_count
	id ownerId ownerVersion name details priceCents location lat lon version createdAt updatedAt requestId draft`)

// repeatsNames reports whether an object of the next value has a name twice, or a known one in another case.
func repeatsNames(d *json.Decoder) bool {
	token, _ := d.Token()
	if token != json.Delim('{') && token != json.Delim('[') {
		return false
	}
	var names []string
	for d.More() {
		if token == json.Delim('{') {
			next, _ := d.Token()
			name := next.(string)
			other := func(known string) bool { return known != name && strings.EqualFold(known, name) }
			if slices.Contains(names, name) || slices.ContainsFunc(knownNames, other) {
				return true
			}
			names = append(names, name)
		}
		if repeatsNames(d) {
			return true
		}
	}
	_, _ = d.Token()
	return false
}

// TestOwnerAsEncodingJSON compares the decoded document of an owner with that of encoding/json.
func TestOwnerAsEncodingJSON(t *testing.T) {
	t.Parallel()
	for _, source := range []string{`null`, `{}`, `7`, `{"id":"a","version":3,"name":"Zo\u00eb","ratings":2.5,"deleted":1,"deletedKnown":2}`,
		`{"id":"a","other":[{}],"deletedKnown":null}`, `{"version":"x"}`, `{"ratings":[]}`, `{"deleted":1e400}`} {
		var got, want ownerRecord
		d := opensearch.NewDecoder([]byte(source))
		got.Read(d)
		wantErr := json.Unmarshal([]byte(source), &want)
		if err := d.Err(); (err == nil) != (wantErr == nil) {
			t.Errorf("%s: error %v, want %v", source, err, wantErr)
		} else if diff := cmp.Diff(want, got); diff != "" && err == nil {
			t.Errorf("%s (-want +got):\n%s", source, diff)
		}
	}
}

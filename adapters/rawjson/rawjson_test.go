package rawjson_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"rental.example/adapters/rawjson"
)

// inputs are JSON, valid and nearly valid.
var inputs = []string{
	"", " ", "null", " null\n", "nul", "nulll", "true", "false", "tru", "[]", "[ ]", "{}", "{ }", "[,]", "{,}", "[1,]", `{"a":1,}`, `{"a" 1}`, `{"a":}`, `{a:1}`,
	"0", "-0", "01", "-", "+1", ".5", "1.", "1.5", "1e", "1e5", "1E-5", "1e+", "1e999", "1 2", "[1 2]", `"x"`, `"x`, `x"`, `"\`, `"\"`, `"\x"`, `"\u12"`, `"\u00g0"`,
	`"\u0041\"\\\/\b\f\n\r\t"`, `"\ud83d\ude00"`, `"\ud83d"`, `"\ud83dx"`, `"\ud83d\ud83d\ude00"`, `"\ude00\u0041"`, "\"\x1f\"", "\"\x7f\u2028\"", "\"\xff\"", "\"\xed\xa0\x80\"", "\"😀ä\"",
	`{"a":[1,{"b":null},"c"],"":{"d":{}},"e":-1.5e3,"f":true}`, ` { "a" : [ 1 , 2 ] , "b" : "}" } `, `{"a":1,"a":2}`, `{"\u0061":"\ud83d\ude00"}`, `["]","}",",","\"",":"]`,
	"\x00", "[\x00]", "{\"a\":1}\x00", "\ufeff1", "[[[[]]]]", "[[[[]]]", `["a long text that is many times as long as the eight bytes that are looked at, \\ and goes on"]`,
}

// check compares Valid, Members, Elements, Unquote and HasLoneSurrogate with encoding/json.
func check(t *testing.T, data []byte) {
	t.Helper()
	want := utf8.Valid(data) && json.Valid(data)
	if got := rawjson.Valid(data); got != want {
		t.Fatalf("Valid(%q) = %t, want %t", data, got, want)
	}
	if !want {
		return
	}
	checkValue(t, rawjson.TrimSpace(string(data)))
}

func checkValue(t *testing.T, value string) {
	t.Helper()
	members, elements := make(map[string]string), []string(nil)
	for name, member := range rawjson.Members(value) {
		checkValue(t, member)
		members[name] = member
	}
	for element := range rawjson.Elements(value) {
		checkValue(t, element)
		elements = append(elements, element)
	}
	wantMembers := make(map[string]string)
	for name, raw := range unmarshal[map[string]json.RawMessage](value) {
		wantMembers[name] = string(raw)
	}
	var wantElements []string
	for _, raw := range unmarshal[[]json.RawMessage](value) {
		wantElements = append(wantElements, string(raw))
	}
	if !maps.Equal(members, wantMembers) || !slices.Equal(elements, wantElements) {
		t.Fatalf("%s has %q and %q, want %q and %q", value, members, elements, wantMembers, wantElements)
	}
	want := unmarshal[*string](value)
	got, isString := rawjson.Unquote(value)
	if isString != (want != nil) || isString && got != *want {
		t.Fatalf("Unquote(%s) = %q, %t", value, got, isString)
	}
	// encoding/json replaces unpaired surrogates by U+FFFD.
	if isString && !strings.Contains(strings.ToLower(value), "fffd") && !strings.Contains(value, "\ufffd") &&
		rawjson.HasLoneSurrogate(value) != strings.Contains(got, "\ufffd") {
		t.Fatalf("HasLoneSurrogate(%s) = %t", value, rawjson.HasLoneSurrogate(value))
	}
}

// unmarshal decodes value as a T; the zero value if it is none.
func unmarshal[T any](value string) (v T) {
	if json.Unmarshal([]byte(value), &v) != nil {
		return *new(T)
	}
	return v
}

func TestValues(t *testing.T) {
	t.Parallel()
	for _, text := range inputs {
		check(t, []byte(text))
		for n := range text {
			check(t, []byte(text[:n]))
		}
	}
	for _, depth := range []int{9999, 10000, 10001} {
		data := []byte(strings.Repeat("[", depth) + strings.Repeat("]", depth))
		if got := rawjson.Valid(data); got != json.Valid(data) {
			t.Errorf("depth %d: Valid = %t", depth, got)
		}
	}
}

// TestEveryByte has each byte at each position of short and long strings.
func TestEveryByte(t *testing.T) {
	t.Parallel()
	for c := range 256 {
		for before := range 80 {
			for _, after := range []int{0, 1, 8, 40} {
				text := []byte(strings.Repeat("a", before) + string([]byte{byte(c)}) + strings.Repeat("~", after))
				data := slices.Concat([]byte{'"'}, text, []byte{'"'})
				if got, want := rawjson.Valid(data), utf8.Valid(data) && json.Valid(data); got != want {
					t.Fatalf("Valid(%q) = %t, want %t", data, got, want)
				}
				var decoded string
				if err := json.Unmarshal(rawjson.AppendString(nil, string(text)), &decoded); err != nil || decoded != strings.ToValidUTF8(string(text), "\ufffd") {
					t.Fatalf("AppendString of %q is decoded as %q: %v", text, decoded, err)
				}
			}
		}
	}
}

func FuzzValid(f *testing.F) {
	for _, text := range inputs {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) { check(t, data) })
}

func TestErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"a":1`: "expected comma or end at byte 6", `[tru]`: "expected value at byte 1",
		"[\"\xff\"]": "invalid UTF-8 at byte 2", `1 2`: "unexpected data after the value at byte 2", `{"a" 1}`: "expected colon at byte 5",
	} {
		r := rawjson.NewReader([]byte(text))
		if ok := r.Skip() && r.End(); ok || r.OK() || r.Err() == nil || r.Err().Error() != want {
			t.Errorf("%s: %v, want %s", text, r.Err(), want)
		}
	}
}

package apigateway_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/apigateway/apigatewaytest"
)

// fixtures returns the events of both HTTP functions.
func fixtures(t testing.TB) []apigatewaytest.Case {
	t.Helper()
	return slices.Concat(apigatewaytest.Cases(t, "../..", "users"), apigatewaytest.Cases(t, "../..", "items"))
}

// readEvent has the members that the decoder fills.
type readEvent struct {
	Resource                        string                     `json:"resource"`
	Path                            string                     `json:"path"`
	HTTPMethod                      string                     `json:"httpMethod"`
	Headers                         map[string]json.RawMessage `json:"headers"`
	MultiValueHeaders               map[string]json.RawMessage `json:"multiValueHeaders"`
	QueryStringParameters           map[string]string          `json:"queryStringParameters"`
	MultiValueQueryStringParameters map[string][]string        `json:"multiValueQueryStringParameters"`
	PathParameters                  map[string]string          `json:"pathParameters"`
	RequestContext                  struct {
		RequestID  string `json:"requestId"`
		Authorizer *struct {
			Claims json.RawMessage `json:"claims"`
		} `json:"authorizer"`
	} `json:"requestContext"`
	Body            string `json:"body"`
	IsBase64Encoded bool   `json:"isBase64Encoded"`
}

// unmarshal decodes an event by encoding/json.
func unmarshal(data []byte) (events.APIGatewayProxyRequest, error) {
	var e readEvent
	err := json.Unmarshal(data, &e)
	req := events.APIGatewayProxyRequest{
		Resource: e.Resource, Path: e.Path, HTTPMethod: e.HTTPMethod, PathParameters: e.PathParameters,
		QueryStringParameters: e.QueryStringParameters, MultiValueQueryStringParameters: e.MultiValueQueryStringParameters,
		Headers: readHeaders[string](e.Headers, &err), MultiValueHeaders: readHeaders[[]string](e.MultiValueHeaders, &err),
		Body: e.Body, IsBase64Encoded: e.IsBase64Encoded,
		RequestContext: events.APIGatewayProxyRequestContext{RequestID: e.RequestContext.RequestID},
	}
	if authorizer := e.RequestContext.Authorizer; authorizer != nil {
		var claims map[string]json.RawMessage
		if json.Unmarshal(authorizer.Claims, &claims) == nil && claims != nil {
			req.RequestContext.Authorizer = map[string]any{"claims": readClaims(claims)}
		}
	}
	return req, err
}

func readHeaders[V any](headers map[string]json.RawMessage, err *error) map[string]V {
	if headers == nil {
		return nil
	}
	read := make(map[string]V)
	for name, raw := range headers {
		if slices.ContainsFunc(apigateway.HeaderNames, func(known string) bool { return strings.EqualFold(known, name) }) {
			var value V
			*err = errors.Join(*err, json.Unmarshal(raw, &value))
			read[name] = value
		}
	}
	return read
}

func readClaims(claims map[string]json.RawMessage) map[string]any {
	read := make(map[string]any)
	for name, raw := range claims {
		if slices.Contains(apigateway.ClaimNames, name) {
			var text *string
			if read[name] = nil; json.Unmarshal(raw, &text) == nil && text != nil {
				read[name] = *text
			}
		}
	}
	return read
}

// memberNames are the lower-cased names of members that the decoder fills.
var memberNames = func() map[string]string {
	names := make(map[string]string)
	collectNames(names, reflect.TypeFor[readEvent]())
	return names
}()

// fold maps names to the same text that encoding/json takes for the same name.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

func collectNames(names map[string]string, t reflect.Type) {
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("json")
		names[fold(name)] = name
		inner := t.Field(i).Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			collectNames(names, inner)
		}
	}
}

// isOrdinary reports whether valid JSON has no duplicate names, and the names of members that are filled in exact case.
func isOrdinary(t testing.TB, data []byte) bool {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var open []map[string]bool // the names so far in each open object; nil for an array
	name := false              // whether a name is next, if the innermost value is an object
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			t.Fatalf("valid JSON: %v", err)
		}
		switch text, isText := token.(string); {
		case token == json.Delim('{'):
			open, name = append(open, map[string]bool{}), true
			continue
		case token == json.Delim('['):
			open = append(open, nil)
		case token == json.Delim('}'), token == json.Delim(']'):
			open = open[:len(open)-1]
		case isText && name:
			exact, known := memberNames[fold(text)]
			if open[len(open)-1][text] || known && exact != text {
				return false
			}
			open[len(open)-1][text], name = true, false
			continue
		}
		name = len(open) > 0 && open[len(open)-1] != nil
	}
}

// check compares the decoder with encoding/json.
func check(t testing.TB, data []byte) {
	t.Helper()
	got, err := apigateway.DecodeEvent(data)
	want, wantErr := unmarshal(data)
	switch {
	case err == nil && !utf8.Valid(data):
		t.Fatalf("accepted invalid UTF-8: %q", data)
	case err == nil && wantErr == nil && reflect.DeepEqual(got, want), err != nil && wantErr != nil:
	case !json.Valid(data):
		t.Fatalf("accepted invalid JSON: %q", data)
	case !utf8.Valid(data) || !isOrdinary(t, data): // the decoder may differ
	case err != nil || wantErr != nil:
		t.Fatalf("error %v, encoding/json has %v: %q", err, wantErr, data)
	default:
		t.Fatalf("values differ (-encoding/json +decoder):\n%s\n%q", cmp.Diff(want, got), data)
	}
}

// oddEvents have what no fixture has.
var oddEvents = []string{
	"", " ", "null", " null\n", "[]", "1", `"x"`, "true", "{}", " { } ", "{}x", "{}{}", "{,}", `{"a":1,}`, `{"a" 1}`, `{"a":}`, `{a:1}`,
	`{"a":01}`, `{"a":-}`, `{"a":-0.0e+1}`, `{"a":1.}`, `{"a":1e}`, `{"a":.5}`, `{"a":+1}`, `{"a":1e999}`, `{"a":nul}`, `{"a":tru}`, `{"a":nulll}`,
	`{"resource":null,"body":null,"headers":null,"multiValueHeaders":null,"requestContext":null,"isBase64Encoded":null}`,
	`{"resource":1}`, `{"path":1}`, `{"httpMethod":[]}`, `{"body":{}}`, `{"isBase64Encoded":"true"}`, `{"isBase64Encoded":true}`,
	`{"re\u0073ource":"/us\u0065r"}`, `{"body":"\u0041\"\\\/\b\f\n\r\t"}`, `{"body":"\ud83d\ude00"}`, `{"body":"\ud83d"}`,
	`{"body":"\ud83d\ud83d\ude00"}`, `{"body":"\ude00\u0041"}`, `{"body":"\ud83dx"}`, `{"body":"\u00g0"}`, `{"body":"\x"}`, `{"body":"\"}`,
	`{"body":"\u12"}`, "{\"body\":\"\x1f\"}", "{\"body\":\"\x7f\u2028\"}", "{\"body\":\"\xff\"}", "{\"x\":\"\xed\xa0\x80\"}", "{\"\xc0\x80\":1}",
	`{"headers":{"If-Match":null,"IF-MATCH":"1","Content-Type":"a","content-type":"b","CONTENT-TYPE":"c","Via":"d"}}`,
	`{"headers":{"\u212aey":"x","Idempotency-\u212aey":"x","If-Match":1}}`, `{"headers":{"Via":1}}`, `{"headers":{}}`, `{"headers":[]}`,
	`{"multiValueHeaders":{"If-Match":["a","b",null],"Via":[],"If-None-Match":[],"Content-Type":null}}`,
	`{"multiValueHeaders":{"Via":[1]}}`, `{"multiValueHeaders":{"Via":"x"}}`, `{"multiValueHeaders":{"If-Match":"x"}}`,
	`{"queryStringParameters":{"a":"b","":""},"multiValueQueryStringParameters":{"a":["b","c"],"d":[]},"pathParameters":{"id":"%20"}}`,
	`{"stageVariables":{"a":"b","a2":null}}`, `{"stageVariables":{"a":1}}`, `{"pathParameters":{"id":{}}}`,
	`{"requestContext":{"requestId":"r","requestTimeEpoch":1,"stage":null}}`, `{"requestContext":{"requestTimeEpoch":1.0}}`,
	`{"requestContext":{"requestTimeEpoch":1e3}}`, `{"requestContext":{"requestTimeEpoch":-9223372036854775808}}`,
	`{"requestContext":{"requestTimeEpoch":9223372036854775808}}`, `{"requestContext":{"requestTimeEpoch":-0}}`, `{"requestContext":[]}`,
	`{"requestContext":{"authorizer":null}}`, `{"requestContext":{"authorizer":{}}}`, `{"requestContext":{"authorizer":"x"}}`,
	`{"requestContext":{"authorizer":{"claims":null}}}`, `{"requestContext":{"authorizer":{"claims":[1e999]}}}`,
	`{"requestContext":{"authorizer":{"claims":{"sub":1,"email":null,"token_use":["id"],"email_verified":true,"cognito:groups":"a,b"}}}}`,
	`{"requestContext":{"authorizer":{"claims":{"sub":"\u0061","token_use":"id","email_verified":"false","x":1e400}}}}`,
	`{"requestContext":{"authorizer":{"principalId":"x","n":1e999}}}`, `{"requestContext":{"authorizer":{"principalId":{"a":[1,true,false,null,"x"]}}}}`,
	`{"requestContext":{"identity":{"clientCert":{"clientCertPem":"x","validity":{"notAfter":"y","notBefore":null}}}}}`,
	`{"requestContext":{"identity":{"clientCert":{"validity":{"notAfter":1}}}}}`, `{"requestContext":{"identity":{"sourceIp":1}}}`,
	`{"requestContext":{"identity":{"clientCert":[]}}}`, `{"unknown":{"deep":[[[{}]]],"number":1e999,"x":"\u00e4"}}`,
}

func TestOddEvents(t *testing.T) {
	t.Parallel()
	for _, event := range oddEvents {
		check(t, []byte(event))
	}
	for _, depth := range []int{9998, 9999, 10000} {
		for _, member := range []string{`{"x":`, `{"requestContext":{"authorizer":`} {
			closing := strings.Repeat("}", strings.Count(member, "{"))
			check(t, []byte(member+strings.Repeat("[", depth)+strings.Repeat("]", depth)+closing))
		}
	}
}

// TestStricter has events that encoding/json accepts and the decoder rejects.
func TestStricter(t *testing.T) {
	t.Parallel()
	for event, want := range map[string]string{
		"{\"body\":\"\xff\"}":                                                           "invalid UTF-8 at byte 9",
		`{"body":"a","body":"b"}`:                                                       "duplicate member at byte 19",
		`{"headers":{"If-Match":"a","If-Match":""}}`:                                    "duplicate name at byte 38",
		`{"requestContext":{"authorizer":{"claims":{"sub":"a","sub":"b"}}}}`:            "duplicate name at byte 59",
		`{"requestContext":{"authorizer":{"claims":{"sub":"a"},"claims":{"sub":"b"}}}}`: "duplicate member at byte 63",
		`{"requestContext":{"authorizer":{"claims":{"sub":"a"},"claims":null}}}`:        "duplicate member at byte 63",
		`{"requestContext":{"authorizer":{"claims":"a","claims":{"sub":"b"}}}}`:         "duplicate member at byte 55",
		`{"requestContext":{"authorizer":{"claims":{"sub":"a","sub":1}}}}`:              "duplicate name at byte 59",
		`{"requestContext":{"authorizer":{"claims":{"sub":null,"sub":"a"}}}}`:           "duplicate name at byte 60",
		`{"requestContext":{"authorizer":{"claims":{"sub":"a"}},"authorizer":{}}}`:      "duplicate member at byte 68",
	} {
		got, err := apigateway.DecodeEvent([]byte(event))
		if want = "apigateway: invalid event: " + want; err == nil || err.Error() != want {
			t.Errorf("%s: %+v, %v, want %s", event, got, err, want)
		}
	}
	got, err := apigateway.DecodeEvent([]byte(`{"Body":1,"Resource":"/x","requestContext":{"RequestId":"r"}}`))
	if err != nil || !reflect.DeepEqual(got, events.APIGatewayProxyRequest{}) {
		t.Errorf("names in other case: %+v, %v", got, err)
	}
}

// TestMemberTypes has values of each type for each member that is filled, and for others.
func TestMemberTypes(t *testing.T) {
	t.Parallel()
	checkTypes(t, `{"`, `}`, reflect.TypeFor[readEvent]())
}

func checkTypes(t *testing.T, before, after string, typ reflect.Type) {
	t.Helper()
	for i := range typ.NumField() {
		name := typ.Field(i).Tag.Get("json")
		for _, value := range []string{"null", "true", "1", "1.5", `"x"`, "[]", "{}", "[1]", `["x"]`, `{"x":1}`, `{"x":"x"}`, `{"x":["x"]}`, `{"x":[1]}`} {
			check(t, []byte(before+name+`":`+value+after))
			check(t, []byte(before+name+`x":`+value+after))
		}
		inner := typ.Field(i).Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			checkTypes(t, before+name+`":{"`, "}"+after, inner)
		}
	}
}

// One in so many broken events is checked: all take minutes, and many more under the race detector. CI checks all, or
// one in raceSample under the race detector.
const localSample, raceSample = 40, 10

// TestBrokenEvents truncates each fixture at each byte, and changes each of its bytes.
func TestBrokenEvents(t *testing.T) {
	t.Parallel()
	every, seed := localSample, rand.Uint64()
	if os.Getenv("CI") == "true" {
		every = 1
		info, ok := debug.ReadBuildInfo()
		if ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
			every = raceSample
		}
	}
	t.Logf("seed %d, one in %d", seed, every)
	for i, c := range fixtures(t) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			var compact bytes.Buffer
			if err := json.Compact(&compact, c.Event); err != nil {
				t.Fatal(err)
			}
			breakEvent(t, compact.Bytes(), every, rand.New(rand.NewPCG(seed, uint64(i))))
		})
	}
}

func breakEvent(t *testing.T, event []byte, every int, random *rand.Rand) {
	t.Helper()
	check(t, event)
	const special = "\x00\x1f \"\\{}[]:,-+.eEnul019tx/\x7f\x80\xbf\xc3\xe2\xed\xf0\xff"
	for at := random.IntN(every); at < len(event); at += every {
		if got, err := apigateway.DecodeEvent(event[:at]); err == nil {
			t.Fatalf("accepted the first %d bytes: %+v", at, got)
		}
		if len(event) > 4000 && at%64 != 0 && plainText(event, at) {
			continue // within thousands of letters
		}
		corrupt := bytes.Clone(event)
		for corrupt[at] == event[at] {
			corrupt[at] = special[random.IntN(len(special))]
		}
		check(t, corrupt)
	}
}

// plainText reports whether the bytes around are letters.
func plainText(event []byte, at int) bool {
	around := event[max(0, at-16):min(len(event), at+16)]
	return !bytes.ContainsFunc(around, func(r rune) bool { return r < 'A' || r > 'z' || r == '\\' || r == '[' || r == ']' })
}

// FuzzDecode compares the decoder with encoding/json on mutations of all fixtures.
func FuzzDecode(f *testing.F) {
	for _, c := range fixtures(f) {
		var compact bytes.Buffer
		if err := json.Compact(&compact, c.Event); err != nil {
			f.Fatal(err)
		}
		if compact.Len() < 4000 {
			f.Add(compact.Bytes())
		}
	}
	for _, event := range oddEvents {
		f.Add([]byte(event))
	}
	f.Fuzz(func(t *testing.T, data []byte) { check(t, data) })
}

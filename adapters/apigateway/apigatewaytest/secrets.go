package apigatewaytest

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// loggable are the members of events that may be logged: random ids, and names of routes, types and resources.
var loggable = []string{
	"requestId", "extendedRequestId", "X-Amzn-Trace-Id", "AWSTraceHeader", "traceparent", "correlationId", "correlationid",
	"resource", "resourcePath", "path", "httpMethod",
	"messageId", "eventID", "SequenceNumber", "eventSource", "eventType", "type", "id", "requestID",
}

// found reports whether output contains text as a word, and hardly by chance.
func found(text, output string) bool {
	return utf8.RuneCountInString(text) > 3 && text != "true" && text != "false" &&
		regexp.MustCompile(`(^|[^\pL\pN])`+regexp.QuoteMeta(text)+`($|[^\pL\pN])`).MatchString(output)
}

// CheckNoSecrets fails the test if output is empty, or contains a text of the event: of its body, parameters, headers,
// claims or images, except ids.
func (c Case) CheckNoSecrets(t testing.TB, output string) {
	t.Helper()
	if output == "" {
		t.Errorf("%s: no output", c.Name)
	}
	var written []string
	for line := range strings.Lines(output) {
		written = append(written, line)
		texts(line, "", func(_, text string) { written = append(written, text) })
	}
	all := strings.Join(written, "\n")
	texts(string(c.Event), "", func(member, text string) {
		if !slices.Contains(loggable, member) && found(text, all) {
			t.Errorf("%s: the event's %s, %q, is in the output:\n%s", c.Name, member, text, output)
		}
	})
	c.checkBody(t, all)
}

// checkBody checks the words of a request's body, names of members and numbers included, which a client chooses.
func (c Case) checkBody(t testing.TB, all string) {
	t.Helper()
	var request struct {
		Body            string `json:"body"`
		IsBase64Encoded bool   `json:"isBase64Encoded"`
	}
	_ = json.Unmarshal(c.Event, &request) // other events have no body
	body := request.Body
	if decoded, err := base64.StdEncoding.DecodeString(body); request.IsBase64Encoded && err == nil {
		body = string(decoded)
	}
	for _, part := range strings.FieldsFunc(body, func(r rune) bool { return strings.ContainsRune("\"{}[]:,\\ \r\n\t", r) }) {
		if !c.fields[part] && !slices.Contains(common, part) && found(part, all) {
			t.Errorf("%s: %q, of the event's body, is in the output; %s:\n%s", c.Name, part, FieldHint, all)
		}
	}
}

// common are words of bodies that are also in other JSON and in lines of metrics.
var common = []string{"null", "Name"}

// texts calls each for all strings in JSON, including JSON in strings, with the name of the nearest member.
func texts(data, member string, each func(member, text string)) {
	var v any
	if json.Unmarshal([]byte(data), &v) == nil {
		textsOf(v, member, each)
	}
}

func textsOf(v any, member string, each func(member, text string)) {
	switch v := v.(type) {
	case string:
		each(member, v)
		texts(v, member, each)
	case []any:
		for _, e := range v {
			textsOf(e, member, each)
		}
	case map[string]any:
		for name, e := range v {
			if len(name) == 1 && name == strings.ToUpper(name) || name == "stringValue" {
				name = member // an attribute of DynamoDB or SQS, named after its type
			}
			textsOf(e, name, each)
		}
	}
}

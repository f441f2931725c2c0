package userevents_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

var (
	personal = regexp.MustCompile(`@example|Jane|Roe|jane|Refused|Throttled|"name"|11111111-|renter`)
	logKeys  = map[string][]string{
		"published":                        {"correlation_id", "event_id", "event_type"},
		"record sent to dead-letter queue": {"correlation_id", "event_id", "sequence_number", "error"},
		"batch stopped":                    {"correlation_id", "event_id", "sequence_number", "error"},
	}
)

// checkLog checks that every line is JSON with the keys of its message, that none contains personal data, and that
// each published event and each dead letter has a line.
func checkLog(t *testing.T, output string, got result) {
	t.Helper()
	if found := personal.FindString(strings.ReplaceAll(output, `"rental"`, "")); found != "" {
		t.Errorf("%q in the output:\n%s", found, output)
	}
	lines := map[string]int{}
	for line := range strings.Lines(output) {
		var members map[string]any
		if err := json.Unmarshal([]byte(line), &members); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		message, _ := members["message"].(string)
		lines[message]++
		for _, key := range append([]string{"level", "timestamp", "service", "cold_start", "function_request_id", "xray_trace_id"}, logKeys[message]...) {
			if _, ok := members[key]; !ok && message != "" {
				t.Errorf("no %s: %s", key, line)
			}
		}
	}
	if lines[""] != 1 || lines["published"] != len(got.Published) || lines["record sent to dead-letter queue"] != len(got.DeadLetters) {
		t.Errorf("lines %v for %d published and %d dead letters, and metrics", lines, len(got.Published), len(got.DeadLetters))
	}
}

// TestCorrelation checks that the log line, the envelope and the attributes of an event have the ID of the request
// that caused it.
func TestCorrelation(t *testing.T) {
	t.Parallel()
	const id = `0ca7504f-a7c8-41e9-9c0e-b9d1c303045b`
	var out bytes.Buffer
	p := portsFor("")
	got := invoke(newHandler(p, &out), p, batchOf(t, changeOf(t, 1, "Jane")))
	want := `"message":"published","function_request_id":"invocation-1","xray_trace_id":"","service":"userevents","cold_start":true,"correlation_id":"` + id +
		`","event_id":"event-1","event_type":"user.profile.created.v1"}`
	if !strings.Contains(out.String(), want) {
		t.Errorf("no line with\n%s in\n%s", want, out.String())
	}
	metrics := `{"Name":"ColdStart","Unit":"Count"},{"Name":"EventsPublished","Unit":"Count"},{"Name":"BatchItemFailures","Unit":"Count"}]}]},` +
		`"service":"userevents","ColdStart":1,"EventsPublished":1,"BatchItemFailures":0}`
	if !strings.Contains(out.String(), metrics) {
		t.Errorf("no line with\n%s in\n%s", metrics, out.String())
	}
	if len(got.Published) != 1 || got.Published[0].Attributes["correlationId"] != id || !strings.Contains(string(got.Published[0].Body), `"correlationid":"`+id) {
		t.Errorf("published %s", got.Published)
	}
}

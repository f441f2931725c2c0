package itemsync_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
)

var personal = regexp.MustCompile(`@example|Jane|Roe|Max|jane|smuggled|11111111-|22222222-`)

// checkLog checks that every line is JSON with the keys of its message, and that none contains personal data.
func checkLog(t *testing.T, output string) {
	t.Helper()
	if found := personal.FindString(output); found != "" {
		t.Errorf("%q in the output:\n%s", found, output)
	}
	for line := range strings.Lines(output) {
		checkLine(t, line)
	}
}

func checkLine(t *testing.T, line string) {
	t.Helper()
	var members map[string]any
	if err := json.Unmarshal([]byte(line), &members); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	message, _ := members["message"].(string)
	keys := map[string][]string{
		"": {"_aws", "BatchItemFailures"}, "owner event merged": {"correlation_id", "event_id", "event_type", "receive_count", "message_trace_id"},
		"items removed": {"correlation_id", "removed", "settled"}, "owner event not applied": {"correlation_id", "message_id", "receive_count", "error"},
	}[message]
	if keys == nil {
		t.Errorf("unknown line: %s", line)
	}
	if message != "" {
		keys = append(keys, "level", "timestamp", "service", "cold_start", "function_request_id", "xray_trace_id")
	}
	for _, key := range keys {
		if _, ok := members[key]; !ok {
			t.Errorf("no %s: %s", key, line)
		}
	}
}

// TestRedeliveryIsNoError checks that a deletion that must be redelivered is neither an error line nor a failure in the
// metrics.
func TestRedeliveryIsNoError(t *testing.T) {
	t.Parallel()
	const attributes = `"correlation_id":"0ca7504f-a7c8-41e9-9c0e-b9d1c303045b","event_id":"000000000000000000000000000000a1",` +
		`"event_type":"user.profile.deleted.v1","receive_count":`
	for name, want := range map[string][]string{
		"deleted-early": {
			`"level":"INFO","message":"owner event merged"`, attributes + `1,"message_trace_id":"1-5e5b1e5c-0123456789abcdef01234567"}`,
			`"level":"INFO","message":"items removed"`, `"removed":1,"settled":false}`, `"BatchItemFailures":0}`,
		},
		"deleted-late": {
			`"level":"INFO","message":"owner event merged"`, attributes + `2,`, `"removed":2,"settled":true}`, `"BatchItemFailures":0}`,
		},
		"removal-unavailable": {`"level":"ERROR","message":"owner event not applied"`, `unavailable`, `"BatchItemFailures":1}`},
		"panic":               {`"level":"ERROR","message":"owner event not applied"`, `panic: a programming error\ngoroutine `, `"BatchItemFailures":1}`},
		"sns-envelope":        {`"level":"ERROR","message":"owner event not applied"`, `needs raw message delivery"}`, `"BatchItemFailures":1}`},
	} {
		for _, c := range apigatewaytest.Cases(t, root, "itemsync") {
			if c.Name != name {
				continue
			}
			var out bytes.Buffer
			invoke(t, portsFor(t, c.Name), &out, c.Event)
			for _, part := range want {
				if !strings.Contains(out.String(), part) {
					t.Errorf("%s: no %s in\n%s", name, part, out.String())
				}
			}
			if strings.HasPrefix(name, "deleted") && strings.Contains(out.String(), "ERROR") {
				t.Errorf("%s: an error:\n%s", name, out.String())
			}
		}
	}
}

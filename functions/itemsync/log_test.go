package itemsync_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
)

// TestLogLines: every line is JSON with its keys, and nothing personal is in any.
func TestLogLines(t *testing.T) {
	t.Parallel()
	personal := regexp.MustCompile(`@example|Jane|Roe|Max|jane|smuggled|11111111-|22222222-`)
	for _, c := range apigatewaytest.Cases(t, root, "itemsync") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			invoke(t, portsFor(t, c.Name), &out, c.Event)
			if found := personal.FindString(out.String()); found != "" {
				t.Errorf("%q in the output:\n%s", found, out.String())
			}
			for line := range strings.Lines(out.String()) {
				checkLine(t, line)
			}
		})
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
		"": {"_aws", "BatchItemFailures"}, "merged": {"correlation_id", "event_id", "event_type", "receive_count", "message_trace_id"},
		"swept": {"correlation_id", "removed", "settled"}, "not applied": {"correlation_id", "message_id", "receive_count", "error"},
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

// TestUnsettledIsNoError: a deletion that has to come again is reported, but no failure to anybody who watches.
func TestUnsettledIsNoError(t *testing.T) {
	t.Parallel()
	const about = `"correlation_id":"0ca7504f-a7c8-41e9-9c0e-b9d1c303045b","event_id":"000000000000000000000000000000a1",` +
		`"event_type":"user.profile.deleted.v1","receive_count":`
	for name, want := range map[string][]string{
		"deleted-early": {
			`"level":"INFO","message":"merged"`, about + `1,"message_trace_id":"1-5e5b1e5c-0123456789abcdef01234567"}`,
			`"level":"INFO","message":"swept"`, `"removed":1,"settled":false}`, `"BatchItemFailures":0}`,
		},
		"deleted-late": {
			`"level":"INFO","message":"merged"`, about + `2,`, `"removed":2,"settled":true}`, `"BatchItemFailures":0}`,
		},
		"removal-unavailable": {`"level":"ERROR","message":"not applied"`, `unavailable`, `"BatchItemFailures":1}`},
		"panic":               {`"level":"ERROR","message":"not applied"`, `panic: a programming error\ngoroutine `, `"BatchItemFailures":1}`},
		"sns-envelope":        {`"level":"ERROR","message":"not applied"`, `has to have raw message delivery"}`, `"BatchItemFailures":1}`},
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

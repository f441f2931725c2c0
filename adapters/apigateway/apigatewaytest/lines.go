package apigatewaytest

import (
	"encoding/json"
	"strings"
	"testing"
)

// CheckLogLines checks the output of the first request of a function, with the request id "invocation-1": one line of
// metrics and one log line, each with its keys.
func CheckLogLines(t *testing.T, service, output string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(output), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines, want a metric and a log line:\n%s", len(lines), output)
	}
	checkMetrics(t, service, lines[0])
	checkLogLine(t, service, lines[1])
}

func checkMetrics(t *testing.T, service, line string) {
	t.Helper()
	var m struct {
		AWS struct {
			CloudWatchMetrics []struct {
				Namespace  string
				Dimensions [][]string
				Metrics    []struct{ Name, Unit string }
			}
		} `json:"_aws"`
		Service, Route             string
		Errors, Latency, ColdStart *float64
	}
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		t.Fatalf("metric line: %v\n%s", err, line)
	}
	if all := m.AWS.CloudWatchMetrics; len(all) != 2 || len(all[0].Metrics) != 2 || len(all[1].Metrics) != 1 || m.Errors == nil ||
		m.Latency == nil || m.ColdStart == nil || m.Service != service || m.Route == "" {
		t.Errorf("incomplete metric line: %s", line)
	}
}

func checkLogLine(t *testing.T, service, line string) {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal([]byte(line), &got); err != nil {
		t.Fatalf("log line: %v\n%s", err, line)
	}
	for _, key := range []string{"level", "message", "timestamp", "service", "cold_start", "function_request_id",
		"xray_trace_id", "correlation_id", "api_request_id", "route", "status", "duration_ms"} {
		if _, ok := got[key]; !ok {
			t.Errorf("log line has no %s: %s", key, line)
		}
	}
	if got["function_request_id"] != "invocation-1" || got["correlation_id"] != "invocation-1" || got["service"] != service {
		t.Errorf("log line of another invocation or service: %s", line)
	}
}

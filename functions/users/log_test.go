package users_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/memory"
	"rental.example/domain"
	"rental.example/domain/user"
)

// TestLogLines: one line a request with its keys, one of metrics, and nothing that a person wrote.
func TestLogLines(t *testing.T) {
	t.Parallel()
	personal := regexp.MustCompile(`@|TOKEN|eyJ|john|Jane|doe|Max|Roe`)
	for _, c := range apigatewaytest.Cases(t, root, "users") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			store := memory.NewUsers()
			seed(t, store)
			troubled, trouble := storeFor(c.Name, store)
			var out bytes.Buffer
			apigatewaytest.Invoke(t, newHandler(troubled, &out), "invocation-1", c.Event)

			lines := strings.Split(strings.TrimSpace(out.String()), "\n")
			if len(lines) != 2 {
				t.Fatalf("%d lines, want a metric and a log line:\n%s", len(lines), out.String())
			}
			checkMetrics(t, lines[0])
			checkLogLine(t, lines[1])
			if found := personal.FindString(out.String()); found != "" && !trouble {
				t.Errorf("%q in the output:\n%s", found, out.String())
			}
		})
	}
}

func checkMetrics(t *testing.T, line string) {
	t.Helper()
	var m struct {
		AWS struct {
			CloudWatchMetrics []struct {
				Namespace  string
				Dimensions [][]string
				Metrics    []struct{ Name, Unit string }
			}
		} `json:"_aws"`
		Service, Route                       string
		Requests, Errors, Latency, ColdStart *float64
	}
	if err := json.Unmarshal([]byte(line), &m); err != nil {
		t.Fatalf("metric line: %v\n%s", err, line)
	}
	if len(m.AWS.CloudWatchMetrics) != 1 || len(m.AWS.CloudWatchMetrics[0].Metrics) != 4 ||
		m.Requests == nil || m.Errors == nil || m.Latency == nil || m.ColdStart == nil || m.Service != "users" || m.Route == "" {
		t.Errorf("metric line lacks something: %s", line)
	}
}

func checkLogLine(t *testing.T, line string) {
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
	if got["function_request_id"] != "invocation-1" || got["correlation_id"] != "invocation-1" {
		t.Errorf("log line of another invocation: %s", line)
	}
}

// TestClockBehind: versions stay in order when a clock is wrong, and someone is told.
func TestClockBehind(t *testing.T) {
	t.Parallel()
	for ahead, told := range map[time.Duration]bool{domain.MaxClockLag - time.Second: false, domain.MaxClockLag + time.Second: true} {
		for _, name := range []string{"save-replaces", "patch-name", "delete"} {
			store, out := memory.NewUsers(), new(bytes.Buffer)
			profile, err := user.New(domain.Caller{ID: "11111111-1111-4111-8111-111111111111"},
				user.Draft{Name: "Jane Doe", Email: "jane@example.com", Type: "renter"}, domain.Stamp{Time: now.Add(ahead)})
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := store.Save(t.Context(), profile, domain.Condition{}); err != nil {
				t.Fatal(err)
			}
			answer := apigatewaytest.Invoke(t, newHandler(store, out), "invocation-1", event(t, name))
			if got := strings.Contains(out.String(), `"level":"ERROR","message":"clock behind stored versions"`); answer.StatusCode >= 300 || got != told {
				t.Errorf("%s, %v behind: status %d, told %t:\n%s", name, ahead, answer.StatusCode, got, out)
			}
		}
	}
}

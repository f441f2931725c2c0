package items_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// nodesStats is what nodes say of their processes.
type nodesStats struct {
	Nodes map[string]struct {
		Process struct {
			Timestamp int64
			CPU       struct {
				Total int64 `json:"total_in_millis"`
			}
		}
	}
}

// engineCPU is what the process of the engine's one node has taken so far. The node looks once a second at most: this
// waits until it has looked again.
func engineCPU(b *testing.B, endpoint string) time.Duration {
	b.Helper()
	for first := int64(0); ; time.Sleep(50 * time.Millisecond) {
		var stats nodesStats
		if err := json.Unmarshal([]byte(send(b, http.MethodGet, endpoint+"/_nodes/stats/process", "")), &stats); err != nil {
			b.Fatal(err)
		}
		if len(stats.Nodes) != 1 {
			b.Fatalf("%d nodes, want 1", len(stats.Nodes))
		}
		for _, node := range stats.Nodes {
			switch {
			case first == 0:
				first = node.Process.Timestamp
			case first != node.Process.Timestamp:
				return time.Duration(node.Process.CPU.Total) * time.Millisecond
			}
		}
	}
}

// exactly sends searches that find no typing errors: of what a word may match, only whole words are left.
type exactly struct{}

// RoundTrip implements http.RoundTripper.
func (exactly) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/_search") {
		return http.DefaultTransport.RoundTrip(r)
	}
	var body map[string]any
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, err
	}
	for _, word := range body["query"].(map[string]any)["bool"].(map[string]any)["must"].([]any) {
		either := word.(map[string]any)["dis_max"].(map[string]any)
		var exact []any
		for _, place := range either["queries"].([]any) {
			filter, err := json.Marshal(place.(map[string]any)["constant_score"].(map[string]any)["filter"])
			if err != nil {
				return nil, err
			}
			if bytes.Contains(filter, []byte(`"match"`)) && !bytes.Contains(filter, []byte(`"fuzziness"`)) {
				exact = append(exact, place)
			}
		}
		either["queries"] = exact
	}
	changed, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(changed)), int64(len(changed))
	return http.DefaultTransport.RoundTrip(r)
}

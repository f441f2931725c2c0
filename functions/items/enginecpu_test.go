package items_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"rental.example/adapters/opensearch/opensearchtest"
)

// nodesStats is the response of _nodes/stats/process.
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

// engineCPU returns the CPU time of the engine's one node. The node measures it at most once a second: this waits for a new
// measurement.
func engineCPU(b *testing.B, endpoint string) time.Duration {
	b.Helper()
	for first := int64(0); ; time.Sleep(50 * time.Millisecond) {
		var stats nodesStats
		if err := json.Unmarshal([]byte(opensearchtest.Send(b, http.MethodGet, endpoint+"/_nodes/stats/process", "")), &stats); err != nil {
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

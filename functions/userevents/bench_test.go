package userevents_test

import (
	"encoding/json"
	"io"
	"testing"
)

// BenchmarkBatch handles a batch of 100 records, from the bytes of the event to those of the response.
func BenchmarkBatch(b *testing.B) {
	const size = 100
	var records []json.RawMessage
	for n := range size {
		records = append(records, changeOf(b, n+1, "Jane Doe"))
	}
	event, ctx := batchOf(b, records...), invocation(b.Context())
	h := newHandler(portsFor(""), io.Discard)
	b.ReportAllocs()
	for b.Loop() {
		if response, err := h.Invoke(ctx, event); err != nil || string(response) != `{"batchItemFailures":[]}` {
			b.Fatalf("%s, %v", response, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/record")
}

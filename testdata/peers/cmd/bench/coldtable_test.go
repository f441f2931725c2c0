package main

import (
	"strings"
	"testing"
	"time"

	"rental.example/testdata/peers/lab"
)

// TestColdTables: every kind of sample is in the tables, and stacks that were not measured have empty cells.
func TestColdTables(t *testing.T) {
	t.Parallel()
	r := coldResults{map[int]coldSeries{}, newColdSeries()}
	ms := func(wall, cpu time.Duration) lab.Span {
		return lab.Span{Wall: wall * time.Millisecond, CPU: cpu * time.Millisecond}
	}
	usage := lab.ColdUsage{Start: ms(20, 11), First: ms(30, 12), Next: []lab.Span{ms(40, 1), ms(44, 1)}, Reconnect: ms(60, 1)}
	for _, size := range sizes {
		r.users[size] = newColdSeries()
		for _, stack := range append([]string{hellocallsTrust}, coldStacks...) {
			r.users[size].add(stack, usage)
		}
	}
	for _, stack := range []string{ours, seeds} {
		r.items.add(stack, usage)
	}
	var out strings.Builder
	r.print(&out)
	for _, line := range []string{
		"| CPU before the first event | 11.0 | 11.0 | 11.0 | 11.0 | 11.0 | 11.0 |",
		"| CPU in the first invocation | 12.0 |",
		"| first response at 1024 MB | 30.0 (30.0) |",
		"| next response at 128 MB | 41.0 (42.0) |",
		"| start and first response at 256 MB | 50.0 (50.0) |",
		"| the slowest of those | 60.0 |",
		"| items: search at 256 MB after its connection was closed | 60.0 (60.0) | 60.0 (60.0) |  |  |  |  |",
		"| first response at 256 MB: our next | 30.0 ms | 41.0 ms | 0.73 |  | 1.30 | yes |",
		"| first response at 256 MB: seed | 30.0 ms | 30.0 ms | 1/1.0 |  | 1/15.0 | no |",
		"| CPU before the first event: hellocall, our SSL_CERT_DIR | 11.0 ms | 11.0 ms | 1.00 | 1.00..1.00 | 1.15 | yes |",
	} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("there is no line %s in\n%s", line, out.String())
		}
	}
}

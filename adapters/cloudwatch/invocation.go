package cloudwatch

import (
	"context"
	"strconv"
	"strings"
)

// traceRoot returns the X-Ray trace of the invocation. The Lambda runtime stores the tracing header in the context under
// this key.
func traceRoot(ctx context.Context) string {
	header, _ := ctx.Value("x-amzn-trace-id").(string)
	for part := range strings.SplitSeq(header, ";") {
		if root, ok := strings.CutPrefix(part, "Root="); ok {
			return root
		}
	}
	return ""
}

// Count is a metric of the unit Count. Its name has letters only.
type Count struct {
	Name  string
	Value int
}

// Invocation writes counts, and ColdStart (1, or absent), by service.
func (m *Metrics) Invocation(coldStart bool, counts ...Count) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.begin()
	b = append(b, `,"Dimensions":[["service"]],"Metrics":[`...)
	if coldStart {
		b = append(b, `{"Name":"ColdStart","Unit":"Count"},`...)
	}
	for _, c := range counts {
		b = append(append(append(b, `{"Name":"`...), c.Name...), `","Unit":"Count"},`...)
	}
	if last := len(b) - 1; b[last] == ',' {
		b = b[:last]
	}
	b = append(append(b, `]}]},"service":`...), m.service...)
	if coldStart {
		b = append(b, `,"ColdStart":1`...)
	}
	for _, c := range counts {
		b = append(append(append(b, `,"`...), c.Name...), `":`...)
		b = strconv.AppendInt(b, int64(c.Value), 10)
	}
	m.write(b)
}

// Package cloudwatch writes log lines in JSON and metrics in the embedded metric format, which Amazon CloudWatch reads from
// a function's standard output.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
package cloudwatch

import (
	"io"
	"strconv"
	"sync"
	"time"

	"rental.example/adapters/rawjson"
)

// Metrics writes the metrics of a service: one line, in one Write, for each call. It is safe for concurrent use.
type Metrics struct {
	namespace, service []byte // as JSON strings
	now                func() time.Time

	mu  sync.Mutex
	w   io.Writer
	buf []byte // reused
}

// NewMetrics returns Metrics of a service in a CloudWatch namespace.
func NewMetrics(w io.Writer, namespace, service string, now func() time.Time) *Metrics {
	return &Metrics{
		namespace: rawjson.AppendString(nil, namespace), service: rawjson.AppendString(nil, service), now: now, w: w,
	}
}

const requestMetrics = `{"Name":"Errors","Unit":"Count"},{"Name":"Latency","Unit":"Milliseconds"}`

// Request writes Errors (1 for a status of 500 or more) and Latency in milliseconds by service and route, and ColdStart (1,
// or absent) by service. Each metric of each route costs USD 0.30 a month; the number of requests is the statistic
// SampleCount of Latency.
func (m *Metrics) Request(route string, status int, latency time.Duration, coldStart bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.begin()
	b = append(b, `,"Dimensions":[["service","route"]],"Metrics":[`+requestMetrics...)
	b = append(b, "]}"...)
	if coldStart {
		b = append(append(b, `,{"Namespace":`...), m.namespace...)
		b = append(b, `,"Dimensions":[["service"]],"Metrics":[{"Name":"ColdStart","Unit":"Count"}]}`...)
	}
	b = append(b, `]},"service":`...)
	b = append(b, m.service...)
	b = append(b, `,"route":`...)
	b = rawjson.AppendString(b, route)
	b = append(b, `,"Errors":`...)
	b = strconv.AppendInt(b, int64(status/500), 10) // a status is less than 1000
	b = append(b, `,"Latency":`...)
	b = strconv.AppendFloat(b, float64(latency.Microseconds())/1000, 'f', -1, 64)
	if coldStart {
		b = append(b, `,"ColdStart":1`...)
	}
	m.write(b)
}

// begin returns the start of a line, up to its dimensions.
func (m *Metrics) begin() []byte {
	b := append(m.buf[:0], `{"_aws":{"Timestamp":`...)
	b = strconv.AppendInt(b, m.now().UnixMilli(), 10)
	b = append(b, `,"CloudWatchMetrics":[{"Namespace":`...)
	return append(b, m.namespace...)
}

// write writes the line b. A failed write cannot be reported.
func (m *Metrics) write(b []byte) {
	m.buf = append(b, "}\n"...)
	_, _ = m.w.Write(m.buf)
}

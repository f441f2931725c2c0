package cloudwatch_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/cloudwatch"
)

// TestMetrics checks that each declared metric and dimension is a member of the root, as the embedded metric format requires.
func TestMetrics(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	at := time.UnixMilli(1767323045678)
	m := cloudwatch.NewMetrics(&out, "ren\"tal\x7f", "users", func() time.Time { return at })
	m.Request("GET /user", 503, 1500*time.Microsecond, true)
	m.Request("GET /user", 404, time.Second, false)
	want := `{"_aws":{"Timestamp":1767323045678,"CloudWatchMetrics":[{"Namespace":"ren\"tal` + "\x7f" + `","Dimensions":[["service","route"]],"Metrics":[` +
		`{"Name":"Errors","Unit":"Count"},{"Name":"Latency","Unit":"Milliseconds"}]},` +
		`{"Namespace":"ren\"tal` + "\x7f" + `","Dimensions":[["service"]],"Metrics":[{"Name":"ColdStart","Unit":"Count"}]}]},` +
		`"service":"users","route":"GET /user","Errors":1,"Latency":1.5,"ColdStart":1}`
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if diff := cmp.Diff(want, lines[0]); diff != "" {
		t.Errorf("line (-want +got):\n%s", diff)
	}
	if len(lines) != 2 || strings.Contains(lines[1], "ColdStart") || !strings.Contains(lines[1], `"Errors":0,"Latency":1000}`) {
		t.Errorf("second line: %v", lines[1:])
	}
}

func TestInvocationMetrics(t *testing.T) {
	t.Parallel()
	const begin = `{"_aws":{"Timestamp":1767323045678,"CloudWatchMetrics":[{"Namespace":"rental","Dimensions":[["service"]],"Metrics":[`
	for name, test := range map[string]struct {
		cold   bool
		counts []cloudwatch.Count
		want   string
	}{
		"warm": {false, []cloudwatch.Count{{Name: "EventsPublished", Value: 7}, {Name: "BatchItemFailures"}},
			`{"Name":"EventsPublished","Unit":"Count"},{"Name":"BatchItemFailures","Unit":"Count"}]}]},"service":"users","EventsPublished":7,"BatchItemFailures":0}`},
		"cold": {true, []cloudwatch.Count{{Name: "EventsPublished", Value: 7}},
			`{"Name":"ColdStart","Unit":"Count"},{"Name":"EventsPublished","Unit":"Count"}]}]},"service":"users","ColdStart":1,"EventsPublished":7}`},
		"cold alone": {true, nil, `{"Name":"ColdStart","Unit":"Count"}]}]},"service":"users","ColdStart":1}`},
	} {
		var out bytes.Buffer
		m := cloudwatch.NewMetrics(&out, "rental", "users", func() time.Time { return time.UnixMilli(1767323045678) })
		m.Invocation(test.cold, test.counts...)
		if diff := cmp.Diff(begin+test.want+"\n", out.String()); diff != "" || !json.Valid(out.Bytes()) {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// wholeWrites counts writes that are not one line.
type wholeWrites struct{ broken int }

func (w *wholeWrites) Write(p []byte) (int, error) {
	if !json.Valid(p) || bytes.Count(p, []byte("\n")) != 1 {
		w.broken++
	}
	return len(p), nil
}

func TestConcurrentMetrics(t *testing.T) {
	t.Parallel()
	w := &wholeWrites{}
	m := cloudwatch.NewMetrics(w, "rental", "users", time.Now)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				m.Request("GET /user", 200, time.Millisecond, false)
			}
		})
	}
	if group.Wait(); w.broken > 0 {
		t.Errorf("%d writes were not one line", w.broken)
	}
}

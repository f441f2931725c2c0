package lab

import (
	"path/filepath"
	"testing"
	"time"
)

// TestMarksAreInOrder: a process asks, is handed an event and responds, again and again, and its CPU only grows.
func TestMarksAreInOrder(t *testing.T) {
	t.Parallel()
	m, began, response, err := coldHello(t, ColdStart{Next: 2, Disconnect: func() {}})
	if err != nil || len(response) == 0 {
		t.Fatalf("the response is %s, %v", response, err)
	}
	if len(m.asked) != 5 || len(m.handed) != 4 || len(m.responded) != 4 {
		t.Fatalf("asked %d, handed %d, responded %d", len(m.asked), len(m.handed), len(m.responded))
	}
	at, cpu := began, time.Duration(0)
	follow := func(what string, n int, next mark) {
		if !next.at.After(at) || next.cpu < cpu {
			t.Errorf("event %d is %s at %v with %v, and the mark before it is at %v with %v", n, what, next.at, next.cpu, at, cpu)
		}
		at, cpu = next.at, next.cpu
	}
	for n := range m.handed {
		follow("asked for", n, m.asked[n])
		follow("handed out", n, m.handed[n])
		follow("responded to", n, mark{m.responded[n].at, cpu})
		if n > 0 && m.handed[n].at.Sub(m.asked[n].at) < pause {
			t.Errorf("before event %d is no pause", n)
		}
	}
}

// TestCold: a function over TLS, whose connection is closed before its last event.
func TestCold(t *testing.T) {
	t.Parallel()
	trust := newTrust(t)
	services := StartServices(trust, time.Millisecond)
	defer services.Close()
	binary := filepath.Join(t.TempDir(), "bootstrap")
	if err := Build(t.Context(), "..", "./cmd/rawusers", binary); err != nil {
		t.Fatal(err)
	}
	throttle := NewThrottle()
	defer throttle.Close()
	f := Function{Binary: binary, Environment: append(trust.Environment(trust.Empty), "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKID",
		"AWS_SECRET_ACCESS_KEY=secret", "USERS_TABLE=users", "AWS_ENDPOINT_URL_DYNAMODB="+services.DynamoDB.URL, "GOMAXPROCS=1")}
	closed := 0
	disconnect := func() { closed++; services.CloseConnections() }
	usage, err := f.Cold(t.Context(), ColdStart{Event: Save(Profile), Memory: 256, Next: 2, Throttle: throttle, Disconnect: disconnect})
	if err != nil {
		t.Fatal(err)
	}
	for _, span := range append(usage.Next, usage.Start, usage.First, usage.Reconnect) {
		if span.CPU <= 0 || span.Wall <= 0 {
			t.Errorf("nothing takes %+v", span)
		}
	}
	if len(usage.Next) != 2 || closed != 1 || len(usage.Response) == 0 {
		t.Errorf("the usage is %+v; connections were closed %d times", usage, closed)
	}
}

func coldHello(t *testing.T, c ColdStart) (*marks, time.Time, []byte, error) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "bootstrap")
	if err := Build(t.Context(), "..", "./cmd/hello", binary); err != nil {
		t.Fatal(err)
	}
	c.Event, c.Memory, c.Throttle = Save(Profile), 256, &Throttle{}
	return Function{Binary: binary}.marks(t.Context(), c)
}

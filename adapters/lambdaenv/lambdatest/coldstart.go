package lambdatest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"
)

// stores are what a store may do while a function starts. Each gets one request then: a second attempt would be after
// the deadline.
var stores = map[string]http.HandlerFunc{
	"responds": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) },
	"refuses": func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"__type":"AccessDeniedException"}`))
	},
	"slow": func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(4 * time.Second): // longer than any attempt may take
		case <-r.Context().Done():
		}
	},
	"hangs": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
}

// ColdStart builds the function of the test's folder and runs it once for each thing that its store may do while it
// starts: respond, refuse, be slow, hang, be away. The function must call the store once before it asks for an event,
// log nothing until then, and start in any case. Its variables are the deployed ones. check receives the response to the
// event, which must be one that needs no store, and the log.
func ColdStart(t *testing.T, event []byte, check func(t *testing.T, response []byte, log string)) {
	t.Helper()
	bootstrap := Build(t)
	for name, handler := range stores {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var requests, atStart atomic.Int32
			store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				_, _ = io.Copy(io.Discard, r.Body) // only then the server sees that the client has closed the connection
				handler(w, r)
			}))
			defer store.Close()
			defer store.CloseClientConnections()
			got := run(t, bootstrap, event, func(log string) {
				atStart.Store(requests.Load())
				checkSilent(t, log)
			}, DeployedVariables(t, store.URL))
			if atStart.Load() != 1 || requests.Load() != 1 {
				t.Errorf("%d requests to the store before the first event and %d in all, want 1 and 1", atStart.Load(), requests.Load())
			}
			check(t, got.response, got.log)
		})
	}
	t.Run("away", func(t *testing.T) {
		t.Parallel()
		got := run(t, bootstrap, event, func(log string) { checkSilent(t, log) }, DeployedVariables(t, "http://"+unused(t)))
		check(t, got.response, got.log)
	})
}

func checkSilent(t *testing.T, log string) {
	if log != "" {
		t.Errorf("logged before the first event: %s", log)
	}
}

// unused is an address at which nothing listens.
func unused(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

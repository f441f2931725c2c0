package httpclient_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"rental.example/adapters/httpclient"
)

// pipes is a listener whose connections are net.Pipe, so that they work on a fake clock.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	p <- server
	return client, nil
}

// TestIdleTimeout: a connection is used again as long as no service has closed it, and given up before one does.
func TestIdleTimeout(t *testing.T) {
	t.Parallel()
	for quiet, want := range map[time.Duration]int32{
		10 * time.Second: 1, 49 * time.Second: 1, 51 * time.Second: 2, 59 * time.Second: 2, 2 * time.Minute: 2,
	} {
		synctest.Test(t, func(t *testing.T) {
			var connections atomic.Int32
			listener := make(pipes)
			server := http.Server{
				IdleTimeout: time.Minute, // as DynamoDB
				Handler:     http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
				ConnState: func(_ net.Conn, s http.ConnState) {
					if s == http.StateNew {
						connections.Add(1)
					}
				},
			}
			go func() { _ = server.Serve(listener) }()
			client := httpclient.New(0, 1).WithTransportOptions(func(tr *http.Transport) { tr.DialContext = listener.dial })
			get(t, client, "http://service.invalid")
			time.Sleep(quiet)
			get(t, client, "http://service.invalid")
			if got := connections.Load(); got != want {
				t.Errorf("%d connections for two requests with %v between them, want %d", got, quiet, want)
			}
			close(listener)
			time.Sleep(time.Hour) // until both sides have closed all
		})
	}
}

func get(t *testing.T, client *awshttp.BuildableClient, url string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
}

// TestSessions: after the service has closed an idle connection, the next one resumes its TLS session.
func TestSessions(t *testing.T) {
	t.Parallel()
	var resumed []bool
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		resumed = append(resumed, r.TLS.DidResume)
	}))
	defer server.Close()
	roots := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	client := httpclient.New(0, 1).WithTransportOptions(func(tr *http.Transport) { tr.TLSClientConfig.RootCAs = roots })
	for range 2 {
		get(t, client, server.URL)
		server.CloseClientConnections()
	}
	if len(resumed) != 2 || resumed[0] || !resumed[1] {
		t.Errorf("resumed: %v, want false and true", resumed)
	}
}

// TestBackoff checks the limits of the delays, and that they are random within them.
func TestBackoff(t *testing.T) {
	t.Parallel()
	const base = 50 * time.Millisecond
	backoff := httpclient.Backoff(base)
	for attempt, limit := range map[int]time.Duration{1: base, 2: 2 * base, 3: 4 * base} {
		shortest, longest := limit, time.Duration(0)
		for range 1000 {
			d, err := backoff.BackoffDelay(attempt, nil)
			if err != nil || d < 0 || d >= limit {
				t.Fatalf("attempt %d: %v, %v; want less than %v", attempt, d, err, limit)
			}
			shortest, longest = min(shortest, d), max(longest, d)
		}
		if shortest > limit/10 || longest < limit*9/10 {
			t.Errorf("attempt %d: delays from %v to %v, want them spread below %v", attempt, shortest, longest, limit)
		}
	}
}

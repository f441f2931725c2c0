package opensearch_test

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
	"rental.example/domain/item"
)

// proxy is a server in front of the engine that carries out every request, and lets spoil have the
// connection instead of answering as long as faults are left.
func proxy(t *testing.T, endpoint string, faults *atomic.Int32, spoil func(net.Conn, *http.Response)) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		forwarded := r.Clone(r.Context())
		forwarded.RequestURI, forwarded.URL.Scheme, forwarded.URL.Host = "", "http", endpoint[len("http://"):]
		answer, err := http.DefaultTransport.RoundTrip(forwarded)
		if err != nil {
			t.Error(err)
			return
		}
		defer answer.Body.Close()
		if faults.Add(-1) < 0 {
			maps.Copy(w.Header(), answer.Header)
			w.WriteHeader(answer.StatusCode)
			if _, err := io.Copy(w, answer.Body); err != nil {
				t.Error(err)
			}
			return
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		spoil(conn, answer)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// resetConn ends a connection by a reset, as a crash does; a plain end would be orderly.
func resetConn(conn net.Conn) {
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

// TestConnectionsBreak breaks true connections twice after the engine has carried the request out.
func TestConnectionsBreak(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	honest := opensearch.NewItems(client)
	number := byte(0)
	for name, spoil := range map[string]func(net.Conn, *http.Response){
		"closed before the answer": func(c net.Conn, _ *http.Response) { _ = c.Close() },
		"reset before the answer":  func(c net.Conn, _ *http.Response) { resetConn(c) },
		"reset in the middle": func(c net.Conn, r *http.Response) {
			fmt.Fprintf(c, "HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"_index\":", r.StatusCode)
			resetConn(c)
		},
		"closed in the middle, without a length": func(c net.Conn, r *http.Response) {
			fmt.Fprintf(c, "HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"_index\":", r.StatusCode)
			_ = c.Close()
		},
	} {
		for write, w := range writings(t) {
			number++
			id := item.NewID(noon, [10]byte{number})
			t.Run(name+"/"+write, func(t *testing.T) {
				t.Parallel()
				over := w.prepare(t, honest, id)
				var faults atomic.Int32
				faults.Store(2)
				url := proxy(t, endpoint, &faults, spoil)
				err := w.write(opensearch.NewItems(newClient(t, opensearch.Config{Endpoint: url, Alias: alias})), ourWrite(t, id), over)
				if err != nil {
					t.Errorf("write = %v", err)
				}
				if got, err := honest.Get(t.Context(), id); w.exists && (err != nil || !got.Item.Equal(ourWrite(t, id))) ||
					!w.exists && kindOf(err) != domain.ErrNotFound {
					t.Errorf("Get = %+v, %v; there should be an item: %t", got, err, w.exists)
				}
			})
		}
	}
}

// TestNobodyListens: a refused connection is unavailability, and soon.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	c := newClient(t, opensearch.Config{Endpoint: server.URL, Alias: "items"})
	for name, call := range calls(t, c) {
		if err := call(); kindOf(err) != domain.ErrUnavailable {
			t.Errorf("%s = %v, want %v", name, err, domain.ErrUnavailable)
		}
	}
}

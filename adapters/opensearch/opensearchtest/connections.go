package opensearchtest

import (
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// LossyEndpoints returns endpoints in front of that of an engine whose connections break after each of the first two
// requests, by kind of break.
func LossyEndpoints(endpoint string) map[string]func(t *testing.T) string {
	endpoints := map[string]func(t *testing.T) string{}
	for name, fail := range map[string]func(net.Conn, *http.Response){
		"closed before the response": func(c net.Conn, _ *http.Response) { _ = c.Close() },
		"reset before the response":  func(c net.Conn, _ *http.Response) { resetConn(c) },
		"reset in the middle": func(c net.Conn, r *http.Response) {
			fmt.Fprintf(c, "HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"_index\":", r.StatusCode)
			resetConn(c)
		},
		"closed in the middle, without a length": func(c net.Conn, r *http.Response) {
			fmt.Fprintf(c, "HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"_index\":", r.StatusCode)
			_ = c.Close()
		},
	} {
		endpoints[name] = func(t *testing.T) string { return proxy(t, endpoint, 2, fail) }
	}
	return endpoints
}

// proxy starts a reverse proxy for the engine. For the first requests it passes the connection to fail instead of
// returning the engine's response.
func proxy(t *testing.T, endpoint string, failures int32, fail func(net.Conn, *http.Response)) string {
	t.Helper()
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		forwarded := r.Clone(r.Context())
		forwarded.RequestURI, forwarded.URL.Scheme, forwarded.URL.Host = "", "http", endpoint[len("http://"):]
		response, err := http.DefaultTransport.RoundTrip(forwarded)
		if err != nil {
			t.Error(err)
			return
		}
		defer response.Body.Close()
		if requests.Add(1) > failures {
			maps.Copy(w.Header(), response.Header)
			w.WriteHeader(response.StatusCode)
			if _, err := io.Copy(w, response.Body); err != nil {
				t.Error(err)
			}
			return
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		fail(conn, response)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// resetConn resets a TCP connection instead of closing it in order.
func resetConn(conn net.Conn) {
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

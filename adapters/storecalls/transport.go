package storecalls

import (
	"io"
	"net/http"
	"sync"
)

// Counted sends the requests of a store's client, and counts those whose context is one of Watch. It is an
// http.RoundTripper, and an HTTP client as the AWS SDK takes one.
type Counted struct {
	store Store
	send  func(*http.Request) (*http.Response, error)
}

var _ http.RoundTripper = (*Counted)(nil)

// Count makes a Counted of a store over what sends its requests, such as the method Do of an *http.Client.
func Count(store Store, send func(*http.Request) (*http.Response, error)) *Counted {
	return &Counted{store: store, send: send}
}

// Do sends a request as the Counted's function does. The call ends when the response's body does: when it was read to
// its end, failed or was closed.
func (c *Counted) Do(r *http.Request) (*http.Response, error) {
	i, ok := r.Context().Value(key{}).(*invocation)
	if !ok {
		return c.send(r)
	}
	i.begin(c.store)
	resp, err := c.send(r)
	if err != nil || resp.Body == nil {
		i.end(c.store)
		return resp, err
	}
	resp.Body = &body{ReadCloser: resp.Body, end: sync.OnceFunc(func() { i.end(c.store) })}
	return resp, nil
}

// RoundTrip implements http.RoundTripper, as Do.
func (c *Counted) RoundTrip(r *http.Request) (*http.Response, error) { return c.Do(r) }

// body is the body of a response, whose end is the end of the call.
type body struct {
	io.ReadCloser
	end func()
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.end()
	}
	return n, err
}

// Close implements io.Closer.
func (b *body) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}

package storecalls

import (
	"io"
	"net/http"
	"sync"
)

// Transport sends the requests of a store's client and counts those whose context is from NewContext. It is an
// http.RoundTripper and an HTTP client for the AWS SDK.
type Transport struct {
	store Store
	send  func(*http.Request) (*http.Response, error)
}

var _ http.RoundTripper = (*Transport)(nil)

// NewTransport returns a Transport that sends the requests to store with send, such as the method Do of an *http.Client.
func NewTransport(store Store, send func(*http.Request) (*http.Response, error)) *Transport {
	return &Transport{store: store, send: send}
}

// Do sends a request. The call ends when the body of the response was read to its end, failed or was closed.
func (t *Transport) Do(r *http.Request) (*http.Response, error) {
	i, ok := r.Context().Value(key{}).(*invocation)
	if !ok {
		return t.send(r)
	}
	i.begin(t.store)
	resp, err := t.send(r)
	if err != nil || resp.Body == nil {
		i.end(t.store)
		return resp, err
	}
	resp.Body = &body{ReadCloser: resp.Body, end: sync.OnceFunc(func() { i.end(t.store) })}
	return resp, nil
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) { return t.Do(r) }

// body calls end at the end of a response's body.
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

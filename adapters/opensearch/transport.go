package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"rental.example/adapters/rawjson"
	"rental.example/domain"
)

// A function has seconds, and the engine responds in milliseconds, or within a refresh.
const (
	maxAttempts    = 3
	attemptTimeout = 3 * time.Second       // from connecting to the last byte of the response
	attemptBackoff = 50 * time.Millisecond // before the first retry, at most
	maxResponse    = 4 << 20               // bytes; a full page of the longest documents is a third of that
)

var (
	errTooLong  = errors.New("the response is too long")
	errNotJSON  = errors.New("the response is not JSON")
	errUnsigned = errors.New("cannot sign")
)

// transport signs and sends requests.
//
// opensearch-go's own transport would sign a retry over a drained body, send one without a body after an io.EOF even
// if retries are disabled, and sleep beyond the end of the context (opensearch-go issue 202).
type transport struct {
	server  *url.URL
	next    http.RoundTripper
	sign    *signer
	timeout time.Duration // of an attempt
}

// response is a response of the engine, read to its end. Its body is JSON if its status is a success.
type response struct {
	status int
	body   []byte
}

// send sends r up to maxAttempts times, and returns the last response or error.
func (t *transport) send(r *request) (response, error) {
	r.http.URL.Scheme, r.http.URL.Host = t.server.Scheme, t.server.Host
	for attempt := 0; ; attempt++ {
		if err := domain.Backoff(r.http.Context(), attempt, attemptBackoff); err != nil {
			return response{}, err
		}
		out, err := t.attempt(r)
		r.ambiguous = r.ambiguous || r.retry == RetryWrite && ambiguous(out, err)
		if attempt == maxAttempts-1 || r.http.Context().Err() != nil || !r.retryable(out, err) {
			if err != nil {
				err = fmt.Errorf("attempt %d: %w", attempt+1, err)
			}
			return out, err
		}
	}
}

// attempt sends r once. It changes nothing that r refers to: a failed attempt may still be reading it.
func (t *transport) attempt(r *request) (response, error) {
	ctx, cancel := context.WithTimeout(r.http.Context(), t.timeout)
	defer cancel()
	out := r.http.WithContext(ctx)
	out.Body, out.GetBody, out.ContentLength = http.NoBody, nil, int64(len(r.body))
	if len(r.body) > 0 {
		out.Body = io.NopCloser(bytes.NewReader(r.body))
	}
	out, err := t.sign.signed(out, r.body)
	if err != nil {
		return response{}, fmt.Errorf("%w: %w", errUnsigned, err)
	}
	in, err := t.next.RoundTrip(out)
	if err != nil {
		return response{}, err
	}
	return readResponse(in)
}

// readResponse reads a response to its end. It fails if the body is not JSON, except for the statuses with which a gateway
// before the engine may send anything.
func readResponse(in *http.Response) (response, error) {
	body, err := readAll(io.LimitReader(in.Body, maxResponse+1), in.ContentLength)
	err = errors.Join(err, in.Body.Close())
	switch {
	case err != nil:
	case len(body) > maxResponse:
		err = errTooLong
	case in.StatusCode < http.StatusInternalServerError && in.StatusCode != http.StatusTooManyRequests && !rawjson.Valid(body):
		err = errNotJSON
	}
	if err != nil {
		return response{}, fmt.Errorf("status %d: %w", in.StatusCode, err)
	}
	return response{status: in.StatusCode, body: body}, nil
}

// readAll is io.ReadAll for an expected length; negative if it is unknown.
func readAll(r io.Reader, length int64) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(max(length, 0), maxResponse)) + bytes.MinRead)
	_, err := b.ReadFrom(r)
	return b.Bytes(), err
}

// ambiguous reports whether an attempt may have taken effect although it failed.
func ambiguous(out response, err error) bool {
	var network *net.OpError
	unsent := errors.Is(err, errUnsigned) || errors.As(err, &network) && network.Op == "dial"
	return err != nil && !unsent || out.status >= http.StatusInternalServerError
}

// retryable reports whether another attempt may succeed, and adds little to the load that made the last one fail.
func (r *request) retryable(out response, err error) bool {
	write := r.retry == RetryWrite
	switch {
	case r.retry == NoRetry, errors.Is(err, errTooLong):
		return false
	case err != nil:
		var timeout interface{ Timeout() bool }
		return write || !errors.As(err, &timeout) || !timeout.Timeout()
	}
	switch out.status {
	case http.StatusTooManyRequests, http.StatusBadGateway:
		return true
	case http.StatusGatewayTimeout:
		return write
	case http.StatusServiceUnavailable:
		var body struct{ Error errorCause }
		return json.Unmarshal(out.body, &body) != nil || !body.Error.fromShards()
	}
	return false
}

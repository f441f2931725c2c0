package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"rental.example/domain"
)

// A function has seconds, and the engine answers in milliseconds, or within a refresh.
const (
	maxAttempts    = 3
	attemptTimeout = 3 * time.Second       // from connecting to the last byte of the answer
	attemptBackoff = 50 * time.Millisecond // what domain.Pause begins with
	maxAnswer      = 4 << 20               // bytes; a full page of the longest items is a third of that
)

var (
	errTooLong = errors.New("the answer is too long")
	errNotJSON = errors.New("the answer is not JSON")
)

// transport is an http.RoundTripper that signs every attempt, repeats what is safe to repeat, and returns
// answers that are whole, or none.
type transport struct {
	next http.RoundTripper
	sign *signer
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := drain(r.Body)
	if err != nil {
		return nil, err
	}
	seen := attemptsOf(r.Context())
	for attempt := 0; ; attempt++ {
		if err := domain.Pause(r.Context(), attempt, attemptBackoff); err != nil {
			return nil, err
		}
		answer, err := t.attempt(r, body)
		seen.note(answer, err)
		if attempt == maxAttempts-1 || !repeatable(r) || !transient(answer, err) || r.Context().Err() != nil {
			return answer, afterAttempts(attempt+1, err)
		}
	}
}

// afterAttempts also hides a bare io.EOF from the driver, which would send the request again even though
// its retries are off, and without its body.
func afterAttempts(n int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("attempt %d: %w", n, err)
}

func drain(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	b, err := io.ReadAll(body)
	return b, errors.Join(err, body.Close())
}

// attempt sends r with body once, and reads the answer to its end.
func (t *transport) attempt(r *http.Request, body []byte) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), attemptTimeout)
	defer cancel()
	r = r.Clone(ctx)
	r.Body, r.GetBody, r.ContentLength = http.NoBody, nil, int64(len(body))
	if len(body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if err := t.sign.sign(r, body); err != nil {
		return nil, &unsentError{err}
	}
	answer, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	return whole(answer)
}

// whole replaces the body of an answer, which has to be JSON, by one that is in memory. What a gateway before
// the engine writes beside a status that tells of trouble may be anything.
func whole(answer *http.Response) (*http.Response, error) {
	body, err := readAll(io.LimitReader(answer.Body, maxAnswer+1), answer.ContentLength)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return nil, fmt.Errorf("status %d: %w", answer.StatusCode, err)
	}
	switch {
	case len(body) > maxAnswer:
		return nil, fmt.Errorf("status %d: %w", answer.StatusCode, errTooLong)
	case answer.StatusCode < http.StatusInternalServerError && answer.StatusCode != http.StatusTooManyRequests && !json.Valid(body):
		return nil, fmt.Errorf("status %d: %w", answer.StatusCode, errNotJSON)
	}
	answer.Body, answer.ContentLength = wholeBody{bytes.NewReader(body)}, int64(len(body))
	return answer, nil
}

// wholeBody is the body of an answer that is in memory, and knows its length.
type wholeBody struct{ *bytes.Reader }

// Close implements io.Closer.
func (wholeBody) Close() error { return nil }

// readAll is io.ReadAll for a length that is known, or negative.
func readAll(r io.Reader, size int64) ([]byte, error) {
	if size < 0 || size > maxAnswer {
		return io.ReadAll(r)
	}
	b := make([]byte, size)
	n, err := io.ReadFull(r, b)
	if err != nil {
		return b[:n], err
	}
	return b, nil
}

// transient reports whether another attempt may fare better.
func transient(answer *http.Response, err error) bool {
	if err != nil {
		return !errors.Is(err, errTooLong)
	}
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// repeatable reports whether sending r twice does no more than sending it once: it reads, or it writes
// over one state only, which the first time ends. What makes an index or adds to its mapping finds the
// second time that this is done.
func repeatable(r *http.Request) bool {
	query := r.URL.Query()
	last := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return true
	case http.MethodPost:
		return last == "_search" || last == "_mget" || last == "_refresh"
	case http.MethodPut:
		return query.Get("op_type") == "create" || query.Has("if_seq_no") || !strings.Contains(r.URL.Path, "/_doc/")
	case http.MethodDelete:
		return query.Has("if_seq_no")
	}
	return false
}

package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rental.example/adapters/rawjson"
	"rental.example/domain"
)

// A function has seconds, and the engine answers in milliseconds, or within a refresh.
const (
	maxAttempts    = 3
	attemptTimeout = 3 * time.Second       // from connecting to the last byte of the answer
	attemptBackoff = 50 * time.Millisecond // what domain.Backoff begins with
	maxAnswer      = 4 << 20               // bytes; a full page of the longest items is a third of that
)

var (
	errTooLong = errors.New("the answer is too long")
	errNotJSON = errors.New("the answer is not JSON")
)

// transport is an opensearchapi.Transport that signs every attempt, repeats what is safe to repeat, and returns
// answers that are whole, or none.
//
// That of opensearch-go would sign a repetition over a body that is drained, send one without a body after an
// io.EOF even where its retries are off, and sleep beyond the end of the context (opensearch-go issue 202).
type transport struct {
	server  *url.URL
	next    http.RoundTripper
	sign    *signer
	timeout time.Duration // of an attempt
}

// Perform implements opensearchapi.Transport. The body of its answer is a wholeBody.
func (t *transport) Perform(r *http.Request) (*http.Response, error) {
	r.URL.Scheme, r.URL.Host = t.server.Scheme, t.server.Host
	body, err := drain(r)
	if err != nil {
		return nil, err
	}
	seen := attemptsOf(r.Context())
	for attempt := 0; ; attempt++ {
		if err := domain.Backoff(r.Context(), attempt, attemptBackoff); err != nil {
			return nil, err
		}
		answer, err := t.attempt(r, body)
		seen.note(answer, err)
		if attempt == maxAttempts-1 || !transient(r, answer, err) || !repeatable(r) || r.Context().Err() != nil {
			return answer, afterAttempts(attempt+1, err)
		}
	}
}

func afterAttempts(n int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("attempt %d: %w", n, err)
}

func drain(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	b, err := readAll(r.Body, r.ContentLength)
	return b, errors.Join(err, r.Body.Close())
}

// attempt sends r with body once, and reads the answer to its end. Nothing that r refers to is changed: an
// attempt that has failed may still be reading it.
func (t *transport) attempt(r *http.Request, body []byte) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), t.timeout)
	defer cancel()
	r = r.WithContext(ctx)
	r.Body, r.GetBody, r.ContentLength = http.NoBody, nil, int64(len(body))
	if len(body) > 0 {
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	r, err := t.sign.signed(r, body)
	if err != nil {
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
	case answer.StatusCode < http.StatusInternalServerError && answer.StatusCode != http.StatusTooManyRequests && !rawjson.Valid(body):
		return nil, fmt.Errorf("status %d: %w", answer.StatusCode, errNotJSON)
	}
	answer.Body, answer.ContentLength = wholeBody{bytes.NewBuffer(body)}, int64(len(body))
	return answer, nil
}

// wholeBody is the body of an answer that is in memory.
type wholeBody struct{ *bytes.Buffer }

// Close implements io.Closer.
func (wholeBody) Close() error { return nil }

// readAll is io.ReadAll for what is probably length bytes; negative where nobody knows.
func readAll(r io.Reader, length int64) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(max(length, 0), maxAnswer)) + bytes.MinRead)
	_, err := b.ReadFrom(r)
	return b.Bytes(), err
}

// transient reports whether another attempt at r may fare better, and adds little to the load that made the last one
// fail: a read that has timed out, or that the engine has run, is not sent again. A write is, since its outcome is
// unknown: it costs little, and the next attempt settles it.
func transient(r *http.Request, answer *http.Response, err error) bool {
	if err != nil {
		var timeout interface{ Timeout() bool }
		late := errors.As(err, &timeout) && timeout.Timeout()
		return !errors.Is(err, errTooLong) && (!late || writes(r))
	}
	switch answer.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway:
		return true
	case http.StatusGatewayTimeout:
		return writes(r)
	case http.StatusServiceUnavailable:
		var body struct{ Error problem }
		return json.Unmarshal(answer.Body.(wholeBody).Bytes(), &body) != nil || !body.Error.ran()
	}
	return false
}

// writes reports whether r changes a document or an index.
func writes(r *http.Request) bool {
	return r.Method == http.MethodPut || r.Method == http.MethodDelete || strings.HasSuffix(r.URL.Path, "/_bulk")
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
		return last == "_search" || last == "_mget" || last == "_refresh" || last == "_bulk" // of deletions in one state each
	case http.MethodPut:
		return query.Get("op_type") == "create" || query.Has("if_seq_no") || !strings.Contains(r.URL.Path, "/_doc/")
	case http.MethodDelete:
		return query.Has("if_seq_no")
	}
	return false
}

package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain"
)

// Retry says after which failures a request is sent again.
type Retry int

const (
	// NoRetry is for requests that could take effect twice.
	NoRetry Retry = iota
	// RetryRead is for reads. They are not retried after a timeout: the engine may still be busy with the first attempt.
	RetryRead
	// RetryWrite is for writes that take effect once, because they are idempotent or conditional. They are retried after
	// a timeout, too, since its outcome is unknown.
	RetryWrite
)

// operation is a request of the engine's API.
type operation struct {
	name  string // in errors, such as "search ALIAS"
	retry Retry
	api   opensearchapi.Request
}

// do sends an operation and decodes its response into a T. If the index, its shard or a field of it is missing, do creates
// it, waits for it or adds it, and sends the operation again.
func do[T any](ctx context.Context, d Documents, op operation) (T, error) {
	c := d.client
	r, err := newRequest(ctx, op)
	if err != nil {
		return *new(T), err
	}
	out, err := send[T](c, r)
	for _, recovery := range recoveries {
		if !errors.Is(err, recovery.cause) {
			continue
		}
		if err := recovery.run(c, ctx, d.index); err != nil {
			return out, err
		}
		out, err = send[T](c, r)
	}
	return out, err
}

// recoveries are run at most once each. Their order matters: the shards of an index that was just created may not be
// active yet.
var recoveries = []struct {
	cause error
	run   func(*Client, context.Context, Index) error
}{
	{errNoIndex, (*Client).createIndex},
	{errNoShard, (*Client).awaitShards},
	{errNoField, (*Client).addFields},
}

// doOnce is do without recoveries.
func doOnce[T any](ctx context.Context, c *Client, op operation) (T, error) {
	r, err := newRequest(ctx, op)
	if err != nil {
		return *new(T), err
	}
	return send[T](c, r)
}

// request is an operation as it is sent.
type request struct {
	operation
	http *http.Request // without its host and body
	body []byte
	// ambiguous is set after an attempt of a write that may have taken effect without a response that says so.
	ambiguous bool
}

func newRequest(ctx context.Context, op operation) (*request, error) {
	r := &request{operation: op}
	if _, err := op.api.Do(ctx, r); err != nil {
		return nil, fmt.Errorf("opensearch: %s: %w", op.name, err)
	}
	return r, nil
}

// Perform implements opensearchapi.Transport. It stores the encoded request, which transport.send sends.
func (r *request) Perform(encoded *http.Request) (_ *http.Response, err error) {
	if encoded.Body != nil {
		if r.body, err = readAll(encoded.Body, encoded.ContentLength); err != nil {
			return nil, err
		}
	}
	r.http = encoded
	return new(http.Response), nil
}

// UnlessAmbiguous returns the refusal of a write; domain.ErrUnavailable if an earlier attempt may have taken effect and
// been overwritten since.
func UnlessAmbiguous(refusal error) error {
	if IsAmbiguous(refusal) {
		return fmt.Errorf("%w: %v", domain.ErrUnavailable, refusal)
	}
	return refusal
}

// IsAmbiguous reports whether a write was refused after an attempt of the same call that may have taken effect, and so be
// the reason for the refusal. The document can resolve this, by the id of the request in it.
func IsAmbiguous(refusal error) bool { return errors.Is(refusal, errAmbiguous) }

// errAmbiguous marks the refusal of a write after an attempt of the same request that may have taken effect, and so be
// the reason for the refusal.
var errAmbiguous = errors.New("after an attempt of unknown outcome")

func send[T any](c *Client, r *request) (T, error) {
	response, err := c.transport.send(r)
	if err != nil {
		return *new(T), fmt.Errorf("opensearch: %s: %w: %w", r.name, domain.ErrUnavailable, err)
	}
	out, err := decode[T](response)
	if err != nil && r.ambiguous && (errors.Is(err, domain.ErrConflict) || errors.Is(err, domain.ErrNotFound)) {
		err = fmt.Errorf("%w: %w", errAmbiguous, err)
	}
	if err != nil {
		return out, fmt.Errorf("opensearch: %s: %w", r.name, err)
	}
	return out, nil
}

// Validator is a response that may report a failure although its status is a success.
type Validator interface{ Validate() error }

func decode[T any](r response) (out T, err error) {
	if r.status >= http.StatusMultipleChoices {
		return out, classify(r.status, r.body)
	}
	// json.Unmarshal would validate a second time what transport.send has validated.
	if u, ok := any(&out).(json.Unmarshaler); ok {
		err = u.UnmarshalJSON(r.body)
	} else {
		err = json.Unmarshal(r.body, &out)
	}
	if err != nil {
		return out, fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
	}
	if v, ok := any(&out).(Validator); ok {
		err = v.Validate()
	}
	return out, err
}

// jsonBody returns v as the body of an operation.
func jsonBody(v any) (*bytes.Reader, error) {
	body, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("opensearch: %w", err)
	}
	return bytes.NewReader(body), nil
}

package dynamo

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/adapters/rawjson"
)

// responseTracker is the HTTP client of one call and records lost responses. The SDK retries a write after a lost
// connection or a server error, though the service may have applied it: a failed condition may then be the effect of
// the call itself.
type responseTracker struct {
	client   dynamodb.HTTPClient
	lastLost bool // the last attempt got no response, a truncated or a 5xx response
	anyLost  bool // the same of any attempt
}

// install makes t the HTTP client of a call.
func (t *responseTracker) install(o *dynamodb.Options) { t.client, o.HTTPClient = o.HTTPClient, t }

// Do implements dynamodb.HTTPClient. It returns an error for a truncated, empty or non-JSON response, so that the SDK
// retries: the SDK takes an empty body for success without attributes, as if there were no item.
func (t *responseTracker) Do(r *http.Request) (*http.Response, error) {
	if err := bufferRequest(r); err != nil {
		return nil, err
	}
	resp, err := t.client.Do(r)
	if err == nil {
		err = bufferResponse(resp)
	}
	t.lastLost = err != nil || resp.StatusCode >= http.StatusInternalServerError
	t.anyLost = t.anyLost || t.lastLost
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// bufferRequest replaces the body by a reader of a type that, as net/http recognizes, does not block. With the SDK's own
// reader, net/http sends the header in a separate packet and TLS record.
func bufferRequest(r *http.Request) error {
	if r.Body == nil {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	err = errors.Join(err, r.Body.Close())
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err
}

var errNotJSON = errors.New("response is not a JSON object")

// bufferResponse reads the whole body, and checks that it is a JSON object unless the status is 5xx.
func bufferResponse(resp *http.Response) error {
	body, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode < http.StatusInternalServerError && !isObject(body) {
		return errNotJSON
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

func isObject(body []byte) bool {
	r := rawjson.NewReader(body)
	return r.Peek() == '{' && r.Skip() && r.End()
}

package dynamo

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rental.example/adapters/rawjson"
)

// attempts watches the attempts of one call, as its HTTP client. The SDK repeats a write whose connection
// was reset or whose answer was a server's error, though the service may have carried it out: whoever
// gets a failed condition then has to know that it may have been made false by the call itself.
type attempts struct {
	client dynamodb.HTTPClient
	lost   bool // the last attempt ended neither in success nor in a refusal
	ever   bool // some attempt did
}

// watch installs a for one call.
func (a *attempts) watch(o *dynamodb.Options) { a.client, o.HTTPClient = o.HTTPClient, a }

// Do implements dynamodb.HTTPClient. An answer that is cut off, empty or no JSON is an error here, and so
// repeated; the SDK takes an empty one for success with nothing in it: no such item, nothing replaced.
func (a *attempts) Do(r *http.Request) (*http.Response, error) {
	if err := hold(r); err != nil {
		return nil, err
	}
	answer, err := a.client.Do(r)
	if err == nil {
		err = complete(answer)
	}
	a.lost = err != nil || answer.StatusCode >= http.StatusInternalServerError
	a.ever = a.ever || a.lost
	if err != nil {
		return nil, err
	}
	return answer, nil
}

// hold puts the body of a request into memory of a kind that net/http knows: before any other, as the SDK's, which
// might block, it sends the head in a packet, and a TLS record, of its own.
func hold(r *http.Request) error {
	if r.Body == nil {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	err = errors.Join(err, r.Body.Close())
	r.Body = io.NopCloser(bytes.NewReader(body))
	return err
}

var errNotJSON = errors.New("the answer is no JSON object")

// complete reads an answer to its end, and checks one that is not a server's error.
func complete(answer *http.Response) error {
	body, err := io.ReadAll(answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return err
	}
	if answer.StatusCode < http.StatusInternalServerError && !isObject(body) {
		return errNotJSON
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

func isObject(body []byte) bool {
	r := rawjson.NewReader(body)
	return r.Peek() == '{' && r.Skip() && r.End()
}

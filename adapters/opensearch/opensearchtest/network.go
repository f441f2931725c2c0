package opensearchtest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
)

// Exchange is the outcome of one attempt to send a request.
type Exchange func(*http.Request) (*http.Response, error)

// Network has one Exchange for each attempt, in order. The last one is repeated.
type Network struct {
	// Attempts is how many attempts were made. Read it when none is in flight.
	Attempts  int
	mu        sync.Mutex
	exchanges []Exchange
}

// NewNetwork returns a network with the exchanges.
func NewNetwork(exchanges ...Exchange) *Network { return &Network{exchanges: exchanges} }

// RoundTrip implements http.RoundTripper.
func (n *Network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	next := n.exchanges[min(n.Attempts, len(n.exchanges)-1)]
	n.Attempts++
	n.mu.Unlock()
	return next(r)
}

// NoEndpoint is an endpoint for clients that send nothing to it.
const NoEndpoint = "http://opensearch.invalid"

// Config returns a configuration without signatures. Attempts may take longer than a function's: the engine is slow on a
// machine that is busy with other tests. network may be nil.
func Config(endpoint string, network *Network) opensearch.Config {
	cfg := opensearch.Config{Endpoint: endpoint, Service: opensearch.ServiceNone, AttemptTimeout: 30 * time.Second}
	if network != nil {
		cfg.HTTP = network
	}
	return cfg
}

// Respond responds with a status and a body.
func Respond(status int, body string) Exchange {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
			Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		}, nil
	}
}

// Reset loses the connection.
func Reset(*http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET }

// Closed is the error of a connection that the server closed before its response.
func Closed(*http.Request) (*http.Response, error) { return nil, io.EOF }

// Refused fails to connect, so that nothing is sent.
func Refused(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

// Hang waits until the attempt times out.
func Hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// Truncate returns a response that ends in the middle.
func Truncate(*http.Request) (*http.Response, error) {
	body := io.MultiReader(strings.NewReader(`{"_index":"notes-v1","_id":"`), failing{io.ErrUnexpectedEOF})
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(body), ContentLength: 900, Header: http.Header{}}, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Endless is a response of 100 MB. It records how much of it was read, and that it was closed.
type Endless struct {
	Size     int
	IsClosed bool
}

// Read implements io.Reader.
// Read implements io.Reader.
func (e *Endless) Read(b []byte) (int, error) {
	if e.Size >= 100<<20 {
		return 0, io.EOF
	}
	e.Size += len(b)
	return copy(b, bytes.Repeat([]byte(" "), len(b))), nil
}

// Close implements io.Closer.
func (e *Endless) Close() error { e.IsClosed = true; return nil }

// Exchange responds with e.
func (e *Endless) Exchange(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: e, ContentLength: -1, Header: http.Header{}}, nil
}

// Bodies of responses.
const (
	GatewayPage = "<html><body><h1>502 Bad Gateway</h1></body></html>"
	Forbidden   = `{"Message":"User: anonymous is not authorized to perform: es:ESHttpGet"}`
	Expired     = `{"message":"The security token included in the request is expired"}`
	Rejected    = `{"error":{"root_cause":[],"type":"es_rejected_execution_exception","reason":"queue is full"},"status":429}`
	NoShards    = `{"error":{"root_cause":[],"type":"search_phase_execution_exception","reason":"all shards failed"},"status":503}`
	// A search that has run, as OpenSearch 2.19.6 writes it when time is up, and as it does with a status of the shards' own.
	TimeExceeded = `{"error":{"root_cause":[{"type":"time_exceeded_exception","reason":null}],"type":"search_phase_execution_exception","reason":"all shards failed","phase":"query","grouped":true,"failed_shards":[{"shard":0,"index":"notes-v1","node":"n","reason":{"type":"time_exceeded_exception","reason":null}}]},"status":500}`
	ShardsFailed = `{"error":{"root_cause":[{"type":"task_cancelled_exception","reason":"cancelled"}],"type":"search_phase_execution_exception","reason":"all shards failed","phase":"query","grouped":true,"failed_shards":[{"shard":0,"index":"notes-v1","node":"n","reason":{"type":"task_cancelled_exception","reason":"cancelled"}}]},"status":503}`
	Blocked      = `{"error":{"type":"cluster_block_exception","reason":"index [notes-v1] Blocked by: [FORBIDDEN/8/index write (api)];"},"status":403}`
	FailedBare   = `{"error":"no handler found for uri","status":400}`
	NoSuchIndex  = `{"error":{"type":"index_not_found_exception","reason":"no such index"},"status":404}`
)

// Forward sends the request to the engine and returns its response.
func Forward(r *http.Request) (*http.Response, error) { return http.DefaultTransport.RoundTrip(r) }

// LoseResponse sends the request to the engine, calls then, and returns the outcome of instead.
func LoseResponse(instead Exchange, then func()) Exchange {
	return func(r *http.Request) (*http.Response, error) {
		out, err := Forward(r)
		if err != nil {
			return nil, err
		}
		_, err = io.Copy(io.Discard, out.Body)
		if err = errors.Join(err, out.Body.Close()); err != nil {
			return nil, err
		}
		then()
		return instead(r)
	}
}

// RecordRequest appends the request to sent and returns the outcome of next.
func RecordRequest(t *testing.T, sent *[]string, next Exchange) Exchange {
	return func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		*sent = append(*sent, r.Method+" "+r.URL.RequestURI()+" "+string(body))
		return next(r)
	}
}

// KindOf returns the kind of an error; nil for another error, and for none.
func KindOf(err error) error {
	for _, kind := range []error{domain.ErrUnavailable, domain.ErrNotFound, domain.ErrConflict, domain.ErrInvalid} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return nil
}

package opensearch_test

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
	"rental.example/domain/item"
)

// exchange is the outcome of one attempt to send a request.
type exchange func(*http.Request) (*http.Response, error)

// network has one exchange for each attempt, in order. The last one is repeated.
type network struct {
	mu        sync.Mutex
	exchanges []exchange
	attempts  int
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	next := n.exchanges[min(n.attempts, len(n.exchanges)-1)]
	n.attempts++
	n.mu.Unlock()
	return next(r)
}

const fakeEndpoint = "http://opensearch.invalid"

// newFakeClient returns a client whose attempts have the outcomes of exchanges.
func newFakeClient(t testing.TB, endpoint, alias string, exchanges ...exchange) (*opensearch.Client, *network) {
	t.Helper()
	n := &network{exchanges: exchanges}
	return newClient(t, opensearch.Config{Endpoint: endpoint, Alias: alias, HTTP: n}), n
}

func respond(status int, body string) exchange {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
			Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		}, nil
	}
}

func reset(*http.Request) (*http.Response, error) { return nil, syscall.ECONNRESET }

// closed is the error of a connection that the server closed before its response.
func closed(*http.Request) (*http.Response, error) { return nil, io.EOF }

func refused(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}

// hang waits until the attempt times out.
func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// truncate returns a response that ends in the middle.
func truncate(*http.Request) (*http.Response, error) {
	body := io.MultiReader(strings.NewReader(`{"_index":"items-v1","_id":"`), failing{io.ErrUnexpectedEOF})
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(body), ContentLength: 900, Header: http.Header{}}, nil
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// endless is a response of 100 MB. It records how much of it was read, and that it was closed.
type endless struct {
	read   int
	closed bool
}

func (e *endless) Read(b []byte) (int, error) {
	if e.read >= 100<<20 {
		return 0, io.EOF
	}
	e.read += len(b)
	return copy(b, bytes.Repeat([]byte(" "), len(b))), nil
}

func (e *endless) Close() error { e.closed = true; return nil }

func (e *endless) exchange(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: e, ContentLength: -1, Header: http.Header{}}, nil
}

const (
	gatewayPage = "<html><body><h1>502 Bad Gateway</h1></body></html>"
	forbidden   = `{"Message":"User: anonymous is not authorized to perform: es:ESHttpGet"}`
	expired     = `{"message":"The security token included in the request is expired"}`
	rejected    = `{"error":{"root_cause":[],"type":"es_rejected_execution_exception","reason":"queue is full"},"status":429}`
	noShards    = `{"error":{"root_cause":[],"type":"search_phase_execution_exception","reason":"all shards failed"},"status":503}`
	// A search that has run, as OpenSearch 2.19.6 writes it when time is up, and as it does with a status of the shards' own.
	timeExceeded = `{"error":{"root_cause":[{"type":"time_exceeded_exception","reason":null}],"type":"search_phase_execution_exception","reason":"all shards failed","phase":"query","grouped":true,"failed_shards":[{"shard":0,"index":"items-v1","node":"n","reason":{"type":"time_exceeded_exception","reason":null}}]},"status":500}`
	shardsFailed = `{"error":{"root_cause":[{"type":"task_cancelled_exception","reason":"cancelled"}],"type":"search_phase_execution_exception","reason":"all shards failed","phase":"query","grouped":true,"failed_shards":[{"shard":0,"index":"items-v1","node":"n","reason":{"type":"task_cancelled_exception","reason":"cancelled"}}]},"status":503}`
	blocked      = `{"error":{"type":"cluster_block_exception","reason":"index [items-v1] blocked by: [FORBIDDEN/8/index write (api)];"},"status":403}`
	failedBare   = `{"error":"no handler found for uri","status":400}`
	noSuchIndex  = `{"error":{"type":"index_not_found_exception","reason":"no such index"},"status":404}`
)

const (
	someID    = item.ID("01J9ZZZZZZZZZZZZZZZZZZZZZZ")
	someOwner = domain.UserID("3b2c1a60-0000-4000-8000-00000000cafe")
)

var noon = time.Date(2100, 1, 1, 12, 0, 0, 0, time.UTC)

func newItem(t testing.TB, id item.ID, name, requestID string) item.Item {
	t.Helper()
	lat, lng := 52.5, 13.4
	i, err := item.New(id, domain.Caller{ID: someOwner}, item.Owner{}, item.Draft{Name: name, Lat: &lat, Lng: &lng},
		domain.Stamp{Time: noon, RequestID: requestID})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// calls are all methods of the adapter.
func calls(t *testing.T, c *opensearch.Client) map[string]func() error {
	items, owners, holdings := opensearch.NewItems(c), opensearch.NewOwners(c), opensearch.NewHoldings(c)
	i := newItem(t, someID, "Drill", "request-1")
	return map[string]func() error{
		"Get":     func() error { _, err := items.Get(t.Context(), i.ID); return err },
		"Create":  func() error { return items.Create(t.Context(), i) },
		"Replace": func() error { return items.Replace(t.Context(), i, "5.1") },
		"Delete":  func() error { return items.Delete(t.Context(), i.ID, "5.1") },
		"Search": func() error {
			_, err := items.Search(t.Context(), item.Query{Limit: 10, Sort: item.ByNewest})
			return err
		},
		"Refresh":   func() error { return holdings.Refresh(t.Context()) },
		"ListOwned": func() error { _, err := holdings.ListOwned(t.Context(), someOwner, 5, "", 10); return err },
		"Remove": func() error {
			_, err := holdings.Remove(t.Context(), []item.Holding{{ID: i.ID, Revision: "5.1"}})
			return err
		},
		"Owners": func() error { _, err := owners.Owners(t.Context(), []domain.UserID{someOwner}); return err },
		"Merge": func() error {
			_, err := owners.Merge(t.Context(), item.OwnerEvent{OwnerID: someOwner, Version: 1, Name: "Jane"})
			return err
		},
	}
}

func kindOf(err error) error {
	for _, kind := range []error{domain.ErrUnavailable, domain.ErrNotFound, domain.ErrConflict, domain.ErrInvalid, item.ErrInvalidPosition} {
		if errors.Is(err, kind) {
			return kind
		}
	}
	return nil
}

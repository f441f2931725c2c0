package dynamo_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamotest"
)

// countedConn counts its writes.
type countedConn struct {
	net.Conn
	writes *atomic.Int64
}

func (c countedConn) Write(p []byte) (int, error) {
	c.writes.Add(1)
	return c.Conn.Write(p)
}

// TestOneWritePerRequest checks that the header and body of a request are sent in one packet.
func TestOneWritePerRequest(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sent, err := io.ReadAll(r.Body); err != nil || int64(len(sent)) != r.ContentLength || len(sent) == 0 {
			t.Errorf("body of %d bytes, want %d: %v", len(sent), r.ContentLength, err)
		}
		_, _ = io.WriteString(w, "{}")
	}))
	t.Cleanup(server.Close)
	var writes atomic.Int64
	cfg := dynamotest.Config(server.URL)
	cfg.HTTPClient = awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			return countedConn{conn, &writes}, err
		}
	})
	readings := readingsTable(dynamo.NewClient(cfg), "readings")
	for range 3 {
		if _, err := readings.Put(t.Context(), reading{Sensor: "attic"}, noCondition); err != nil {
			t.Fatal(err)
		}
	}
	if got := writes.Load(); got != 3 {
		t.Errorf("%d writes for 3 requests", got)
	}
}

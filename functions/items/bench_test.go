package items_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/domain/item"
	"rental.example/functions/items"
)

// recorded is a request to replay.
type recorded struct {
	method, url string
	body        []byte
}

// recording is a transport that records requests.
type recording struct {
	mu   sync.Mutex
	sent []recorded
}

func (r *recording) RoundTrip(req *http.Request) (*http.Response, error) {
	var body []byte
	if req.Body != nil {
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	r.mu.Lock()
	r.sent = append(r.sent, recorded{req.Method, req.URL.String(), body})
	r.mu.Unlock()
	return http.DefaultTransport.RoundTrip(req)
}

// BenchmarkSearch compares a search through the handler with a net/http client that replays its requests, and with one that
// replays only the first.
func BenchmarkSearch(b *testing.B) {
	endpoint := os.Getenv("OPENSEARCH_ENDPOINT")
	if endpoint == "" {
		b.Skip("OPENSEARCH_ENDPOINT is not set; testdata/engines/with opensearch make benchmarks starts the engine")
	}
	const alias = "bench"
	fillEngine(b, endpoint, alias, 10_000)
	recorder := &recording{}
	search := func(router *apigateway.Router) {
		resp, _ := router.Serve(context.Background(), events.APIGatewayProxyRequest{HTTPMethod: "GET", Resource: "/items",
			MultiValueQueryStringParameters: map[string][]string{"q": {"drill"}, "lat": {"52.52"}, "lng": {"13.4"}, "radiusKm": {"300"}}})
		if resp.StatusCode != http.StatusOK {
			b.Fatalf("status %d: %s", resp.StatusCode, resp.Body)
		}
	}
	search(searchRouter(b, opensearch.Config{Endpoint: endpoint, Service: opensearch.ServiceNone, HTTP: recorder}, alias))
	router := searchRouter(b, opensearch.Config{Endpoint: endpoint, Service: opensearch.ServiceNone}, alias)
	ours := func() { search(router) }
	same := func() { replay(b, recorder.sent) }
	queryOnly := func() { replay(b, recorder.sent[:1]) }
	if len(recorder.sent) != 2 {
		b.Fatalf("a search takes %d requests, want 2", len(recorder.sent))
	}
	for b.Loop() {
		ours()
	}
	// Alternating, since the machine's speed drifts.
	var spent [3]time.Duration
	for range 300 {
		for i, run := range []func(){ours, same, queryOnly} {
			start := time.Now()
			run()
			spent[i] += time.Since(start)
		}
	}
	b.ReportMetric(float64(spent[1])/float64(spent[0]), "throughput/same-requests")
	b.ReportMetric(float64(spent[2])/float64(spent[0]), "throughput/query-only")
	b.ReportMetric(mallocs(ours)-mallocs(same), "allocs-more")
}

func searchRouter(b testing.TB, cfg opensearch.Config, alias string) *apigateway.Router {
	b.Helper()
	client, err := opensearchitems.NewClient(cfg, alias, 0)
	if err != nil {
		b.Fatal(err)
	}
	store := opensearchitems.NewItems(client)
	service := items.New(store, store, opensearchitems.NewOwners(client), items.Config{Now: time.Now})
	return apigateway.NewRouter(service.Routes(), apigateway.Config{
		AllowedOrigin: "http://localhost:3000", Now: time.Now,
		Logger: cloudwatch.NewLogger(io.Discard, 0, "items"), Metrics: cloudwatch.NewMetrics(io.Discard, "rental", "items", time.Now),
	})
}

func replay(b *testing.B, requests []recorded) {
	b.Helper()
	for _, r := range requests {
		req, err := http.NewRequest(r.method, r.url, bytes.NewReader(r.body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		_, err = io.Copy(io.Discard, resp.Body)
		if resp.Body.Close(); err != nil || resp.StatusCode != http.StatusOK {
			b.Fatalf("%s %s: status %d, %v", r.method, r.url, resp.StatusCode, err)
		}
	}
}

// mallocs returns the average number of allocations of run.
func mallocs(run func()) float64 {
	const times = 100
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range times {
		run()
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / times
}

// fillEngine stores n random items with owners under an alias.
func fillEngine(b *testing.B, endpoint, alias string, n int) {
	b.Helper()
	p := openSearchPorts(b, endpoint, alias)
	random := rand.New(rand.NewPCG(1, 1))
	for _, e := range []item.OwnerEvent{{OwnerID: renter, Version: 1, Name: "Jane"}, {OwnerID: rentee, Version: 1, Name: "Max"}} {
		if _, err := p.owners.Merge(context.Background(), e); err != nil {
			b.Fatal(err)
		}
	}
	fill(b, random, n, p.store)
}

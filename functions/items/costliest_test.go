package items_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/opensearch"
	"rental.example/adapters/samtest"
	"rental.example/domain"
	"rental.example/domain/item"
)

// maxCPU is the budget of the engine's CPU time for the costliest search that the contract allows, over minSegments.
const (
	maxCPU      = 100 * time.Millisecond
	minSegments = 7
)

// costlyText returns a text with the maximum number of words of a length.
func costlyText(length int) string {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	var words []string
	for i := range min((item.MaxTextLength+1)/(length+1), item.MaxWords) {
		words = append(words, strings.Repeat(letters[i:]+letters[:i], 3)[:length])
	}
	return strings.Join(words, " ")
}

// costlySearches have many words, long words, and all parameters.
func costlySearches() map[string]url.Values {
	many, long := costlyText(11), costlyText(item.MaxWordLength)
	return map[string]url.Values{
		"many words": {"q": {many}, "limit": {"50"}},
		"long words": {"q": {long}, "limit": {"50"}},
		"everything": {
			"q": {many}, "lat": {"52.5"}, "lng": {"13.4"}, "radiusKm": {"500"}, "category": {"tools"}, "tag": costlyTags(),
			"minPrice": {"0"}, "maxPrice": {"1000000"}, "limit": {"50"},
		},
	}
}

func costlyTags() (tags []string) {
	for i := range item.MaxTags {
		tags = append(tags, fmt.Sprint("tag-", i))
	}
	return tags
}

// costlyDetails returns details with each word of the costly texts, or with a typing error in it.
func costlyDetails() (all []string) {
	many, long := costlyText(11), costlyText(item.MaxWordLength)
	all = []string{many + " " + long}
	variants := make([][]string, 3) // the maximum length of details
	for _, word := range strings.Fields(many) {
		for i, term := range item.QueryTerms(word) {
			n := i % len(variants)
			variants[n] = append(variants[n], strings.ReplaceAll(term, "?", "x"))
		}
	}
	for _, words := range variants {
		all = append(all, strings.Join(words, " "))
	}
	return all
}

// fillSegments stores items with each word of the costly texts in at least minSegments segments.
func fillSegments(t testing.TB, endpoint, alias string) {
	t.Helper()
	p := openSearchPorts(t, endpoint, alias)
	keepSegments(t, endpoint, alias)
	for round := range minSegments + 1 {
		var writers sync.WaitGroup
		for n, details := range costlyDetails() {
			at := seeded.Add(time.Duration(round) * time.Minute)
			d := item.Draft{
				Name: costlyText(11)[:item.MaxNameLength-1], Details: details,
				Category: "tools", Tags: costlyTags(), PricePerDay: ptr(10.0), Lat: ptr(52.5), Lng: ptr(13.4),
			}
			itm, err := item.New(item.NewID(at, [10]byte{byte(n)}), domain.Caller{ID: renter}, item.Owner{}, d, domain.Stamp{Time: at, RequestID: fmt.Sprint(at, n)})
			if err != nil {
				t.Fatal(err)
			}
			writers.Go(func() {
				if err := p.store.Create(context.Background(), itm); err != nil {
					t.Error(err)
				}
			})
		}
		writers.Wait()
	}
	if n := segments(t, endpoint, alias); n < minSegments {
		t.Fatalf("%d segments, want %d", n, minSegments)
	}
}

// TestManyCostlySearches sends the costliest searches from eight clients: each succeeds.
func TestManyCostlySearches(t *testing.T) {
	endpoint := samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "opensearch")
	const alias = "costly"
	fillSegments(t, endpoint, alias)
	router := searchRouter(t, opensearch.Config{Endpoint: endpoint, Service: opensearch.ServiceNone}, alias)
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for range 4 {
				for name, query := range costlySearches() {
					if status := costlySearch(router, query); status != http.StatusOK {
						t.Errorf("%s: status %d", name, status)
					}
				}
			}
		})
	}
	clients.Wait()
}

func costlySearch(router *apigateway.Router, query url.Values) (status int) {
	resp, _ := router.Serve(context.Background(), events.APIGatewayProxyRequest{HTTPMethod: "GET", Resource: "/items",
		MultiValueQueryStringParameters: query})
	return resp.StatusCode
}

// BenchmarkCostliestSearch measures the CPU time of the engine for the costliest searches that the contract allows.
func BenchmarkCostliestSearch(b *testing.B) {
	endpoint := os.Getenv("OPENSEARCH_ENDPOINT")
	if endpoint == "" {
		b.Skip("OPENSEARCH_ENDPOINT is not set; testdata/engines/with opensearch make benchmarks starts the engine")
	}
	const alias = "costliest"
	fillSegments(b, endpoint, alias)
	router := searchRouter(b, opensearch.Config{Endpoint: endpoint, Service: opensearch.ServiceNone}, alias)
	for name, query := range costlySearches() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				mustSearch(b, router, query)
			}
			const searches = 200
			mustSearches(b, searches, router, query) // warms the engine's compiler up
			before := engineCPU(b, endpoint)
			mustSearches(b, searches, router, query)
			cpu := (engineCPU(b, endpoint) - before) / searches
			b.ReportMetric(cpu.Seconds()*1000, "engine-ms/op")
			b.ReportMetric(float64(segments(b, endpoint, alias)), "segments")
			if cpu > maxCPU {
				b.Errorf("a search takes %v of the engine's CPU, more than %v", cpu, maxCPU)
			}
		})
	}
}

func mustSearches(b *testing.B, n int, router *apigateway.Router, query url.Values) {
	b.Helper()
	for range n {
		mustSearch(b, router, query)
	}
}

func mustSearch(b *testing.B, router *apigateway.Router, query url.Values) {
	b.Helper()
	if status := costlySearch(router, query); status != http.StatusOK {
		b.Fatalf("status %d", status)
	}
}

package items_test

import (
	"io"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/apigateway/apigatewaytest"
)

// BenchmarkInvocation compares the invocation of a search in memory with the same one by aws-lambda-go, which decodes the
// event and encodes the response by reflection.
func BenchmarkInvocation(b *testing.B) {
	p := inMemory()
	seed(b, p)
	event := apigatewaytest.Event(b, root, "items", "search")
	router := newHandler(p, io.Discard)
	handlers := []lambda.Handler{router, lambda.NewHandler(router.(*apigateway.Router).Serve)}
	var spent [2]time.Duration
	b.ReportAllocs()
	for b.Loop() {
		for i, h := range handlers { // alternating, since the machine's speed drifts
			start := time.Now()
			if _, err := h.Invoke(b.Context(), event); err != nil {
				b.Fatal(err)
			}
			spent[i] += time.Since(start)
		}
	}
	b.ReportMetric(float64(spent[0])/float64(spent[1]), "invocation/by-reflection")
}

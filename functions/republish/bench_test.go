package republish_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rental.example/adapters/snssqs"
)

// BenchmarkSNS publishes the profiles of a store in memory with a client of SNS. Its server responds after 20 ms.
func BenchmarkSNS(b *testing.B) {
	const users = 10_000
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		_, _ = io.WriteString(w, batchResponse(r))
	}))
	b.Cleanup(server.Close)
	topic := snssqs.NewTopicClient(aws.Config{
		Region: "us-east-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	h := newHandler(seed(b, users), topic, io.Discard)
	b.ReportAllocs()
	runs := 0
	for b.Loop() {
		if _, err := h.Invoke(invocation(b.Context()), []byte(`{}`)); err != nil {
			b.Fatal(err)
		}
		runs++
	}
	b.ReportMetric(float64(runs*users)/b.Elapsed().Seconds(), "profiles/s")
}

// batchResponse returns the response of a PublishBatch whose entries all succeed.
func batchResponse(r *http.Request) string {
	var out strings.Builder
	out.WriteString(`<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Failed/><Successful>`)
	for n := 1; r.FormValue(fmt.Sprintf("PublishBatchRequestEntries.member.%d.Id", n)) != ""; n++ {
		fmt.Fprintf(&out, "<member><Id>%d</Id><MessageId>5f1c5f7f-0d1b-4f0b-8d53-5b2b4d8f2e8a</MessageId></member>", n-1)
	}
	return out.String() + "</Successful></PublishBatchResult></PublishBatchResponse>"
}

package republish_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/samtest"
	"rental.example/adapters/snssqs"
	"rental.example/domain"
	"rental.example/domain/user"
)

const (
	benchUsers = 10_000
	engines    = "dynamodb,sns-sqs"
)

func configFor(endpoint string) aws.Config {
	return aws.Config{Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
}

// profilesPerSecond does the work for benchUsers as often as b wants.
func profilesPerSecond(b *testing.B, work func() error) {
	b.ReportAllocs()
	runs := 0
	for b.Loop() {
		if err := work(); err != nil {
			b.Fatal(err)
		}
		runs++
	}
	b.ReportMetric(float64(runs*benchUsers)/b.Elapsed().Seconds(), "profiles/s")
}

func publishesAll(b *testing.B, from user.RecordStore, topic snssqs.TopicAPI) {
	profilesPerSecond(b, func() error {
		_, err := newHandler(from, topic, io.Discard).Invoke(invocation(b.Context()), []byte(`{}`))
		return err
	})
}

// BenchmarkSNS publishes what is in memory by a client of SNS.
func BenchmarkSNS(b *testing.B) { publishesAll(b, seed(b, benchUsers), cannedSNS(b)) }

// cannedSNS is a client of a server that responds after 20 ms.
func cannedSNS(b *testing.B) *sns.Client {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(20 * time.Millisecond)
		_, _ = io.WriteString(w, batchResponse(r))
	}))
	b.Cleanup(server.Close)
	return snssqs.NewTopicClient(configFor(server.URL))
}

// batchResponse says that every entry of a PublishBatch is published.
func batchResponse(r *http.Request) string {
	var out strings.Builder
	out.WriteString(`<PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult><Failed/><Successful>`)
	for n := 1; r.FormValue(fmt.Sprintf("PublishBatchRequestEntries.member.%d.Id", n)) != ""; n++ {
		fmt.Fprintf(&out, "<member><Id>%d</Id><MessageId>5f1c5f7f-0d1b-4f0b-8d53-5b2b4d8f2e8a</MessageId></member>", n-1)
	}
	return out.String() + "</Successful></PublishBatchResult></PublishBatchResponse>"
}

// BenchmarkEngines holds a run on real engines against its parts: a run with the real table alone, the same events
// published by the same client at the same concurrency, and the same pages read. Run it with
// testdata/engines/with dynamodb,sns-sqs.
func BenchmarkEngines(b *testing.B) {
	table := seededTable(b)
	client := snssqs.NewTopicClient(configFor(samtest.Endpoint(b, "SNS_ENDPOINT", engines)))
	created, err := client.CreateTopic(b.Context(), &sns.CreateTopicInput{Name: aws.String("bench-" + strings.ToLower(rand.Text()))})
	if err != nil {
		b.Fatal(err)
	}
	topic := namedTopic{client, *created.TopicArn}
	b.Run("run", func(b *testing.B) { publishesAll(b, table, topic) })
	b.Run("table", func(b *testing.B) { publishesAll(b, table, cannedSNS(b)) })
	b.Run("publish", func(b *testing.B) {
		profilesPerSecond(b, func() error { return publishAtOnce(b, snssqs.NewTopic(topic, topic.arn)) })
	})
	b.Run("scan", func(b *testing.B) {
		profilesPerSecond(b, func() error {
			for after, more := "", true; more; more = after != "" {
				page, err := table.Scan(b.Context(), after, 1000)
				if err != nil {
					return err
				}
				after = page.Next
			}
			return nil
		})
	})
}

// seededTable is a table of benchUsers profiles.
func seededTable(b *testing.B) *dynamo.Users {
	b.Helper()
	client := dynamo.NewClient(configFor(samtest.Endpoint(b, "DYNAMODB_ENDPOINT", engines)))
	name := "bench-" + strings.ToLower(rand.Text())
	if err := dynamo.EnsureUsersTable(b.Context(), client, name); err != nil {
		b.Fatal(err)
	}
	table := dynamo.NewUsers(client, name)
	if err := atOnce(benchUsers, func(n int) error {
		p, err := user.New(domain.Caller{ID: userID(n)}, user.Draft{Name: fmt.Sprintf("User %d", n), Email: "jane@example.com", Type: "renter", Ratings: 25},
			domain.Stamp{Time: seeded, RequestID: fmt.Sprintf("request-%d", n)})
		if err == nil {
			_, _, err = table.Save(b.Context(), p, domain.Condition{})
		}
		return err
	}); err != nil {
		b.Fatal(err)
	}
	return table
}

// publishAtOnce publishes as many events as there are users.
func publishAtOnce(b *testing.B, topic *snssqs.Topic) error {
	return atOnce(benchUsers/snssqs.MaxBatch, func(n int) error {
		batch := make([]user.Event, snssqs.MaxBatch)
		for i := range batch {
			id := userID(n*snssqs.MaxBatch + i)
			batch[i] = user.Event{
				ID: "republish:invocation-1:0123456789abcdef", Kind: user.Updated, UserID: id, Version: 1767225600000000,
				Name: "User", Type: user.Renter, Ratings: 25, RequestID: "request-1",
			}
		}
		for _, err := range topic.Publish(b.Context(), batch) {
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// atOnce does n pieces of work, as many at once as the function has batches in flight.
func atOnce(n int, work func(int) error) (err error) {
	var all sync.WaitGroup
	var once sync.Once
	for worker := range snssqs.InFlight {
		all.Go(func() {
			for i := worker; i < n; i += snssqs.InFlight {
				if failed := work(i); failed != nil {
					once.Do(func() { err = failed })
					return
				}
			}
		})
	}
	all.Wait()
	return err
}

// namedTopic publishes to another topic than the handler's.
type namedTopic struct {
	*sns.Client
	arn string
}

func (t namedTopic) PublishBatch(ctx context.Context, in *sns.PublishBatchInput, options ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	in.TopicArn = &t.arn
	return t.Client.PublishBatch(ctx, in, options...)
}

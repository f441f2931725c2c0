package simulation_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/adapters/opensearch"
	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/samtest"
	"rental.example/adapters/snssqs"
	"rental.example/adapters/snssqs/snssqstest"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/functions/itemsync"
	"rental.example/functions/local/pipeline"
	"rental.example/functions/userevents"
)

// Shorter times than in template.yaml.
const (
	requestTime             = 2 * time.Second // timeout of a request
	consumerTime            = 6 * time.Second // timeout of a consumer
	engineGracePeriod       = requestTime + consumerTime + time.Second
	engineVisibilityTimeout = engineGracePeriod + time.Second
	engineOwners            = 25
	profileChanges          = 500
	itemsAdded              = 2000
	killedInvocations       = 3 // of ten
)

// system is the functions with real engines, and with their own table, index, topic and queue.
type system struct {
	table, alias, openSearch string
	store                    *dynamousers.Store
	catalog                  *item.Catalog
	owners                   *opensearchitems.Owners
	holdings                 *opensearchitems.Holdings
	streams                  *pipeline.TableStream
	userevents, itemsync     func() lambda.Handler
	sqs                      *sqs.Client
	queue                    string

	received, killed, published atomic.Int64
}

func configFor(endpoint string) aws.Config {
	return aws.Config{Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
}

func newSystem(t *testing.T) *system {
	t.Helper()
	const engines = "dynamodb,opensearch,sns-sqs"
	s := &system{openSearch: samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", engines)}
	name := "simulation-" + strings.ToLower(rand.Text())
	s.table, s.alias = name, name
	logger, metrics := slog.New(slog.DiscardHandler), cloudwatch.NewMetrics(io.Discard, "rental", "simulation", time.Now)

	endpoint := samtest.Endpoint(t, "DYNAMODB_ENDPOINT", engines)
	db := dynamo.NewClient(configFor(endpoint))
	must(t, dynamousers.Schema(s.table).Ensure(t.Context(), db))
	described, err := db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &s.table})
	must(t, err)
	s.store = dynamousers.New(db, s.table)
	s.streams = pipeline.NewTableStream(dynamodbstreams.NewFromConfig(configFor(endpoint)), *described.Table.LatestStreamArn, nil, logger)

	itemsClient, itemSyncClient := s.newClient(t, "ItemsFunction"), s.newClient(t, "ItemSyncFunction")
	items := opensearchitems.NewItems(itemsClient)
	s.owners, s.holdings = opensearchitems.NewOwners(itemSyncClient), opensearchitems.NewHoldings(itemSyncClient)
	s.catalog = item.NewCatalog(items, items, opensearchitems.NewOwners(itemsClient), domain.RandomBits)
	_, err = s.catalog.Search(t.Context(), item.Query{Sort: item.ByNewest, Limit: 1}) // creates the index
	must(t, err)
	s.send(t, http.MethodPut, "/"+s.alias+"/_settings", `{"index":{"refresh_interval":"20ms"}}`)
	t.Cleanup(func() { s.send(t, http.MethodDelete, "/"+s.alias+"-v1,"+s.alias+"-owners-v1", "") })

	topic := s.newTopic(t, name, engines)
	deadLetters := snssqs.NewQueue(s.sqs, s.queue) // must stay unused: itemsync would fail with a record in its queue
	registry := item.NewRegistry(s.owners, s.holdings, engineGracePeriod, time.Now)
	publisher := userevents.New(topic, deadLetters, userevents.Config{Now: time.Now, Logger: logger, Metrics: metrics})
	subscriber := itemsync.New(registry, itemsync.Config{Logger: logger, Metrics: metrics})
	s.userevents = func() lambda.Handler { return lambda.NewHandler(publisher.Handle) }
	s.itemsync = func() lambda.Handler { return lambda.NewHandler(subscriber.Handle) }
	return s
}

// newClient returns a client that may send only what the function may.
func (s *system) newClient(t *testing.T, function string) *opensearchitems.Client {
	t.Helper()
	client, err := opensearchitems.NewClient(opensearch.Config{
		Endpoint: s.openSearch, Service: opensearch.ServiceNone, HTTP: permissionsOf(t, function, s.alias),
	}, s.alias, 0)
	must(t, err)
	return client
}

// newTopic creates topic, queue and subscription as in template.yaml, with a shorter visibility timeout.
func (s *system) newTopic(t *testing.T, name, engines string) *snssqs.Topic {
	t.Helper()
	e := snssqstest.NewEngine(t, engines)
	s.sqs = e.SQS
	s.queue = e.CreateQueue(t, name, map[string]string{"VisibilityTimeout": fmt.Sprint(int(engineVisibilityTimeout.Seconds()))})
	return snssqs.NewTopic(e.SNS, e.CreateTopic(t, name, s.queue, map[string]string{"RawMessageDelivery": "true"}))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// send sends a request to OpenSearch that no adapter sends.
func (s *system) send(t *testing.T, method, path, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, s.openSearch+path, strings.NewReader(body))
	must(t, err)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	must(t, err)
	defer response.Body.Close()
	if response.StatusCode > 299 {
		t.Errorf("%s %s: status %d", method, path, response.StatusCode)
	}
}

// invoke invokes a new handler. Some invocations are killed, which loses their response.
func (s *system) invoke(ctx context.Context, newHandler func() lambda.Handler, event any) (response []byte, ok bool) {
	data, err := json.Marshal(event)
	if err != nil {
		panic(err)
	}
	limit, kill := consumerTime, mathrand.N(10) < killedInvocations
	if kill {
		limit = mathrand.N(60 * time.Millisecond)
		s.killed.Add(1)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	response, err = newHandler().Invoke(ctx, data)
	return response, err == nil && !kill
}

// followStream is the event source mapping of userevents.
func (s *system) followStream(ctx context.Context) {
	s.streams.Follow(ctx, func(ctx context.Context, shard pipeline.Shard) {
		for ctx.Err() == nil {
			records, err := shard.Read(ctx, 100)
			for len(records) > 0 && ctx.Err() == nil {
				records = s.publish(ctx, records)
			}
			if errors.Is(err, io.EOF) {
				return
			}
		}
	})
}

// publish invokes userevents and returns the records to retry.
func (s *system) publish(ctx context.Context, records []pipeline.Record) []pipeline.Record {
	var event dynamo.StreamEvent
	for _, r := range records {
		event.Records = append(event.Records, r.Data)
	}
	data, ok := s.invoke(ctx, s.userevents, event)
	var response events.DynamoDBEventResponse
	if !ok || json.Unmarshal(data, &response) != nil {
		return records
	}
	for _, failure := range response.BatchItemFailures {
		for i, r := range records {
			if r.Sequence == failure.ItemIdentifier {
				s.published.Add(int64(i))
				return records[i:]
			}
		}
	}
	s.published.Add(int64(len(records)))
	return nil
}

// pollQueue is a poller of the event source mapping of itemsync.
func (s *system) pollQueue(ctx context.Context) {
	for ctx.Err() == nil {
		out, err := s.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &s.queue, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		})
		if err != nil || len(out.Messages) == 0 {
			sleep(ctx, 200*time.Millisecond)
			continue
		}
		s.apply(ctx, out.Messages)
	}
}

func (s *system) apply(ctx context.Context, messages []types.Message) {
	var event events.SQSEvent
	for _, m := range messages {
		event.Records = append(event.Records, events.SQSMessage{MessageId: *m.MessageId, Body: *m.Body, Attributes: m.Attributes, EventSource: "aws:sqs"})
	}
	s.received.Add(int64(len(messages)))
	data, ok := s.invoke(ctx, s.itemsync, event)
	var response events.SQSEventResponse
	if !ok || json.Unmarshal(data, &response) != nil {
		return
	}
	failed := map[string]bool{}
	for _, f := range response.BatchItemFailures {
		failed[f.ItemIdentifier] = true
	}
	for _, m := range messages {
		if !failed[*m.MessageId] {
			_, _ = s.sqs.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &s.queue, ReceiptHandle: m.ReceiptHandle}) // otherwise it is redelivered
		}
	}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// idle reports whether every change is published, and the queue is empty.
func (s *system) idle(t *testing.T, changes int64) bool {
	t.Helper()
	out, err := s.sqs.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &s.queue, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	return err == nil && s.published.Load() >= changes && out.Attributes["ApproximateNumberOfMessages"] == "0" &&
		out.Attributes["ApproximateNumberOfMessagesNotVisible"] == "0"
}

// TestOnRealEngines creates, changes and deletes profiles while their owners add items, with a real table and its stream,
// a real topic and queue, a real search engine, and invocations that are killed at any time. In the end, no owner is
// stale, no item of a deleted owner is left, and no other item is lost.
func TestOnRealEngines(t *testing.T) {
	s := newSystem(t)
	ctx, stop := context.WithCancel(t.Context())
	var consumers, clients sync.WaitGroup
	defer consumers.Wait()
	defer stop()
	consumers.Go(func() { s.followStream(ctx) })
	for range 3 {
		consumers.Go(func() { s.pollQueue(ctx) })
	}
	all := make([]*owner, engineOwners)
	for i := range all {
		id := domain.UserID(fmt.Sprintf("%08d-0000-4000-8000-%012d", i, i))
		all[i] = &owner{caller: domain.Caller{ID: id}, added: map[item.ID]addedItem{}}
		clients.Go(func() { all[i].changeProfile(ctx, t, s.store, profileChanges/engineOwners) })
	}
	for range 8 {
		clients.Go(func() {
			for range itemsAdded / 8 {
				all[mathrand.N(len(all))].add(ctx, t, s.catalog)
			}
		})
	}
	clients.Wait()
	for !s.idle(t, profileChanges) {
		sleep(t.Context(), 200*time.Millisecond)
	}
	items := 0
	for _, o := range all {
		items += s.checkOwner(t, o)
	}
	t.Logf("%d changes, %d items added; %d messages received, %d invocations killed; %d items in the end", s.published.Load(), itemsAdded, s.received.Load(), s.killed.Load(), items)
}

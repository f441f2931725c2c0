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
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/dynamo"
	"rental.example/adapters/opensearch"
	"rental.example/adapters/samtest"
	"rental.example/adapters/snssqs"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/functions/itemsync"
	"rental.example/functions/local/pipeline"
	"rental.example/functions/userevents"
)

// What is deployed in minutes takes seconds here.
const (
	requestTime       = 2 * time.Second // that a request may take
	consumerTime      = 6 * time.Second // that a consumer's invocation may take
	engineGracePeriod = requestTime + consumerTime + time.Second
	engineVisibility  = engineGracePeriod + time.Second
	engineOwners      = 25
	profileChanges    = 500
	itemsListed       = 2000
	killedInvocations = 3 // of ten
)

// system is the functions over real engines, with names of their own there.
type system struct {
	table, alias, openSearch string
	store                    *dynamo.Users
	catalog                  *item.Catalog
	owners                   *opensearch.Owners
	holdings                 *opensearch.Holdings
	streams                  *pipeline.TableStream
	userevents, itemsync     func() lambda.Handler
	sqs                      *sqs.Client
	queue                    string

	received, killed, passed atomic.Int64
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
	must(t, dynamo.EnsureUsersTable(t.Context(), db, s.table))
	described, err := db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &s.table})
	must(t, err)
	s.store = dynamo.NewUsers(db, s.table)
	s.streams = pipeline.NewTableStream(dynamodbstreams.NewFromConfig(configFor(endpoint)), *described.Table.LatestStreamArn, nil, logger)

	asItems, asItemSync := s.newClient(t, "ItemsFunction"), s.newClient(t, "ItemSyncFunction")
	found := opensearch.NewItems(asItems)
	s.owners, s.holdings = opensearch.NewOwners(asItemSync), opensearch.NewHoldings(asItemSync)
	s.catalog = item.NewCatalog(found, found, opensearch.NewOwners(asItems))
	_, err = s.catalog.Search(t.Context(), item.Query{Sort: item.ByNewest, Limit: 1}) // makes the index
	must(t, err)
	s.send(t, http.MethodPut, "/"+s.alias+"/_settings", `{"index":{"refresh_interval":"20ms"}}`)
	t.Cleanup(func() { s.send(t, http.MethodDelete, "/"+s.alias+"-v1,"+s.alias+"-owners-v1", "") })

	topic := s.newTopic(t, name, engines)
	dead := snssqs.NewQueue(s.sqs, s.queue) // nothing is to go there; a record among the events would be noticed
	registry := item.NewRegistry(s.owners, s.holdings, engineGracePeriod, time.Now)
	publisher := userevents.New(topic, dead, userevents.Config{Now: time.Now, Logger: logger, Metrics: metrics})
	subscriber := itemsync.New(registry, itemsync.Config{Logger: logger, Metrics: metrics})
	s.userevents = func() lambda.Handler { return lambda.NewHandler(publisher.Handle) }
	s.itemsync = func() lambda.Handler { return lambda.NewHandler(subscriber.Handle) }
	return s
}

// newClient makes a client with the permissions of a function.
func (s *system) newClient(t *testing.T, function string) *opensearch.Client {
	t.Helper()
	client, err := opensearch.NewClient(opensearch.Config{
		Endpoint: s.openSearch, Alias: s.alias, Service: opensearch.ServiceNone, HTTP: permissionsOf(t, function, s.alias),
	})
	must(t, err)
	return client
}

// newTopic makes topic, queue and subscription as template.yaml has them, with a shorter visibility.
func (s *system) newTopic(t *testing.T, name, engines string) *snssqs.Topic {
	t.Helper()
	topics := snssqs.NewTopicClient(configFor(samtest.Endpoint(t, "SNS_ENDPOINT", engines)))
	s.sqs = snssqs.NewQueueClient(configFor(samtest.Endpoint(t, "SQS_ENDPOINT", engines)))
	topic, err := topics.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: &name})
	must(t, err)
	queue, err := s.sqs.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: map[string]string{
		"VisibilityTimeout": fmt.Sprint(int(engineVisibility.Seconds())),
	}})
	must(t, err)
	s.queue = *queue.QueueUrl
	described, err := s.sqs.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &s.queue, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	must(t, err)
	_, err = topics.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String(described.Attributes["QueueArn"]),
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	})
	must(t, err)
	return snssqs.NewTopic(topics, *topic.TopicArn)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// send makes a request of OpenSearch that no adapter makes.
func (s *system) send(t *testing.T, method, path, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, s.openSearch+path, strings.NewReader(body))
	must(t, err)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	must(t, err)
	defer answer.Body.Close()
	if answer.StatusCode > 299 {
		t.Errorf("%s %s: status %d", method, path, answer.StatusCode)
	}
}

// invoke has a new handler handle an event. Now and then it is killed while it works, and nobody hears of it.
func (s *system) invoke(ctx context.Context, newHandler func() lambda.Handler, event any) (answer []byte, ok bool) {
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
	answer, err = newHandler().Invoke(ctx, data)
	return answer, err == nil && !kill
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

// publish returns what has to come again.
func (s *system) publish(ctx context.Context, records []pipeline.Record) []pipeline.Record {
	var event dynamo.StreamEvent
	for _, r := range records {
		event.Records = append(event.Records, r.Data)
	}
	data, ok := s.invoke(ctx, s.userevents, event)
	var answer events.DynamoDBEventResponse
	if !ok || json.Unmarshal(data, &answer) != nil {
		return records
	}
	for _, failure := range answer.BatchItemFailures {
		for i, r := range records {
			if r.Sequence == failure.ItemIdentifier {
				s.passed.Add(int64(i))
				return records[i:]
			}
		}
	}
	s.passed.Add(int64(len(records)))
	return nil
}

// pollQueue is one of the pollers of itemsync's event source mapping.
func (s *system) pollQueue(ctx context.Context) {
	for ctx.Err() == nil {
		out, err := s.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &s.queue, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		})
		if err != nil || len(out.Messages) == 0 {
			waitFor(ctx, 200*time.Millisecond)
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
	var answer events.SQSEventResponse
	if !ok || json.Unmarshal(data, &answer) != nil {
		return
	}
	failed := map[string]bool{}
	for _, f := range answer.BatchItemFailures {
		failed[f.ItemIdentifier] = true
	}
	for _, m := range messages {
		if !failed[*m.MessageId] {
			_, _ = s.sqs.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &s.queue, ReceiptHandle: m.ReceiptHandle}) // else it comes again
		}
	}
}

func waitFor(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// idle reports whether every change has been told, and no message is left.
func (s *system) idle(t *testing.T, changes int64) bool {
	t.Helper()
	out, err := s.sqs.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &s.queue, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	return err == nil && s.passed.Load() >= changes && out.Attributes["ApproximateNumberOfMessages"] == "0" &&
		out.Attributes["ApproximateNumberOfMessagesNotVisible"] == "0"
}

// TestOnRealEngines has profiles change, vanish and come back while their owners list items, over a real table
// with its stream, a real topic with its queue, and a real search engine, and functions that are killed at
// any time. In the end, nothing is stale, nothing orphaned and nothing lost.
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
		all[i] = &owner{caller: domain.Caller{ID: id}, listed: map[item.ID]addedItem{}}
		clients.Go(func() { all[i].live(ctx, t, s.store, profileChanges/engineOwners) })
	}
	for range 8 {
		clients.Go(func() {
			for range itemsListed / 8 {
				all[mathrand.N(len(all))].list(ctx, t, s.catalog)
			}
		})
	}
	clients.Wait()
	for !s.idle(t, profileChanges) {
		waitFor(t.Context(), 200*time.Millisecond)
	}
	items := 0
	for _, o := range all {
		items += s.checkOwner(t, o)
	}
	t.Logf("%d changes, %d items listed; %d messages received, %d invocations killed; %d items in the end", s.passed.Load(), itemsListed, s.received.Load(), s.killed.Load(), items)
}

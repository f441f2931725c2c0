package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"rental.example/functions/local/filterpolicy"
	"rental.example/functions/local/sandbox"
	"rental.example/functions/local/template"
)

// Names in the template of deployed.
const (
	table           = "Table"
	publishFunction = "PublishFunction" // of the table's stream; publishes to the topic
	consumeFunction = "ConsumeFunction" // of the queue
	otherFunction   = "OtherFunction"
	topic           = "Topic"
	eventQueue      = "EventQueue"
	deadLetterQueue = "DeadLetterQueue"
	recordQueue     = "RecordQueue" // records that publishFunction cannot publish
	failureQueue    = "FailureQueue"
)

const day = 24 * time.Hour

// deployed returns a template: a table's changes get to a topic and, if their eventType begins with "thing.", to a queue.
func deployed() *template.Template {
	filter, err := filterpolicy.New(map[string]any{"eventType": []any{map[string]any{"prefix": "thing."}}}, filterpolicy.MessageAttributes)
	if err != nil {
		panic(err)
	}
	mapping := func(function string, batchSize int) template.Mapping {
		return template.Mapping{Function: function, BatchSize: batchSize, ReportsFailures: true, Enabled: true}
	}
	return &template.Template{
		Functions: []template.Function{
			{Name: publishFunction, References: map[string]string{"RECORD_QUEUE_URL": recordQueue}},
			{Name: consumeFunction, References: map[string]string{"QUEUE_URL": eventQueue}}, {Name: otherFunction},
		},
		Tables: []template.Table{{ID: table, Name: "things", StreamView: "NEW_AND_OLD_IMAGES"}},
		Topics: []string{topic},
		Queues: []template.Queue{
			{Name: eventQueue, Visibility: 3 * time.Minute, Retention: 4 * day, MaxReceiveCount: 10, DeadLetters: deadLetterQueue},
			{Name: deadLetterQueue, Visibility: 30 * time.Second, Retention: 14 * day},
			{Name: recordQueue, Visibility: 30 * time.Second, Retention: 14 * day},
			{Name: failureQueue, Visibility: 30 * time.Second, Retention: 14 * day},
		},
		Subscriptions: []template.Subscription{{Topic: topic, Queue: eventQueue, Raw: true, Filter: filter}},
		StreamMappings: []template.StreamMapping{{Mapping: mapping(publishFunction, 100), Table: table, Bisect: true,
			MaxRetries: template.Infinite, MaxAge: template.Infinite, OnFailure: failureQueue}},
		QueueMappings: []template.QueueMapping{{Mapping: mapping(consumeFunction, 10), Queue: eventQueue, MaxConcurrency: 5}},
	}
}

// testPipeline is a running pipeline in a synctest bubble.
type testPipeline struct {
	*Pipeline
	service *sandbox.Service
	start   time.Time
	stop    func() // stops the pipeline and waits for it
}

// handler is the handler of a function: it gets the ids of the records or messages and returns JSON.
type handler func(ids []string) (string, error)

// run starts a pipeline, which is stopped at the end of the test at the latest.
func run(t *testing.T, tmpl *template.Template, publish, consume handler) *testPipeline {
	t.Helper()
	return runAll(t, tmpl, map[string]handler{publishFunction: publish, consumeFunction: consume})
}

func runAll(t *testing.T, tmpl *template.Template, handlers map[string]handler) *testPipeline {
	t.Helper()
	n := 0
	var mu sync.Mutex
	newID := func() string {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	}
	w := &testPipeline{service: &sandbox.Service{Logger: slog.New(slog.DiscardHandler)}, start: time.Now()}
	w.Pipeline = New(tmpl, Config{Lambda: w.service, NewID: newID, Speed: 1})
	functions := map[string]sandbox.Function{}
	for name, h := range handlers {
		functions[name] = sandbox.Function{Name: name, Timeout: 30 * time.Second, New: func() lambda.Handler { return h }}
	}
	w.Connect(functions, nil)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		w.Run(ctx)
		close(ended)
	}()
	w.stop = func() {
		cancel()
		<-ended
		w.service.Wait()
	}
	t.Cleanup(w.stop)
	return w
}

// Invoke implements lambda.Handler.
func (h handler) Invoke(_ context.Context, event []byte) ([]byte, error) {
	var e struct {
		Records []struct {
			Body     string
			Dynamodb struct{ Change string }
		}
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range e.Records {
		ids = append(ids, r.Body+r.Dynamodb.Change)
	}
	response, err := h(ids)
	return []byte(response), err
}

func succeed([]string) (string, error) { return "", nil }

// change appends a record to the stream. The handler gets its id.
func (w *testPipeline) change(t *testing.T, id string) {
	t.Helper()
	err := w.streams[table].Put(func(eventID, sequence string) (json.RawMessage, error) {
		return fmt.Appendf(nil, `{"eventID":%q,"dynamodb":{"Change":%q,"SequenceNumber":%q}}`, eventID, id, sequence), nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sequence returns the sequence number of the n-th change.
func sequence(n int) string { return fmt.Sprintf("1%020d", n) }

func reportFailure(id string) string {
	return fmt.Sprintf(`{"batchItemFailures":[{"itemIdentifier":%q}]}`, id)
}

// publish sends a message to the topic, with an eventType.
func (w *testPipeline) publish(t *testing.T, body, eventType string) {
	t.Helper()
	out, err := w.PublishBatch(t.Context(), &sns.PublishBatchInput{TopicArn: aws.String(w.topics[0].ARN()),
		PublishBatchRequestEntries: []types.PublishBatchRequestEntry{entry("1", body, eventType)}})
	if err != nil || len(out.Failed) > 0 {
		t.Fatalf("publish: %v %v", out, err)
	}
}

func entry(id, body, eventType string) types.PublishBatchRequestEntry {
	return types.PublishBatchRequestEntry{Id: &id, Message: &body, MessageAttributes: map[string]types.MessageAttributeValue{
		"eventType": {DataType: aws.String("String"), StringValue: &eventType},
	}}
}

// call is one invocation: the ids and the time.
type call struct {
	IDs string
	At  time.Duration
}

// callLog stores the invocations of a function.
type callLog struct {
	mu    sync.Mutex
	start time.Time
	calls []call
}

func (j *callLog) add(ids []string) int {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.start.IsZero() {
		j.start = time.Now()
	}
	j.calls = append(j.calls, call{fmt.Sprint(ids), time.Since(j.start)})
	return len(j.calls)
}

// depth waits until all goroutines are blocked, and returns the depth of a queue.
func (w *testPipeline) depth(t *testing.T, name string) Depth {
	t.Helper()
	synctest.Wait()
	q, ok := w.Queue(name)
	if !ok {
		t.Fatalf("no queue %s", name)
	}
	return q.Depth()
}

var errTest = errors.New("broken")

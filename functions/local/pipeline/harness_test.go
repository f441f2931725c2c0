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

	"rental.example/functions/local/sandbox"
)

// testPipeline is a running pipeline in a synctest bubble.
type testPipeline struct {
	*Pipeline
	stream  *Stream
	service *sandbox.Service
	start   time.Time
	stop    func() // stops the pipeline and waits for it
}

// handler is the handler of a function: it gets the ids of the records or messages and returns JSON.
type handler func(ids []string) (string, error)

// run starts a pipeline, which is stopped at the end of the test at the latest.
func run(t *testing.T, topology topology, userEvents, itemSync handler) *testPipeline {
	t.Helper()
	n := 0
	var mu sync.Mutex
	newID := func() string {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	}
	w := &testPipeline{service: &sandbox.Service{Logger: slog.New(slog.DiscardHandler)}, stream: NewStream(newID), start: time.Now()}
	w.Pipeline = newPipeline(topology, Config{Lambda: w.service, NewID: newID, Speed: 1})
	w.Connect(w.stream, function(UserEventsFunction, userEvents), function(ItemSyncFunction, itemSync))
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

func function(name string, h handler) sandbox.Function {
	return sandbox.Function{Name: name, Timeout: Timeout(name), New: func() lambda.Handler { return h }}
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
	err := w.stream.Put(func(eventID, sequence string) (json.RawMessage, error) {
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
	out, err := w.Topic().PublishBatch(t.Context(), &sns.PublishBatchInput{TopicArn: aws.String(w.Topic().ARN()),
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

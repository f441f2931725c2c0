package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"rental.example/functions/local/template"
)

// TestQueueResponses: messages that are not reported as failed are deleted; the others are received again after their
// visibility timeout.
func TestQueueResponses(t *testing.T) {
	t.Parallel()
	both, visibility := "[a b]", 3*time.Minute
	retried := []call{{both, 0}, {both, visibility}}
	tests := map[string]struct {
		first func(ids []string) (string, error) // gets message ids
		want  []call
	}{
		"no response": {func([]string) (string, error) { return "", nil }, []call{{both, 0}}},
		"null":        {func([]string) (string, error) { return "null", nil }, []call{{both, 0}}},
		"empty list":  {func([]string) (string, error) { return `{"batchItemFailures":[]}`, nil }, []call{{both, 0}}},
		"the second":  {func(ids []string) (string, error) { return reportFailure(ids[1]), nil }, []call{{both, 0}, {"[b]", visibility}}},
		"unknown id":  {func([]string) (string, error) { return reportFailure("x"), nil }, retried},
		"empty id":    {func([]string) (string, error) { return reportFailure(""), nil }, retried},
		"another key": {func([]string) (string, error) { return `{"batchItemFailures":[{"messageId":"x"}]}`, nil }, retried},
		"error":       {func([]string) (string, error) { return "", errTest }, retried},
		"panic":       {func([]string) (string, error) { panic("broken") }, retried},
		"timeout":     {func([]string) (string, error) { time.Sleep(time.Minute); return "", nil }, retried},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var j callLog
				var w *testPipeline
				w = run(t, deployed(), succeed, func(bodies []string) (string, error) {
					if j.add(bodies) > 1 {
						return "", nil
					}
					q, _ := w.Queue(eventQueue)
					var ids []string
					for _, m := range q.Peek(2) {
						ids = append(ids, m.ID)
					}
					return tt.first(ids)
				})
				_ = w.SetPolling(consumeFunction, false)
				w.publish(t, "a", "thing.created.v1")
				w.publish(t, "b", "thing.created.v1")
				_ = w.SetPolling(consumeFunction, true)
				time.Sleep(time.Hour)
				synctest.Wait()
				if diff := cmp.Diff(tt.want, j.calls); diff != "" {
					t.Errorf("invocations (-want +got):\n%s", diff)
				}
				if d := w.depth(t, eventQueue); d != (Depth{}) {
					t.Errorf("left: %+v", d)
				}
			})
		})
	}
}

// TestDisableDuringPoll: a message that arrives after the mapping was disabled stays in the queue.
func TestDisableDuringPoll(t *testing.T) {
	t.Parallel()
	for range 500 {
		synctest.Test(t, func(t *testing.T) {
			w := run(t, deployed(), succeed, func(bodies []string) (string, error) {
				t.Errorf("%q after the stop", bodies)
				return "", nil
			})
			synctest.Wait()
			_ = w.SetPolling(consumeFunction, false)
			w.publish(t, "a", "thing.updated.v1")
			synctest.Wait()
			if d := w.depth(t, eventQueue); d.Visible != 1 {
				t.Errorf("the queue holds %+v", d)
			}
		})
	}
}

// TestDeadLetters: a message that exceeds maxReceiveCount is dead-lettered, and can be redriven; other messages are not
// affected.
func TestDeadLetters(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		broken, failed, handled := true, 0, []string{}
		w := run(t, deployed(), succeed, func(bodies []string) (string, error) {
			if broken && strings.Contains(strings.Join(bodies, " "), "poison") {
				failed++
				return "", errTest
			}
			handled = append(handled, bodies...)
			return "", nil
		})
		w.publish(t, "poison", "thing.updated.v1")
		synctest.Wait()
		w.publish(t, "sound", "thing.updated.v1")
		if d := w.depth(t, eventQueue); d != (Depth{InFlight: 1}) {
			t.Errorf("queue: %+v", d)
		}
		time.Sleep(10*3*time.Minute + time.Second)
		if d := w.depth(t, deadLetterQueue); failed != 10 || d.Visible != 1 || len(handled) != 1 {
			t.Fatalf("failed %d times, dead letters %+v, handled %q", failed, d, handled)
		}
		q, _ := w.Queue(deadLetterQueue)
		m := q.Peek(1)[0]
		if m.Body != "poison" || m.Receives != 10 || m.Attributes["eventType"] != "thing.updated.v1" || !m.Sent.Equal(w.start) {
			t.Errorf("dead letter: %+v", m)
		}
		broken = false
		got, err := w.Redrive(t.Context(), deadLetterQueue)
		if want := (RedriveResult{To: eventQueue, Moved: 1}); got != want || err != nil {
			t.Errorf("redrive: %+v, %v", got, err)
		}
		synctest.Wait()
		if len(handled) != 2 || w.depth(t, deadLetterQueue) != (Depth{}) || w.depth(t, eventQueue) != (Depth{}) {
			t.Errorf("after the redrive: handled %q", handled)
		}
	})
}

// TestRedriveRecords: a record that cannot be published does not block the following ones, and can be redriven later.
func TestRedriveRecords(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fixed, reports, handled := false, false, []string{}
		var dead *Queue
		w := run(t, deployed(), func(ids []string) (string, error) {
			if reports {
				return reportFailure("7"), nil
			}
			for _, id := range ids {
				if !fixed && id == "poison" { // as the function does: whole, and on
					dead.send(`{"dynamodb":{"Change":"poison","SequenceNumber":"7"}}`, nil, "", 0)
					continue
				}
				handled = append(handled, id)
			}
			return "", nil
		}, succeed)
		dead, _ = w.Queue(recordQueue)
		for _, id := range []string{"a", "poison", "b"} {
			w.change(t, id)
		}
		if d := w.depth(t, recordQueue); d.Visible != 1 || fmt.Sprint(handled) != "[a b]" {
			t.Fatalf("dead letters %+v, handled %q", d, handled)
		}
		replay := func(want RedriveResult) {
			t.Helper()
			got, err := w.Redrive(t.Context(), recordQueue)
			if want.To = publishFunction; got != want || err != nil {
				t.Errorf("replay: %+v, %v, want %+v", got, err, want)
			}
		}
		replay(RedriveResult{Moved: 1}) // and back, at once
		reports = true
		replay(RedriveResult{Failed: 1})
		reports = false
		dead.send("no JSON", nil, "", 0)
		fixed = true
		replay(RedriveResult{Moved: 1, Failed: 1})
		if d := w.depth(t, recordQueue); d.Visible != 1 || fmt.Sprint(handled) != "[a b poison]" {
			t.Errorf("dead letters %+v, handled %q", d, handled)
		}
	})
}

func TestRedriveRefusals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := run(t, deployed(), succeed, succeed)
		for name, want := range map[string]error{"Nothing": ErrNoQueue, eventQueue: ErrNoSource, failureQueue: ErrFailureRecords} {
			if _, err := w.Redrive(t.Context(), name); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
		}
	})
}

// TestRetention: the retention period of a message begins when it was first sent.
func TestRetention(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := run(t, deployed(), succeed, succeed)
		_ = w.SetPolling(consumeFunction, false)
		w.publish(t, "m", "thing.updated.v1")
		time.Sleep(4 * day)
		if d := w.depth(t, eventQueue); d != (Depth{Visible: 1, Oldest: 4 * day}) {
			t.Errorf("after four days: %+v", d)
		}
		time.Sleep(time.Second)
		if d := w.depth(t, eventQueue); d != (Depth{}) {
			t.Errorf("after more: %+v", d)
		}
	})
}

// TestSQSEvent: a function gets the event of Lambda.
func TestSQSEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var got events.SQSEvent
		w := run(t, deployed(), succeed, succeed)
		w.consumers[1].(*queueConsumer).invoke = func(_ context.Context, event []byte) ([]byte, error) { return nil, json.Unmarshal(event, &got) }
		w.publish(t, `{"a":1}`, "thing.updated.v1")
		synctest.Wait()
		if len(got.Records) != 1 {
			t.Fatalf("event: %+v", got)
		}
		m := got.Records[0]
		if m.MessageId == "" || m.ReceiptHandle == "" || m.MessageId == m.ReceiptHandle {
			t.Errorf("ids: %q %q", m.MessageId, m.ReceiptHandle)
		}
		m.MessageId, m.ReceiptHandle = "", ""
		at := fmt.Sprint(w.start.UnixMilli())
		want := events.SQSMessage{
			Body: `{"a":1}`, Md5OfBody: "bb6cb5c68df4652941caf652a366f2d8", EventSource: "aws:sqs", AWSRegion: "us-east-1",
			EventSourceARN: "arn:aws:sqs:us-east-1:123456789012:EventQueue",
			Attributes: map[string]string{"ApproximateReceiveCount": "1", "SentTimestamp": at,
				"SenderId": "AIDAIENQZJOLO23YVJ4VO", "ApproximateFirstReceiveTimestamp": at},
			MessageAttributes: map[string]events.SQSMessageAttribute{"eventType": {StringValue: aws.String("thing.updated.v1"),
				DataType: "String", StringListValues: []string{}, BinaryListValues: [][]byte{}}},
		}
		if diff := cmp.Diff(want, m); diff != "" {
			t.Errorf("message (-want +got):\n%s", diff)
		}
	})
}

// TestPublish: the topic has the errors of SNS, for a batch or an entry, and applies the filter policy.
func TestPublish(t *testing.T) {
	t.Parallel()
	w := New(deployed(), Config{NewID: func() string { return "id" }, Speed: 1})
	ok := entry("1", "m", "thing.created.v1")
	long := entry("2", strings.Repeat("x", maxPublishSize-10), "thing.created.v1")
	var eleven []types.PublishBatchRequestEntry
	for i := range 11 {
		eleven = append(eleven, entry(fmt.Sprint(i), "m", "x"))
	}
	var (
		empty    *types.EmptyBatchRequestException
		many     *types.TooManyEntriesInBatchRequestException
		distinct *types.BatchEntryIdsNotDistinctException
		tooLong  *types.BatchRequestTooLongException
		badID    *types.InvalidBatchEntryIdException
	)
	for name, tt := range map[string]struct {
		entries []types.PublishBatchRequestEntry
		want    any
	}{
		"none": {nil, &empty}, "eleven": {eleven, &many}, "one id twice": {[]types.PublishBatchRequestEntry{ok, ok}, &distinct},
		"too long together": {[]types.PublishBatchRequestEntry{ok, long}, &tooLong},
		"no id":             {[]types.PublishBatchRequestEntry{entry("", "m", "x")}, &badID},
	} {
		_, err := w.PublishBatch(t.Context(), &sns.PublishBatchInput{TopicArn: aws.String(w.topics[0].ARN()), PublishBatchRequestEntries: tt.entries})
		if !errors.As(err, tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var unknown *types.NotFoundException
	if _, err := w.PublishBatch(t.Context(), &sns.PublishBatchInput{TopicArn: aws.String("x"), PublishBatchRequestEntries: eleven[:1]}); !errors.As(err, &unknown) {
		t.Errorf("another topic: %v", err)
	}
	out, err := w.PublishBatch(t.Context(), &sns.PublishBatchInput{TopicArn: aws.String(w.topics[0].ARN()),
		PublishBatchRequestEntries: []types.PublishBatchRequestEntry{
			ok, entry("empty", "", "thing.created.v1"), entry("latin1", "\xff", "x"), entry("foreign", "m", "other.created.v1"),
			{Id: aws.String("bare"), Message: aws.String("m")},
		}})
	if err != nil || len(out.Successful) != 3 || len(out.Failed) != 2 || *out.Failed[0].Id != "empty" || !out.Failed[0].SenderFault {
		t.Errorf("entries: %+v, %v", out, err)
	}
	if q, _ := w.Queue(eventQueue); q.Depth().Visible != 1 {
		t.Errorf("delivered: %+v", q.Peek(10))
	}
}

func TestSendMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := run(t, deployed(), succeed, succeed)
		q, _ := w.Queue(recordQueue)
		send := func(url, body string) error {
			_, err := q.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: &body, DelaySeconds: 5,
				MessageAttributes: map[string]sqstypes.MessageAttributeValue{"why": {DataType: aws.String("String"), StringValue: aws.String("broken")}}})
			return err
		}
		var unknown *sqstypes.QueueDoesNotExist
		if err := send("x", "m"); !errors.As(err, &unknown) {
			t.Errorf("another queue: %v", err)
		}
		for _, body := range []string{"", "\xff", strings.Repeat("x", maxMessageSize)} {
			if err := send(q.URL(), body); err == nil {
				t.Errorf("%.10q was taken", body)
			}
		}
		if err := send(q.URL(), "m"); err != nil {
			t.Fatal(err)
		}
		if d := q.Depth(); d != (Depth{Delayed: 1}) {
			t.Errorf("depth: %+v", d)
		}
		time.Sleep(5 * time.Second)
		if d := q.Depth(); d != (Depth{Visible: 1, Oldest: 5 * time.Second}) {
			t.Errorf("depth: %+v", d)
		}
		if got := q.Peek(10)[0]; got.Attributes["why"] != "broken" || got.Receives != 0 {
			t.Errorf("peeked: %+v", got)
		}
		if n := q.Purge(); n != 1 || q.Depth() != (Depth{}) {
			t.Errorf("purged %d", n)
		}
	})
}

// TestSpeed: only waiting times are divided.
func TestSpeed(t *testing.T) {
	t.Parallel()
	slow := deployed()
	slow.Queues[0].Delay, slow.StreamMappings[0].Window, slow.QueueMappings[0].Window = time.Minute, 2*time.Minute, 3*time.Minute
	p := New(slow, Config{Speed: 60})
	if got, want := p.queues[0].spec, (template.Queue{Name: eventQueue, Visibility: 3 * time.Second, Retention: 4 * day,
		Delay: time.Second, MaxReceiveCount: 10, DeadLetters: deadLetterQueue}); got != want {
		t.Errorf("queue: %+v, want %+v", got, want)
	}
	stream, queue := p.newStreamConsumer(slow.StreamMappings[0], nil), p.newQueueConsumer(slow.QueueMappings[0])
	if d := stream.backoff(1); d != time.Second/60 || stream.Window != 2*time.Second || queue.Window != 3*time.Second {
		t.Errorf("backoff %v, windows %v and %v", d, stream.Window, queue.Window)
	}
}

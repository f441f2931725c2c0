package simulation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/domain/user"
)

// stream is the stream of the users table with one shard.
type stream struct {
	records []json.RawMessage
	next    int // position of the consumer
	polled  bool
}

func (s *stream) ready() bool { return !s.polled && s.next < len(s.records) }

// sequenceNumber returns the i-th sequence number. As in the service, the order is numeric, not lexical.
func sequenceNumber(i int) string { return strconv.Itoa(999 + i) }

func (s *stream) add(before, after user.Record) error {
	n := sequenceNumber(len(s.records))
	record, err := dynamousers.Change{EventID: "event-" + n, SequenceNumber: n, Before: before, After: after}.Record()
	s.records = append(s.records, record)
	return err
}

// startUserEvents invokes userevents with the next records, and advances to the first that it reports.
func (w *world) startUserEvents() {
	s := &w.stream
	batch := s.records[s.next:min(len(s.records), s.next+1+w.choose(4))]
	s.polled = true
	w.start("userevents", 30*time.Second, func() { s.polled = false }, func(ctx context.Context) {
		response, err := w.userevents.Handle(ctx, dynamo.StreamEvent{Records: batch})
		if processOf(ctx).pause() != nil || err != nil || w.faults && w.chance(10) {
			return // retries the batch
		}
		end := s.next + len(batch)
		for _, failure := range response.BatchItemFailures {
			for i := s.next; i < end; i++ {
				if sequenceNumber(i) == failure.ItemIdentifier {
					end = i
				}
			}
		}
		s.next = end
	})
}

// deadLetters is the dead-letter queue of userevents. No record is malformed, so it must stay empty.
type deadLetters struct{ world *world }

func (d deadLetters) Send(_ context.Context, body []byte, attributes map[string]string) error {
	d.world.violate("userevents dead-letters %s: %v", body, attributes)
	return nil
}

// topic delivers published messages to the queue in any order, and sometimes twice.
type topic struct{ world *world }

func (t topic) PublishBatch(ctx context.Context, in *sns.PublishBatchInput, _ ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	return call(ctx, true, "topic.PublishBatch", func() (*sns.PublishBatchOutput, error) {
		w, out := t.world, new(sns.PublishBatchOutput)
		for _, entry := range in.PublishBatchRequestEntries {
			if w.faults && w.chance(20) {
				out.Failed = append(out.Failed, types.BatchResultErrorEntry{Id: entry.Id, Code: aws.String("InternalError"), Message: aws.String("failure")})
				continue
			}
			out.Successful = append(out.Successful, types.PublishBatchResultEntry{Id: entry.Id, MessageId: entry.Id})
			if w.faults && w.lossy && w.chance(4) {
				w.log("lost: %s", *entry.Message)
				continue
			}
			w.queue.add(w, entry)
			if w.faults && w.chance(10) {
				w.queue.add(w, entry)
			}
		}
		return out, nil
	})
}

// message is a message in the queue.
type message struct {
	events.SQSMessage
	visible  time.Time
	received int
}

type queue struct {
	messages     []*message // unordered
	deadLetters  []*message
	added        int
	deadLettered int // in total
	concurrency  int
}

// As in template.yaml, except for a lower maxReceiveCount.
const (
	visibilityTimeout = 180 * time.Second
	maxReceiveCount   = 4
	maxConcurrency    = 3
)

func (q *queue) add(w *world, entry types.PublishBatchRequestEntry) {
	attributes := map[string]events.SQSMessageAttribute{}
	for name, a := range entry.MessageAttributes {
		attributes[name] = events.SQSMessageAttribute{StringValue: a.StringValue, DataType: *a.DataType}
	}
	delays := []time.Duration{0, 0, time.Second, 5 * time.Minute}
	q.added++
	q.messages = append(q.messages, &message{visible: w.clock.Add(delays[w.choose(len(delays))]), SQSMessage: events.SQSMessage{
		MessageId: fmt.Sprint("message-", q.added), Body: *entry.Message, MessageAttributes: attributes, EventSource: "aws:sqs",
	}})
}

func (q *queue) ready(now time.Time) bool {
	return q.concurrency < maxConcurrency && slices.ContainsFunc(q.messages, func(m *message) bool { return !m.visible.After(now) })
}

// receive returns some visible messages in any order, and dead-letters those received too often.
func (q *queue) receive(w *world) (batch []*message) {
	for _, i := range w.random.Perm(len(q.messages)) {
		if m := q.messages[i]; !m.visible.After(w.clock) && len(batch) < 3 && (len(batch) == 0 || w.chance(2)) {
			batch = append(batch, m)
		}
	}
	for _, m := range batch {
		m.received++
		m.visible = w.clock.Add(visibilityTimeout)
		m.Attributes = map[string]string{"ApproximateReceiveCount": strconv.Itoa(m.received)}
		if m.received > maxReceiveCount {
			q.remove(m)
			q.deadLetters = append(q.deadLetters, m)
			q.deadLettered++
			w.log("%s is dead-lettered", m.MessageId)
		}
	}
	return slices.DeleteFunc(batch, func(m *message) bool { return m.received > maxReceiveCount })
}

func (q *queue) remove(m *message) {
	q.messages = slices.DeleteFunc(q.messages, func(other *message) bool { return other == m })
}

// startItemSync invokes itemsync with messages, and deletes those that it does not report. Sometimes it redelivers one
// nevertheless.
func (w *world) startItemSync() {
	batch := w.queue.receive(w)
	if len(batch) == 0 {
		return
	}
	w.queue.concurrency++
	w.start("itemsync", 30*time.Second, func() { w.queue.concurrency-- }, func(ctx context.Context) {
		var event events.SQSEvent
		for _, m := range batch {
			event.Records = append(event.Records, m.SQSMessage)
		}
		response, err := w.itemsync.Handle(ctx, event)
		if processOf(ctx).pause() != nil || err != nil {
			return
		}
		for _, m := range batch {
			failed := slices.Contains(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
			w.log("%s succeeded: %t", m.MessageId, !failed)
			if !failed && !(w.faults && w.chance(20)) {
				w.queue.remove(m)
			}
		}
	})
}

// redrive returns the dead letters to the queue.
func (w *world) redrive() {
	for _, m := range w.queue.deadLetters {
		m.received, m.visible = 0, w.clock
	}
	w.queue.messages, w.queue.deadLetters = append(w.queue.messages, w.queue.deadLetters...), nil
}

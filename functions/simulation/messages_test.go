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
	"rental.example/domain/user"
)

// stream is the table's, of one shard. What has been read can come again.
type stream struct {
	records []json.RawMessage
	read    int
	polled  bool
}

func (s *stream) ready() bool { return !s.polled && s.read < len(s.records) }

// number is a sequence number as the service's: its order is that of numbers, not of text.
func number(i int) string { return strconv.Itoa(999 + i) }

func (s *stream) add(before, after user.Record) error {
	n := number(len(s.records))
	record, err := dynamo.UserChange{EventID: "event-" + n, SequenceNumber: n, Before: before, After: after}.Record()
	s.records = append(s.records, record)
	return err
}

// startUserEvents hands the next records of the stream to the function, and goes on behind those that it
// has not reported.
func (w *world) startUserEvents() {
	s := &w.stream
	batch := s.records[s.read:min(len(s.records), s.read+1+w.choose(4))]
	s.polled = true
	w.start("userevents", 30*time.Second, func() { s.polled = false }, func(ctx context.Context) {
		answer, err := w.userevents.Handle(ctx, dynamo.StreamEvent{Records: batch})
		if processOf(ctx).step() != nil || err != nil || w.faults && w.chance(10) {
			return // all of them come again
		}
		end := s.read + len(batch)
		for _, failure := range answer.BatchItemFailures {
			for i := s.read; i < end; i++ {
				if number(i) == failure.ItemIdentifier {
					end = i
				}
			}
		}
		s.read = end
	})
}

// deadLetters are those of userevents, of which there must be none: no record here is malformed.
type deadLetters struct{ world *world }

func (d deadLetters) Send(_ context.Context, body []byte, attributes map[string]string) error {
	d.world.violate("userevents gives up %s: %v", body, attributes)
	return nil
}

// topic takes what is published, and hands it to the queue at some time, in no order, and sometimes twice.
type topic struct{ world *world }

func (t topic) PublishBatch(ctx context.Context, in *sns.PublishBatchInput, _ ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	return call(ctx, true, "topic.PublishBatch", func() (*sns.PublishBatchOutput, error) {
		w, out := t.world, new(sns.PublishBatchOutput)
		for _, entry := range in.PublishBatchRequestEntries {
			if w.faults && w.chance(20) {
				out.Failed = append(out.Failed, types.BatchResultErrorEntry{Id: entry.Id, Code: aws.String("InternalError"), Message: aws.String("no")})
				continue
			}
			out.Successful = append(out.Successful, types.PublishBatchResultEntry{Id: entry.Id, MessageId: entry.Id})
			if w.faults && w.lossy && w.chance(4) {
				w.log("lost for good: %s", *entry.Message)
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

// message waits in the queue.
type message struct {
	events.SQSMessage
	visible  time.Time
	received int
}

type queue struct {
	messages []*message // in no certain order
	dead     []*message
	added    int
	given    int // up, to the dead letters
	polling  int // invocations at once
}

// As template.yaml has them, but for maxReceiveCount: here dead letters are to be seen.
const (
	visibility      = 180 * time.Second
	maxReceiveCount = 4
	maxPolling      = 3
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
	return q.polling < maxPolling && slices.ContainsFunc(q.messages, func(m *message) bool { return !m.visible.After(now) })
}

// receive takes some of the messages that can be seen, in any order; those that came too often are dead.
func (q *queue) receive(w *world) (batch []*message) {
	for _, i := range w.random.Perm(len(q.messages)) {
		if m := q.messages[i]; !m.visible.After(w.clock) && len(batch) < 3 && (len(batch) == 0 || w.chance(2)) {
			batch = append(batch, m)
		}
	}
	for _, m := range batch {
		m.received++
		m.visible = w.clock.Add(visibility)
		m.Attributes = map[string]string{"ApproximateReceiveCount": strconv.Itoa(m.received)}
		if m.received > maxReceiveCount {
			q.remove(m)
			q.dead = append(q.dead, m)
			q.given++
			w.log("%s is dead", m.MessageId)
		}
	}
	return slices.DeleteFunc(batch, func(m *message) bool { return m.received > maxReceiveCount })
}

func (q *queue) remove(m *message) {
	q.messages = slices.DeleteFunc(q.messages, func(other *message) bool { return other == m })
}

// startItemSync hands messages to the function, and removes those that it has not reported, though
// sometimes one comes again all the same.
func (w *world) startItemSync() {
	batch := w.queue.receive(w)
	if len(batch) == 0 {
		return
	}
	w.queue.polling++
	w.start("itemsync", 30*time.Second, func() { w.queue.polling-- }, func(ctx context.Context) {
		var event events.SQSEvent
		for _, m := range batch {
			event.Records = append(event.Records, m.SQSMessage)
		}
		answer, err := w.itemsync.Handle(ctx, event)
		if processOf(ctx).step() != nil || err != nil {
			return
		}
		for _, m := range batch {
			failed := slices.Contains(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
			w.log("%s is done: %t", m.MessageId, !failed)
			if !failed && !(w.faults && w.chance(20)) {
				w.queue.remove(m)
			}
		}
	})
}

// redrive has the dead letters tried again.
func (w *world) redrive() {
	for _, m := range w.queue.dead {
		m.received, m.visible = 0, w.clock
	}
	w.queue.messages, w.queue.dead = append(w.queue.messages, w.queue.dead...), nil
}

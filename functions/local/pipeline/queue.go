package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"rental.example/functions/local/filterpolicy"
	"rental.example/functions/local/sandbox"
	"rental.example/functions/local/template"
)

// maxMessageSize is the maximum size of a message, in bytes, attributes included.
const maxMessageSize = 1 << 20

// Queue is a standard queue with at-least-once delivery, in about the order of sending.
type Queue struct {
	spec        template.Queue // its times are divided by the speed, but for the retention
	deadLetters *Queue         // nil: none
	newID       func() string

	mu       sync.Mutex
	messages []*message    // in the order of sending
	changed  chan struct{} // closed at the next change
}

// message is a message of a queue.
type message struct {
	id         string
	body       string
	attributes map[string]filterpolicy.Attribute
	trace      string
	origin     *Queue // from which it was dead-lettered; nil: none
	sent       time.Time
	visible    time.Time // when it becomes visible
	received   time.Time // first receive
	receives   int
	receipt    string // receipt handle of the last receive
}

func newQueue(spec template.Queue, config Config) *Queue {
	spec.Visibility, spec.Delay = config.shorter(spec.Visibility), config.shorter(spec.Delay)
	return &Queue{spec: spec, newID: config.NewID, changed: make(chan struct{})}
}

// Name returns the queue's logical ID in the template.
func (q *Queue) Name() string { return q.spec.Name }

// URL returns the QueueUrl of the queue.
func (q *Queue) URL() string { return template.QueueURL(q.spec.Name) }

// SendMessage implements the operation of Amazon SQS.
func (q *Queue) SendMessage(ctx context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	if aws.ToString(in.QueueUrl) != q.URL() {
		return nil, &types.QueueDoesNotExist{Message: aws.String("The specified queue does not exist.")}
	}
	body := aws.ToString(in.MessageBody)
	attributes := make(map[string]filterpolicy.Attribute, len(in.MessageAttributes))
	size := len(body)
	for name, a := range in.MessageAttributes {
		attributes[name] = filterpolicy.Attribute{Type: aws.ToString(a.DataType), Value: aws.ToString(a.StringValue)}
		size += len(name) + len(aws.ToString(a.DataType)) + len(aws.ToString(a.StringValue))
	}
	switch {
	case body == "":
		return nil, errors.New("MissingParameter: the request must contain the parameter MessageBody")
	case !utf8.ValidString(body):
		return nil, &types.InvalidMessageContents{Message: aws.String("the body is not UTF-8")}
	case size > maxMessageSize:
		return nil, fmt.Errorf("InvalidParameterValue: a message of %d bytes exceeds the limit of %d", size, maxMessageSize)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	delay := time.Duration(in.DelaySeconds) * time.Second
	if delay == 0 {
		delay = q.spec.Delay
	}
	id := q.send(body, attributes, sandbox.Trace(ctx), delay)
	return &sqs.SendMessageOutput{MessageId: &id}, nil
}

// send adds a message to the queue and returns its id.
func (q *Queue) send(body string, attributes map[string]filterpolicy.Attribute, trace string, delay time.Duration) string {
	now := time.Now()
	m := &message{id: q.newID(), body: body, attributes: attributes, trace: trace, sent: now, visible: now.Add(delay)}
	q.put(m)
	return m.id
}

func (q *Queue) put(m *message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.messages = append(q.messages, m)
	q.notify()
}

// notify wakes the goroutines that wait for a change. The caller holds the lock.
func (q *Queue) notify() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// receive returns at most limit visible messages and starts their visibility timeouts. Messages that exceed
// maxReceiveCount go to the dead-letter queue instead. The next messages may be visible after the next change or, unless
// zero, at the time next.
func (q *Queue) receive(limit int) (batch []message, changed <-chan struct{}, next time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	q.expire(now)
	var remaining []*message
	for _, m := range q.messages {
		if m.visible.After(now) && (next.IsZero() || m.visible.Before(next)) {
			next = m.visible
		}
		switch {
		case len(batch) == limit || m.visible.After(now):
		case q.deadLetters != nil && m.receives >= q.spec.MaxReceiveCount:
			m.visible, m.origin = now, q
			q.deadLetters.put(m)
			continue
		default:
			q.startReceive(m, now)
			batch = append(batch, *m)
		}
		remaining = append(remaining, m)
	}
	q.messages = remaining
	return batch, q.changed, next
}

func (q *Queue) startReceive(m *message, now time.Time) {
	m.receives++
	if m.receives == 1 {
		m.received = now
	}
	m.visible, m.receipt = now.Add(q.spec.Visibility), q.newID()
}

// expire deletes messages whose retention period has ended. In a dead-letter queue, too, that begins when the message was
// first sent.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
func (q *Queue) expire(now time.Time) {
	q.messages = slices.DeleteFunc(q.messages, func(m *message) bool { return now.Sub(m.sent) > q.spec.Retention })
}

// remove deletes the messages with these receipts, unless they have been received again since.
func (q *Queue) remove(receipts ...string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.messages = slices.DeleteFunc(q.messages, func(m *message) bool {
		return m.receipt != "" && slices.Contains(receipts, m.receipt)
	})
}

// Purge deletes all messages and returns their number.
func (q *Queue) Purge() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := len(q.messages)
	q.messages = nil
	return n
}

// redrive sends every visible message as a new one to the queue from which it was dead-lettered, or to fallback, and returns
// their number.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
func (q *Queue) redrive(fallback *Queue) int {
	batch, _, _ := q.receive(q.Depth().Visible)
	for _, m := range batch {
		cmp.Or(m.origin, fallback).send(m.body, m.attributes, m.trace, 0)
		q.remove(m.receipt)
	}
	return len(batch)
}

// makeVisible ends all visibility timeouts.
func (q *Queue) makeVisible() {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	for _, m := range q.messages {
		if m.receives > 0 && m.visible.After(now) {
			m.visible = now
		}
	}
	q.notify()
}

// Depth is the number of messages of a queue by state.
type Depth struct {
	Visible  int           // ready to be received
	InFlight int           // received; their visibility timeout has not ended
	Delayed  int           // never received, and not visible yet
	Oldest   time.Duration // age of the oldest
}

// Depth counts the messages.
func (q *Queue) Depth() (d Depth) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	q.expire(now)
	for _, m := range q.messages {
		switch {
		case !m.visible.After(now):
			d.Visible++
		case m.receives > 0:
			d.InFlight++
		default:
			d.Delayed++
		}
		d.Oldest = max(d.Oldest, now.Sub(m.sent))
	}
	return d
}

// PeekedMessage is a message that is shown and not received.
type PeekedMessage struct {
	ID         string            `json:"messageId"`
	Body       string            `json:"body"`
	Attributes map[string]string `json:"attributes"`
	Receives   int               `json:"receiveCount"`
	Sent       time.Time         `json:"sent"`
	Visible    time.Time         `json:"visible"` // when it becomes visible
}

// Peek returns the first messages, at most limit, in the order of sending, without receiving them.
func (q *Queue) Peek(limit int) []PeekedMessage {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire(time.Now())
	peeked := make([]PeekedMessage, 0, min(limit, len(q.messages)))
	for _, m := range q.messages[:min(limit, len(q.messages))] {
		values := make(map[string]string, len(m.attributes))
		for name, a := range m.attributes {
			values[name] = a.Value
		}
		peeked = append(peeked, PeekedMessage{ID: m.id, Body: m.body, Attributes: values, Receives: m.receives, Sent: m.sent.UTC(), Visible: m.visible.UTC()})
	}
	return peeked
}

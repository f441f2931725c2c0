package pipeline

import (
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

	"rental.example/functions/local/sandbox"
)

// maxMessageSize is that of a queue, in bytes, attributes included.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const maxMessageSize = 1 << 20

// Queue is a standard queue: messages come at least once, in about the order they were sent in.
type Queue struct {
	spec        queueSpec
	deadLetters *Queue // nil without
	newID       func() string

	mu       sync.Mutex
	messages []*message    // in the order they were sent in
	changed  chan struct{} // closed at the next change
}

// message is one in a queue.
type message struct {
	id         string
	body       string
	attributes map[string]attribute
	trace      string
	sent       time.Time
	visible    time.Time // from when on it may be received
	received   time.Time // the first time
	receives   int
	receipt    string // of the last time
}

// attribute is a message attribute of a textual type: String, Number or one derived from these.
type attribute struct{ dataType, value string }

func newQueue(spec queueSpec, newID func() string) *Queue {
	return &Queue{spec: spec, newID: newID, changed: make(chan struct{})}
}

// Name is the queue's logical id in template.yaml.
func (q *Queue) Name() string { return q.spec.name }

// URL is what callers of SendMessage name the queue by.
func (q *Queue) URL() string {
	return "https://sqs." + sandbox.Region + ".amazonaws.com/" + sandbox.AccountID + "/" + q.spec.name
}

// SendMessage is that operation of Amazon SQS.
func (q *Queue) SendMessage(ctx context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	if aws.ToString(in.QueueUrl) != q.URL() {
		return nil, &types.QueueDoesNotExist{Message: aws.String("The specified queue does not exist.")}
	}
	body := aws.ToString(in.MessageBody)
	attributes := make(map[string]attribute, len(in.MessageAttributes))
	size := len(body)
	for name, a := range in.MessageAttributes {
		attributes[name] = attribute{aws.ToString(a.DataType), aws.ToString(a.StringValue)}
		size += len(name) + len(aws.ToString(a.DataType)) + len(aws.ToString(a.StringValue))
	}
	switch {
	case body == "":
		return nil, errors.New("MissingParameter: the request must contain the parameter MessageBody")
	case !utf8.ValidString(body):
		return nil, &types.InvalidMessageContents{Message: aws.String("the body is not UTF-8")}
	case size > maxMessageSize:
		return nil, fmt.Errorf("InvalidParameterValue: a message of %d bytes, where %d are allowed", size, maxMessageSize)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	id := q.send(body, attributes, sandbox.Trace(ctx), time.Duration(in.DelaySeconds)*time.Second)
	return &sqs.SendMessageOutput{MessageId: &id}, nil
}

// send puts a message into the queue and returns its id.
func (q *Queue) send(body string, attributes map[string]attribute, trace string, delay time.Duration) string {
	now := time.Now()
	m := &message{id: q.newID(), body: body, attributes: attributes, trace: trace, sent: now, visible: now.Add(delay)}
	q.put(m)
	return m.id
}

func (q *Queue) put(m *message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.messages = append(q.messages, m)
	q.tell()
}

// tell wakes those who wait for a change. The caller holds the lock.
func (q *Queue) tell() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// receive takes at most limit messages that are visible now, and hides them. Those that were received too
// often already go to the dead letters instead. Where there are none it says when there may be: at the
// next change or, unless zero, at a time.
func (q *Queue) receive(limit int) (batch []message, changed <-chan struct{}, next time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	q.expire(now)
	var stay []*message
	for _, m := range q.messages {
		if m.visible.After(now) && (next.IsZero() || m.visible.Before(next)) {
			next = m.visible
		}
		switch {
		case len(batch) == limit || m.visible.After(now):
		case q.deadLetters != nil && m.receives >= q.spec.maxReceiveCount:
			m.visible = now
			q.deadLetters.put(m)
			continue
		default:
			q.hide(m, now)
			batch = append(batch, *m)
		}
		stay = append(stay, m)
	}
	q.messages = stay
	return batch, q.changed, next
}

func (q *Queue) hide(m *message, now time.Time) {
	m.receives++
	if m.receives == 1 {
		m.received = now
	}
	m.visible, m.receipt = now.Add(q.spec.visibility), q.newID()
}

// expire drops what the queue has kept long enough. In a queue of dead letters that counts from when a
// message was first sent, not from when it died.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
func (q *Queue) expire(now time.Time) {
	q.messages = slices.DeleteFunc(q.messages, func(m *message) bool { return now.Sub(m.sent) > q.spec.retention })
}

// remove deletes what was received under each receipt, unless it has been received again since.
func (q *Queue) remove(receipts ...string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.messages = slices.DeleteFunc(q.messages, func(m *message) bool {
		return m.receipt != "" && slices.Contains(receipts, m.receipt)
	})
}

// Purge deletes everything, and returns how many messages that was.
func (q *Queue) Purge() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := len(q.messages)
	q.messages = nil
	return n
}

// moveTo sends every message that is visible now to another queue, where it is a new one.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
func (q *Queue) moveTo(to *Queue) int {
	batch, _, _ := q.receive(q.Depth().Visible)
	for _, m := range batch {
		to.send(m.body, m.attributes, m.trace, 0)
		q.remove(m.receipt)
	}
	return len(batch)
}

// release has everything that is hidden visible again.
func (q *Queue) release() {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	for _, m := range q.messages {
		if m.receives > 0 && m.visible.After(now) {
			m.visible = now
		}
	}
	q.tell()
}

// Depth is how much is in a queue.
type Depth struct {
	Visible  int           // waiting to be received
	InFlight int           // received, and not to be received again before their visibility timeout
	Delayed  int           // not to be received yet for the first time
	Oldest   time.Duration // since the oldest was sent
}

// Depth counts what is in the queue.
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

// Peeked is a message as people may look at it, which changes nothing about it.
type Peeked struct {
	ID         string
	Body       string
	Attributes map[string]string
	Receives   int
	Sent       time.Time
	Visible    time.Time // from when on it may be received
}

// Peek returns the first messages, at most limit, in the order they were sent in.
func (q *Queue) Peek(limit int) []Peeked {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire(time.Now())
	peeked := make([]Peeked, 0, min(limit, len(q.messages)))
	for _, m := range q.messages[:min(limit, len(q.messages))] {
		values := make(map[string]string, len(m.attributes))
		for name, a := range m.attributes {
			values[name] = a.value
		}
		peeked = append(peeked, Peeked{ID: m.id, Body: m.body, Attributes: values, Receives: m.receives, Sent: m.sent, Visible: m.visible})
	}
	return peeked
}

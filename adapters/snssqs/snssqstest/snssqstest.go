// Package snssqstest provides a fake topic and a fake queue with configurable failures.
package snssqstest

import (
	"context"
	"encoding/json"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// Message is a message accepted by a topic or a queue.
type Message struct {
	Attributes map[string]string `json:"attributes"`
	Body       json.RawMessage   `json:"body"`
}

// Values of Topic.Outcome besides error codes.
const (
	Published = ""
	NoResult  = "no result" // the response has no result for the message
	Panic     = "panic"
)

// Topic implements snssqs.TopicAPI.
type Topic struct {
	// Outcome returns Published, NoResult, Panic or an error code for a message. InvalidParameter codes are the
	// sender's fault. If Outcome is nil, all messages are published.
	Outcome func(message string) string
	Err     error // returned by every call, unless nil

	mu    sync.Mutex
	calls [][]Message
}

// PublishBatch implements snssqs.TopicAPI.
func (t *Topic) PublishBatch(ctx context.Context, in *sns.PublishBatchInput, _ ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out, published := new(sns.PublishBatchOutput), []Message(nil)
	for _, entry := range in.PublishBatchRequestEntries {
		switch outcome := t.outcome(*entry.Message); outcome {
		case Published:
			published = append(published, newMessage(*entry.Message, entry.MessageAttributes, func(a snstypes.MessageAttributeValue) *string { return a.StringValue }))
			out.Successful = append(out.Successful, snstypes.PublishBatchResultEntry{Id: entry.Id, MessageId: aws.String("m")})
		case Panic:
			panic("a programming error")
		case NoResult:
		default:
			out.Failed = append(out.Failed, snstypes.BatchResultErrorEntry{
				Id: entry.Id, Code: &outcome, SenderFault: strings.HasPrefix(outcome, "InvalidParameter"),
			})
		}
	}
	if t.Err != nil {
		return nil, t.Err
	}
	t.calls = append(t.calls, published)
	return out, nil
}

func (t *Topic) outcome(message string) string {
	if t.Outcome == nil {
		return Published
	}
	return t.Outcome(message)
}

// Calls returns the published messages by call.
func (t *Topic) Calls() [][]Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls
}

// Messages returns the published messages in order.
func (t *Topic) Messages() []Message {
	all := []Message{}
	for _, call := range t.Calls() {
		all = append(all, call...)
	}
	return all
}

// Queue implements snssqs.QueueAPI.
type Queue struct {
	Err error // returned by every call, unless nil

	mu   sync.Mutex
	sent []Message
}

// SendMessage implements snssqs.QueueAPI.
func (q *Queue) SendMessage(ctx context.Context, in *sqs.SendMessageInput, _ ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if q.Err != nil {
		return nil, q.Err
	}
	q.sent = append(q.sent, newMessage(*in.MessageBody, in.MessageAttributes, func(a sqstypes.MessageAttributeValue) *string { return a.StringValue }))
	return &sqs.SendMessageOutput{MessageId: aws.String("m")}, nil
}

// Messages returns the sent messages in order.
func (q *Queue) Messages() []Message {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]Message{}, q.sent...)
}

func newMessage[A any](body string, attributes map[string]A, value func(A) *string) Message {
	m := Message{Attributes: make(map[string]string), Body: json.RawMessage(body)}
	for name, a := range attributes {
		m.Attributes[name] = *value(a)
	}
	return m
}

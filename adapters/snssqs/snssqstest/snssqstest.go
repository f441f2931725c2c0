// Package snssqstest stands in for SNS and SQS in tests: a topic and a queue that fail as they are told to.
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
)

// Message is what a topic or a queue has taken.
type Message struct {
	Attributes map[string]string `json:"attributes"`
	Body       json.RawMessage   `json:"body"`
}

// What Topic.Outcome may say beside the code of a failure.
const (
	Published = ""
	NoResult  = "unanswered" // neither told nor failed
	Panic     = "panic"
)

// Topic is a snssqs.TopicAPI.
type Topic struct {
	// Outcome says what becomes of a message: Published, NoResult, Panic, or the code of its failure, which is
	// the sender's fault for InvalidParameter and its like. All are told where it is nil.
	Outcome func(message string) string
	Err     error // of each call, unless nil

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
	out, told := new(sns.PublishBatchOutput), []Message(nil)
	for _, entry := range in.PublishBatchRequestEntries {
		switch outcome := t.outcome(*entry.Message); outcome {
		case Published:
			told = append(told, taken(entry))
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
	t.calls = append(t.calls, told)
	return out, nil
}

func (t *Topic) outcome(message string) string {
	if t.Outcome == nil {
		return Published
	}
	return t.Outcome(message)
}

func taken(entry snstypes.PublishBatchRequestEntry) Message {
	m := Message{Attributes: make(map[string]string), Body: json.RawMessage(*entry.Message)}
	for name, a := range entry.MessageAttributes {
		m.Attributes[name] = *a.StringValue
	}
	return m
}

// Calls are the messages that were told, by the calls that told them.
func (t *Topic) Calls() [][]Message {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.calls
}

// Messages are the messages that were told, in their order.
func (t *Topic) Messages() []Message {
	all := []Message{}
	for _, call := range t.Calls() {
		all = append(all, call...)
	}
	return all
}

// Queue is a snssqs.QueueAPI.
type Queue struct {
	Err error // of each call, unless nil

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
	m := Message{Attributes: make(map[string]string), Body: json.RawMessage(*in.MessageBody)}
	for name, a := range in.MessageAttributes {
		m.Attributes[name] = *a.StringValue
	}
	q.sent = append(q.sent, m)
	return &sqs.SendMessageOutput{MessageId: aws.String("m")}, nil
}

// Messages are the messages that were sent, in their order.
func (q *Queue) Messages() []Message {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]Message{}, q.sent...)
}

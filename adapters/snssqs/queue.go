package snssqs

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// QueueAPI is the part of SQS that a Queue needs; *sqs.Client has it.
type QueueAPI interface {
	SendMessage(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
}

// Queue sends messages to an SQS queue. It is safe for concurrent use.
type Queue struct {
	api QueueAPI
	url string
}

// NewQueue makes a Queue of the one that has the URL.
func NewQueue(api QueueAPI, url string) *Queue { return &Queue{api: api, url: url} }

// ErrTooLong: a message is longer than MaxBytes, so it was not sent.
var ErrTooLong = errors.New("the message is too long")

// Send puts a message with JSON for a body on the queue, at least once. Attributes without a value are left
// out, since the service takes none. ErrTooLong, or domain.ErrUnavailable, after which it is unknown whether
// the message is there.
//
// The service takes up to 1 MiB where a queue is set to that; MaxBytes is what every queue takes.
func (q *Queue) Send(ctx context.Context, body []byte, attributes map[string]string) error {
	body = acceptable(body)
	size := len(body)
	values := make(map[string]types.MessageAttributeValue, len(attributes))
	for name, value := range attributes {
		if value != "" {
			values[name] = types.MessageAttributeValue{DataType: aws.String(dataType), StringValue: &value}
			size += len(name) + len(dataType) + len(value)
		}
	}
	if size > MaxBytes {
		return fmt.Errorf("snssqs: SendMessage: %w", ErrTooLong)
	}
	answer, err := q.api.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl: &q.url, MessageBody: aws.String(string(body)), MessageAttributes: values,
	})
	if err == nil && (answer == nil || aws.ToString(answer.MessageId) == "") {
		err = errUnanswered
	}
	if err != nil {
		return unavailable("SendMessage", err)
	}
	return nil
}

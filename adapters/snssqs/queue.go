package snssqs

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// QueueAPI is the part of *sqs.Client that a Queue needs.
type QueueAPI interface {
	SendMessage(context.Context, *sqs.SendMessageInput, ...func(*sqs.Options)) (*sqs.SendMessageOutput, error)
}

// Queue sends messages to an SQS queue. It is safe for concurrent use.
type Queue struct {
	api QueueAPI
	url string
}

// NewQueue returns the Queue with the URL.
func NewQueue(api QueueAPI, url string) *Queue { return &Queue{api: api, url: url} }

// ErrTooLong is the error for a message longer than MaxBytes, which is not sent.
var ErrTooLong = errors.New("message too long")

// Send sends a message with a JSON body at least once. It omits attributes with an empty value, which the service
// rejects. It returns ErrTooLong, or domain.ErrUnavailable, after which it is unknown whether the message was sent.
//
// A queue can be configured to accept up to 1 MiB; every queue accepts MaxBytes.
func (q *Queue) Send(ctx context.Context, body []byte, attributes map[string]string) error {
	body = escapeUnsupported(body)
	size := len(body)
	values := make(map[string]types.MessageAttributeValue, len(attributes))
	for name, value := range attributes {
		if value != "" {
			values[name] = types.MessageAttributeValue{DataType: aws.String(dataType), StringValue: &value}
			size += attributeSize(name, value)
		}
	}
	if size > MaxBytes {
		return fmt.Errorf("snssqs: SendMessage: %w", ErrTooLong)
	}
	out, err := q.api.SendMessage(ctx, &sqs.SendMessageInput{
		QueueUrl: &q.url, MessageBody: aws.String(string(body)), MessageAttributes: values,
	})
	if err == nil && (out == nil || aws.ToString(out.MessageId) == "") {
		err = errMissingResult
	}
	if err != nil {
		return unavailable("SendMessage", err)
	}
	return nil
}

package pipeline

import (
	"context"
	"encoding/json"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"rental.example/functions/local/filterpolicy"
	"rental.example/functions/local/sandbox"
	"rental.example/functions/local/template"
)

// Limits of a batch that is published.
// https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
const (
	maxPublishEntries = 10
	maxPublishSize    = 256 << 10 // bytes, of all messages with their attributes
)

// Topic is a standard topic whose subscribers are queues.
type Topic struct {
	name          string
	subscriptions []subscription
	newID         func() string
}

type subscription struct {
	template.Subscription
	queue *Queue
}

// ARN returns the ARN of the topic.
func (t *Topic) ARN() string { return template.ARN("sns", t.name) }

// PublishBatch implements the operation of Amazon SNS, for all topics.
func (p *Pipeline) PublishBatch(ctx context.Context, in *sns.PublishBatchInput, _ ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	for _, t := range p.topics {
		if aws.ToString(in.TopicArn) == t.ARN() {
			return t.publish(ctx, in)
		}
	}
	return nil, &types.NotFoundException{Message: aws.String("Topic does not exist")}
}

// SendMessage implements the operation of Amazon SQS, for all queues.
func (p *Pipeline) SendMessage(ctx context.Context, in *sqs.SendMessageInput, options ...func(*sqs.Options)) (*sqs.SendMessageOutput, error) {
	for _, q := range p.queues {
		if aws.ToString(in.QueueUrl) == q.URL() {
			return q.SendMessage(ctx, in, options...)
		}
	}
	return nil, &sqstypes.QueueDoesNotExist{Message: aws.String("The specified queue does not exist.")}
}

var entryID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

func (t *Topic) publish(ctx context.Context, in *sns.PublishBatchInput) (*sns.PublishBatchOutput, error) {
	if err := t.check(in); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := &sns.PublishBatchOutput{}
	for _, entry := range in.PublishBatchRequestEntries {
		if message := entryError(entry); message != "" {
			out.Failed = append(out.Failed, types.BatchResultErrorEntry{
				Id: entry.Id, Code: aws.String("InvalidParameter"), Message: &message, SenderFault: true,
			})
			continue
		}
		id := t.newID()
		t.deliver(id, entry, sandbox.Trace(ctx))
		out.Successful = append(out.Successful, types.PublishBatchResultEntry{Id: entry.Id, MessageId: &id})
	}
	return out, nil
}

// check returns the errors of SNS for a whole batch.
func (t *Topic) check(in *sns.PublishBatchInput) error {
	entries := in.PublishBatchRequestEntries
	ids, size := map[string]bool{}, 0
	for _, e := range entries {
		if !entryID.MatchString(aws.ToString(e.Id)) {
			return &types.InvalidBatchEntryIdException{Message: aws.String("an id must be 1 to 80 letters, digits, hyphens and underscores")}
		}
		ids[*e.Id] = true
		size += entrySize(e)
	}
	switch {
	case len(entries) == 0:
		return &types.EmptyBatchRequestException{Message: aws.String("The batch request doesn't contain any entries.")}
	case len(entries) > maxPublishEntries:
		return &types.TooManyEntriesInBatchRequestException{Message: aws.String("The batch request contains more entries than permissible.")}
	case len(ids) < len(entries):
		return &types.BatchEntryIdsNotDistinctException{Message: aws.String("Two or more batch entries in the request have the same Id.")}
	case size > maxPublishSize:
		return &types.BatchRequestTooLongException{Message: aws.String("The length of all the batch messages put together is more than the limit.")}
	}
	return nil
}

func entrySize(e types.PublishBatchRequestEntry) int {
	size := len(aws.ToString(e.Message))
	for name, a := range e.MessageAttributes {
		size += len(name) + len(aws.ToString(a.DataType)) + len(aws.ToString(a.StringValue))
	}
	return size
}

// entryError returns the error of SNS for one entry, or "".
func entryError(e types.PublishBatchRequestEntry) string {
	if message := aws.ToString(e.Message); message == "" {
		return "Invalid parameter: Empty message"
	} else if !utf8.ValidString(message) {
		return "Invalid parameter: Message is not UTF-8"
	}
	for name, a := range e.MessageAttributes {
		if aws.ToString(a.DataType) == "" || aws.ToString(a.StringValue) == "" {
			return "Invalid parameter: the message attribute " + name + " must have a type and a value"
		}
	}
	return ""
}

// deliver sends a message to the queues of the subscriptions whose filters it passes. With raw delivery, the message is the
// body, and the attributes are the queue's.
// https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
func (t *Topic) deliver(id string, e types.PublishBatchRequestEntry, trace string) {
	attributes := make(map[string]filterpolicy.Attribute, len(e.MessageAttributes))
	for name, a := range e.MessageAttributes {
		attributes[name] = filterpolicy.Attribute{Type: *a.DataType, Value: *a.StringValue}
	}
	for _, s := range t.subscriptions {
		switch {
		case s.Filter != nil && !s.Filter.Matches(attributes, *e.Message):
		case s.Raw:
			s.queue.send(*e.Message, attributes, trace, s.queue.spec.Delay)
		default:
			s.queue.send(t.envelope(id, *e.Message, attributes), nil, trace, s.queue.spec.Delay)
		}
	}
}

// envelope returns the body of a message without raw delivery. It is not signed.
// https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
func (t *Topic) envelope(id, message string, attributes map[string]filterpolicy.Attribute) string {
	body := map[string]any{
		"Type": "Notification", "MessageId": id, "TopicArn": t.ARN(), "Message": message,
		"Timestamp": time.Now().UTC().Format("2006-01-02T15:04:05.000Z"), "SignatureVersion": "1", "Signature": "",
	}
	if len(attributes) > 0 {
		body["MessageAttributes"] = attributes
	}
	data, _ := json.Marshal(body) // strings always encode
	return string(data)
}

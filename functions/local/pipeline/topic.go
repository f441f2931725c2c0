package pipeline

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"rental.example/functions/local/sandbox"
)

// Limits of a batch that is published.
// https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
const (
	maxPublishEntries = 10
	maxPublishSize    = 256 << 10 // bytes, of all messages with their attributes
)

// Topic is a standard topic with one subscriber, a queue.
type Topic struct {
	subscription subscription
	queue        *Queue
	newID        func() string
}

// ARN returns the ARN of the topic.
func (t *Topic) ARN() string { return arn("sns", t.subscription.topic) }

var entryID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

// PublishBatch implements the operation of Amazon SNS.
func (t *Topic) PublishBatch(ctx context.Context, in *sns.PublishBatchInput, _ ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
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
		t.deliver(entry, sandbox.Trace(ctx))
		id := t.newID()
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
	case aws.ToString(in.TopicArn) != t.ARN():
		return &types.NotFoundException{Message: aws.String("Topic does not exist")}
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

// deliver sends a message that passes the subscription's filter to its queue. With raw delivery, the message is the body,
// and the attributes are the queue's.
// https://docs.aws.amazon.com/sns/latest/dg/sns-large-payload-raw-message-delivery.html
func (t *Topic) deliver(e types.PublishBatchRequestEntry, trace string) {
	attributes := make(map[string]attribute, len(e.MessageAttributes))
	for name, a := range e.MessageAttributes {
		attributes[name] = attribute{*a.DataType, *a.StringValue}
	}
	if t.subscription.matches(attributes) {
		t.queue.send(*e.Message, attributes, trace, 0)
	}
}

// matches applies the filter policy {attribute: [{"prefix": prefix}]}.
func (s subscription) matches(attributes map[string]attribute) bool {
	a, ok := attributes[s.attribute]
	return ok && a.dataType == "String" && strings.HasPrefix(a.value, s.prefix)
}

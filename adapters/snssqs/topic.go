package snssqs

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"rental.example/domain"
	"rental.example/domain/user"
)

// Limits of a call. A message has the limit of MaxBytes, too.
// https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
const (
	MaxBatch = 10        // messages in a call
	MaxBytes = 256 << 10 // of all bodies and attributes: names, types and values
)

// TopicAPI is the part of *sns.Client that a Topic needs.
type TopicAPI interface {
	PublishBatch(context.Context, *sns.PublishBatchInput, ...func(*sns.Options)) (*sns.PublishBatchOutput, error)
}

// Topic implements user.Publisher with an SNS topic. It is safe for concurrent use.
type Topic struct {
	api TopicAPI
	arn string
}

var _ user.Publisher = (*Topic)(nil)

// NewTopic returns the Topic with the ARN.
func NewTopic(api TopicAPI, arn string) *Topic { return &Topic{api: api, arn: arn} }

// Publish implements user.Publisher. It does not retry failed events.
func (t *Topic) Publish(ctx context.Context, events []user.Event) []error {
	errs := make([]error, len(events))
	b := newBatchRequest(len(events))
	for i, e := range events {
		entry, size, err := newEntry(e)
		if err != nil {
			errs[i] = fmt.Errorf("snssqs: event %s: %w: %w", e.ID, user.ErrUnpublishable, err)
			continue
		}
		if !b.fits(size) {
			t.send(ctx, b, errs)
			b = newBatchRequest(len(events) - i)
		}
		b.add(entry, size, i)
	}
	t.send(ctx, b, errs)
	return errs
}

// batchRequest is the entries of one call, and the indexes of their events.
type batchRequest struct {
	entries []types.PublishBatchRequestEntry
	events  []int
	size    int
}

func newBatchRequest(capacity int) *batchRequest {
	capacity = min(capacity, MaxBatch)
	return &batchRequest{entries: make([]types.PublishBatchRequestEntry, 0, capacity), events: make([]int, 0, capacity)}
}

func (b *batchRequest) fits(size int) bool {
	return len(b.entries) < MaxBatch && b.size+size <= MaxBytes
}

func (b *batchRequest) add(entry types.PublishBatchRequestEntry, size, event int) {
	entry.Id = aws.String(strconv.Itoa(len(b.entries)))
	b.entries, b.events, b.size = append(b.entries, entry), append(b.events, event), b.size+size
}

// newEntry returns the entry of e without an ID, and its size by the rules of the service.
func newEntry(e user.Event) (entry types.PublishBatchRequestEntry, size int, err error) {
	body, err := encode(e)
	if err != nil {
		return entry, 0, err
	}
	attributes := make(map[string]types.MessageAttributeValue, 2)
	size = len(body) + addAttribute(attributes, attributeType, EventType(e.Kind))
	if id := CorrelationID(e.RequestID); id != "" {
		size += addAttribute(attributes, attributeCorrelation, id)
	}
	if size > MaxBytes {
		return entry, size, ErrTooLong
	}
	return types.PublishBatchRequestEntry{Message: aws.String(string(body)), MessageAttributes: attributes}, size, nil
}

// addAttribute adds an attribute and returns its size.
func addAttribute(to map[string]types.MessageAttributeValue, name, value string) int {
	to[name] = types.MessageAttributeValue{DataType: aws.String(dataType), StringValue: &value}
	return attributeSize(name, value)
}

func attributeSize(name, value string) int { return len(name) + len(dataType) + len(value) }

// The attributes of a message, for filter policies and for operators who inspect queues.
const (
	attributeType        = "eventType"
	attributeCorrelation = "correlationId"
	dataType             = "String"
)

var errMissingResult = errors.New("no result in the response")

// send publishes the entries of b, and sets the errors of their events.
func (t *Topic) send(ctx context.Context, b *batchRequest, errs []error) {
	if len(b.entries) == 0 {
		return
	}
	out, err := t.api.PublishBatch(ctx, &sns.PublishBatchInput{TopicArn: &t.arn, PublishBatchRequestEntries: b.entries})
	if err == nil && out == nil {
		err = errMissingResult
	}
	if err != nil {
		for _, i := range b.events {
			errs[i] = unavailable("PublishBatch", err)
		}
		return
	}
	missing := unavailable("PublishBatch", errMissingResult)
	for _, i := range b.events {
		errs[i] = missing
	}
	for _, published := range out.Successful {
		b.setError(errs, published.Id, nil)
	}
	for _, failed := range out.Failed {
		b.setError(errs, failed.Id, entryError(failed))
	}
}

// setError sets the error of the event of an entry. It ignores an unknown ID.
func (b *batchRequest) setError(errs []error, id *string, err error) {
	if n, invalid := strconv.Atoi(aws.ToString(id)); invalid == nil && 0 <= n && n < len(b.events) {
		errs[b.events[n]] = err
	}
}

// entryError returns the error of a failed entry. An invalid parameter is permanent; a retry may help against
// anything else, such as missing rights.
func entryError(failed types.BatchResultErrorEntry) error {
	code := aws.ToString(failed.Code)
	if failed.SenderFault && strings.HasPrefix(code, "InvalidParameter") {
		return fmt.Errorf("snssqs: PublishBatch: entry rejected: %w: %s", user.ErrUnpublishable, code)
	}
	return unavailable("PublishBatch", fmt.Errorf("entry failed: %s", code))
}

// unavailable returns the error of a failed call. No such failure is caused by a message, so a retry may succeed.
func unavailable(op string, err error) error {
	return fmt.Errorf("snssqs: %s: %w: %w", op, domain.ErrUnavailable, err)
}

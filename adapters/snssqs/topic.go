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

// Limits of one call, and of one message.
// https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html
const (
	MaxBatch = 10        // messages of a call
	MaxBytes = 256 << 10 // of a call's bodies and their attributes: names, types and values
)

// TopicAPI is the part of SNS that a Topic needs; *sns.Client has it.
type TopicAPI interface {
	PublishBatch(context.Context, *sns.PublishBatchInput, ...func(*sns.Options)) (*sns.PublishBatchOutput, error)
}

// Topic is a user.Publisher over an SNS topic. It is safe for concurrent use.
type Topic struct {
	api TopicAPI
	arn string
}

var _ user.Publisher = (*Topic)(nil)

// NewTopic makes a Topic of the one that has the ARN.
func NewTopic(api TopicAPI, arn string) *Topic { return &Topic{api: api, arn: arn} }

// Publish implements user.Publisher. It sends each event once; what failed is for the caller to tell again.
func (t *Topic) Publish(ctx context.Context, events []user.Event) []error {
	errs := make([]error, len(events))
	b := newBatch(len(events))
	for i, e := range events {
		entry, size, err := newEntry(e)
		if err != nil {
			errs[i] = fmt.Errorf("snssqs: event %s: %w: %w", e.ID, user.ErrUnpublishable, err)
			continue
		}
		if !b.fits(size) {
			t.send(ctx, b, errs)
			b = newBatch(len(events) - i)
		}
		b.add(entry, size, i)
	}
	t.send(ctx, b, errs)
	return errs
}

// batch is the entries of one call, and which events they are.
type batch struct {
	entries []types.PublishBatchRequestEntry
	events  []int
	size    int
}

func newBatch(capacity int) *batch {
	capacity = min(capacity, MaxBatch)
	return &batch{entries: make([]types.PublishBatchRequestEntry, 0, capacity), events: make([]int, 0, capacity)}
}

func (b *batch) fits(size int) bool { return len(b.entries) < MaxBatch && b.size+size <= MaxBytes }

func (b *batch) add(entry types.PublishBatchRequestEntry, size, event int) {
	entry.Id = aws.String(strconv.Itoa(len(b.entries)))
	b.entries, b.events, b.size = append(b.entries, entry), append(b.events, event), b.size+size
}

// newEntry makes the entry of e but for its id, and its size as the service counts it.
func newEntry(e user.Event) (entry types.PublishBatchRequestEntry, size int, err error) {
	body, err := encode(e)
	if err != nil {
		return entry, 0, err
	}
	attributes := make(map[string]types.MessageAttributeValue, 2)
	size = len(body) + attribute(attributes, attributeType, EventType(e.Kind))
	if id := CorrelationID(e.RequestID); id != "" {
		size += attribute(attributes, attributeCorrelation, id)
	}
	if size > MaxBytes {
		return entry, size, ErrTooLong
	}
	return types.PublishBatchRequestEntry{Message: aws.String(string(body)), MessageAttributes: attributes}, size, nil
}

// attribute adds one of a message, and returns its size.
func attribute(to map[string]types.MessageAttributeValue, name, value string) int {
	to[name] = types.MessageAttributeValue{DataType: aws.String(dataType), StringValue: &value}
	return len(name) + len(dataType) + len(value)
}

// The attributes of a message, for the filters of subscriptions and for those who look into queues.
const (
	attributeType        = "eventType"
	attributeCorrelation = "correlationId"
	dataType             = "String"
)

var errUnanswered = errors.New("the answer does not tell of it")

// send publishes what is in b, and puts what became of each into errs.
func (t *Topic) send(ctx context.Context, b *batch, errs []error) {
	if len(b.entries) == 0 {
		return
	}
	answer, err := t.api.PublishBatch(ctx, &sns.PublishBatchInput{TopicArn: &t.arn, PublishBatchRequestEntries: b.entries})
	if err == nil && answer == nil {
		err = errUnanswered
	}
	if err != nil {
		for _, i := range b.events {
			errs[i] = unavailable("PublishBatch", err)
		}
		return
	}
	unanswered := unavailable("PublishBatch", errUnanswered)
	for _, i := range b.events {
		errs[i] = unanswered
	}
	for _, told := range answer.Successful {
		b.note(errs, told.Id, nil)
	}
	for _, failed := range answer.Failed {
		b.note(errs, failed.Id, entryFailure(failed))
	}
}

// note puts err where the event of an entry's id has its own. An id that is no entry's tells of nothing.
func (b *batch) note(errs []error, id *string, err error) {
	if n, wrong := strconv.Atoi(aws.ToString(id)); wrong == nil && 0 <= n && n < len(b.events) {
		errs[b.events[n]] = err
	}
}

// entryFailure is what the failure of one entry means. What the service calls the sender's fault for what a
// parameter holds, it will say again each time; anything else, such as a lack of rights, may be put right.
func entryFailure(failed types.BatchResultErrorEntry) error {
	code := aws.ToString(failed.Code)
	if failed.SenderFault && strings.HasPrefix(code, "InvalidParameter") {
		return fmt.Errorf("snssqs: PublishBatch: entry refused: %w: %s", user.ErrUnpublishable, code)
	}
	return unavailable("PublishBatch", fmt.Errorf("entry failed: %s", code))
}

// unavailable is the kind of every failure of a whole call. None of them is about what is in a message, and
// with rights, names or the service put right, the same call may succeed.
func unavailable(op string, err error) error {
	return fmt.Errorf("snssqs: %s: %w: %w", op, domain.ErrUnavailable, err)
}

package people

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// DeadLetterQueue is a dead-letter queue in SQS.
type DeadLetterQueue struct {
	Client *sqs.Client
	URL    string
}

const (
	visibilityTimeout = 120 // seconds that a received message stays invisible to other readers
	// SQS samples a subset of its servers, so only several empty responses in a row mark the end of a queue.
	maxEmptyReads = 3
)

// Person identifies a user in messages.
type Person struct {
	ID    string
	Email string // empty if unknown
}

// mentionedIn reports whether a message is about the person. A dead letter may be malformed, so its text is searched.
func (p Person) mentionedIn(body string) bool {
	return strings.Contains(body, p.ID) || p.Email != "" && strings.Contains(strings.ToLower(body), strings.ToLower(p.Email))
}

// About returns the messages about the person, and deletes them if remove is set. It makes all others visible again
// before it returns. It fails if it may have missed a message. The receive count of every message grows, which has no
// effect on a queue without a consumer.
func (q DeadLetterQueue) About(ctx context.Context, p Person, remove bool) (about []string, err error) {
	visible, err := q.visible(ctx)
	if err != nil {
		return nil, err
	}
	// Messages stay invisible until all are read: one made visible earlier would be received again, and then be
	// invisible to the next reader.
	handles, read := map[string]*string{}, 0
	defer func() {
		for _, handle := range handles {
			q.release(ctx, handle)
		}
	}()
	for empty := 0; empty < maxEmptyReads; empty++ {
		page, err := q.Client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &q.URL, MaxNumberOfMessages: 10, VisibilityTimeout: visibilityTimeout, WaitTimeSeconds: 1,
		})
		if err != nil {
			return about, err
		}
		for _, m := range page.Messages {
			id, mentioned := aws.ToString(m.MessageId), p.mentionedIn(aws.ToString(m.Body))
			if _, duplicate := handles[id]; !duplicate {
				read, empty = read+1, -1 // 0 before the next request
				if mentioned {
					about = append(about, *m.Body)
				}
			}
			handles[id] = m.ReceiptHandle
			if remove && mentioned {
				if _, err := q.Client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.URL, ReceiptHandle: m.ReceiptHandle}); err != nil {
					return about, err
				}
				delete(handles, id)
			}
		}
	}
	if read < visible {
		return about, fmt.Errorf("%s: %d of about %d messages were read: run this again in two minutes", q.URL, read, visible)
	}
	return about, nil
}

// visible returns the number of visible messages. It fails if others are in flight: they cannot be read until their
// visibility timeout ends.
func (q DeadLetterQueue) visible(ctx context.Context) (int, error) {
	const visible, inFlight = types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible
	out, err := q.Client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &q.URL, AttributeNames: []types.QueueAttributeName{visible, inFlight},
	})
	if err != nil {
		return 0, err
	}
	if n := out.Attributes[string(inFlight)]; n != "0" {
		return 0, fmt.Errorf("%s: about %s messages are in flight, received by another reader (peek, replay, or another run): "+
			"run this again in two minutes", q.URL, n)
	}
	return strconv.Atoi(out.Attributes[string(visible)])
}

// release ends the visibility timeout of a message. If that fails, the timeout ends on its own.
func (q DeadLetterQueue) release(ctx context.Context, handle *string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, _ = q.Client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &q.URL, ReceiptHandle: handle, VisibilityTimeout: 0,
	})
}

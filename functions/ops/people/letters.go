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

// Letters are the messages of a dead-letter queue.
type Letters struct {
	Client *sqs.Client
	URL    string
}

const (
	hidden = 120 // seconds that a message stays invisible to others once it is read
	// SQS returns messages of a part of its servers at a time, so the end of a queue is known by several empty
	// responses alone.
	emptyReads = 3
)

// Person is one user as messages may name them.
type Person struct {
	ID    string
	Email string // empty where it is not known
}

// named reports whether a message is about the person. A record that can never be published may be malformed in any
// way, so it is searched as it is.
func (p Person) named(body string) bool {
	return strings.Contains(body, p.ID) || p.Email != "" && strings.Contains(strings.ToLower(body), strings.ToLower(p.Email))
}

// About returns the messages about the person, and deletes them if that is wanted. All others stay, and are visible
// again at once. It fails where it cannot be sure to have seen every message. Receiving counts as a delivery, which
// means nothing in a queue that nothing consumes.
func (l Letters) About(ctx context.Context, p Person, remove bool) (about []string, err error) {
	waiting, err := l.waiting(ctx)
	if err != nil {
		return nil, err
	}
	// A message stays hidden until all are read: one that is visible earlier would be received again, and then be
	// hidden from whoever reads next.
	handles, read := map[string]*string{}, 0
	defer func() {
		for _, handle := range handles {
			l.release(ctx, handle)
		}
	}()
	for empty := 0; empty < emptyReads; {
		page, err := l.Client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &l.URL, MaxNumberOfMessages: 10, VisibilityTimeout: hidden, WaitTimeSeconds: 1,
		})
		if err != nil {
			return about, err
		}
		fresh := false
		for _, m := range page.Messages {
			id, body := aws.ToString(m.MessageId), aws.ToString(m.Body)
			if _, again := handles[id]; !again {
				read, fresh = read+1, true
				if p.named(body) {
					about = append(about, body)
				}
			}
			handles[id] = m.ReceiptHandle
			if remove && p.named(body) {
				if _, err := l.Client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &l.URL, ReceiptHandle: m.ReceiptHandle}); err != nil {
					return about, err
				}
				delete(handles, id)
			}
		}
		if empty++; fresh {
			empty = 0
		}
	}
	if read < waiting {
		return about, fmt.Errorf("%s: %d of about %d messages were read: run this again in two minutes", l.URL, read, waiting)
	}
	return about, nil
}

// waiting returns how many messages are visible, and fails if there are others, which another reader has received:
// they cannot be read until they are visible again.
func (l Letters) waiting(ctx context.Context) (int, error) {
	const visible, inFlight = types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible
	out, err := l.Client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &l.URL, AttributeNames: []types.QueueAttributeName{visible, inFlight},
	})
	if err != nil {
		return 0, err
	}
	if n := out.Attributes[string(inFlight)]; n != "0" {
		return 0, fmt.Errorf("%s: about %s messages are in flight, received by another reader (peek, replay, or another run): "+
			"run this again in two minutes", l.URL, n)
	}
	return strconv.Atoi(out.Attributes[string(visible)])
}

// release makes a message visible before its time. Where that fails, it is visible a little later.
func (l Letters) release(ctx context.Context, handle *string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, _ = l.Client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &l.URL, ReceiptHandle: handle, VisibilityTimeout: 0,
	})
}

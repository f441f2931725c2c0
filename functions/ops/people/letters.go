package people

import (
	"context"
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
// again at once. Receiving counts as a delivery, which means nothing in a queue that nothing consumes.
func (l Letters) About(ctx context.Context, p Person, remove bool) (about []string, err error) {
	seen, empty := map[string]bool{}, 0
	for empty < emptyReads {
		page, err := l.Client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: &l.URL, MaxNumberOfMessages: 10, VisibilityTimeout: hidden, WaitTimeSeconds: 1,
		})
		if err != nil {
			return about, err
		}
		fresh := false
		for _, m := range page.Messages {
			id := aws.ToString(m.MessageId)
			if seen[id] {
				continue
			}
			seen[id], fresh = true, true
			if !p.named(aws.ToString(m.Body)) {
				defer l.release(ctx, m)
				continue
			}
			about = append(about, aws.ToString(m.Body))
			if err := l.settle(ctx, m, remove); err != nil {
				return about, err
			}
		}
		if empty++; fresh {
			empty = 0
		}
	}
	return about, nil
}

// settle deletes a message about the person, or lets it be seen again.
func (l Letters) settle(ctx context.Context, m types.Message, remove bool) error {
	if remove {
		_, err := l.Client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &l.URL, ReceiptHandle: m.ReceiptHandle})
		return err
	}
	return l.release(ctx, m)
}

// release makes a message visible before its time. Where that fails, it is visible a little later.
func (l Letters) release(ctx context.Context, m types.Message) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, err := l.Client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &l.URL, ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: 0,
	})
	return err
}

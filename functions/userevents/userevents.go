// Package userevents implements the function that publishes the changes in the users table's stream as events.
//
// The stream's event source mapping retries a batch from the first record that the function reports, until the table's
// stream drops the record after 24 hours. So no event is lost during an outage of SNS. A record that can never be
// published must not be reported, since it would block all records after it: it is sent to a dead-letter queue.
package userevents

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/dynamo"
	"rental.example/adapters/lambdafn"
	"rental.example/adapters/storecalls"
	"rental.example/domain"
	"rental.example/domain/user"
)

// DeadLetterQueue receives the records that can never be published. *snssqs.Queue implements it.
type DeadLetterQueue interface {
	// Send sends body, which is JSON, with attributes that describe it. It returns snssqs.ErrTooLong if body is too
	// long for a message. After any other error it is unknown whether the message was sent.
	Send(ctx context.Context, body []byte, attributes map[string]string) error
}

// Config is what a Function needs besides its ports.
type Config struct {
	Now     func() time.Time
	Logger  *slog.Logger
	Metrics *cloudwatch.Metrics
}

// Function handles the invocations of the userevents function.
type Function struct {
	topic       user.Publisher
	deadLetters DeadLetterQueue
	config      Config
	warm        atomic.Bool
}

// New returns a Function that publishes to topic, and sends what is unpublishable to deadLetters.
func New(topic user.Publisher, deadLetters DeadLetterQueue, config Config) *Function {
	return &Function{topic: topic, deadLetters: deadLetters, config: config}
}

var errTimeout = errors.New("not enough time left to publish")

// Handle publishes the events in calls of up to snssqs.MaxBatch, in stream order. It stops at the first record that was
// neither published nor dead-lettered, and reports it. Within a call the order is undefined, so events after the reported
// record may be published already and are published again by the retry. If the record has no sequence number to report,
// Handle returns an error, which fails the whole batch.
// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
func (f *Function) Handle(ctx context.Context, event dynamo.StreamEvent) (events.DynamoDBEventResponse, error) {
	cold := !f.warm.Swap(true)
	b := &batch{Function: f, logger: f.config.Logger.With("cold_start", cold)}
	ctx, cancel := domain.WithReserve(storecalls.NewContext(ctx), lambdafn.ResponseReserve)
	defer cancel()
	failed, err := b.run(ctx, event.Records)
	response := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
	if err != nil {
		b.logStopped(ctx, failed, err)
		response.BatchItemFailures = append(response.BatchItemFailures,
			events.DynamoDBBatchItemFailure{ItemIdentifier: failed.sequenceNumber})
	}
	f.config.Metrics.Invocation(cold, cloudwatch.Count{Name: "EventsPublished", Value: b.published},
		cloudwatch.Count{Name: "BatchItemFailures", Value: len(response.BatchItemFailures)})
	if err != nil && failed.sequenceNumber == "" {
		return events.DynamoDBEventResponse{}, fmt.Errorf("userevents: record without a sequence number: %w", err)
	}
	return response, nil
}

// Package userevents is the function behind the users table's stream: it tells others what happened to users.
//
// The stream's mapping repeats a batch from the first record that the function reports, for as long as the table
// keeps the record. So nothing is lost while SNS is away; and a record that can never be told must not be
// reported, or it would keep all behind it from being told: it goes to a queue of dead letters, whole.
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
	"rental.example/adapters/snssqs"
	"rental.example/adapters/storecalls"
	"rental.example/domain"
	"rental.example/domain/user"
)

// DeadLetterQueue keeps what can never be told until somebody looks at it. *snssqs.Queue is one.
type DeadLetterQueue interface {
	// Send keeps body, which is JSON, and what attributes say of it. An error that wraps snssqs.ErrTooLong
	// means that it has no room for a body of that length; after any other it is unknown whether it was kept.
	Send(ctx context.Context, body []byte, attributes map[string]string) error
}

// Config is what a Function needs beside its ports.
type Config struct {
	Now     func() time.Time
	Logger  *slog.Logger
	Metrics *cloudwatch.Metrics
}

// Function answers the invocations of the userevents function.
type Function struct {
	topic  user.Publisher
	dead   DeadLetterQueue
	config Config
	warm   atomic.Bool
}

// New makes a Function that tells topic, and leaves to dead what it cannot tell.
func New(topic user.Publisher, dead DeadLetterQueue, config Config) *Function {
	return &Function{topic: topic, dead: dead, config: config}
}

// Handle tells the events of a batch in the order of the stream. It reports the first record that was neither
// told nor left to the dead letters, and stops there. Its error, which fails the batch as a whole, is about
// such a record that has no sequence number to report it by.
// https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
func (f *Function) Handle(ctx context.Context, batch dynamo.StreamEvent) (events.DynamoDBEventResponse, error) {
	cold := !f.warm.Swap(true)
	t := &telling{Function: f, logger: f.config.Logger.With("cold_start", cold)}
	ctx, cancel := domain.WithReserve(storecalls.NewContext(ctx), lambdafn.ResponseReserve)
	defer cancel()
	failed, err := t.all(ctx, batch.Records)
	response := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
	if err != nil {
		t.stopped(ctx, failed, err)
		response.BatchItemFailures = append(response.BatchItemFailures,
			events.DynamoDBBatchItemFailure{ItemIdentifier: failed.sequenceNumber})
	}
	f.config.Metrics.Invocation(cold, cloudwatch.Count{Name: "EventsPublished", Value: t.told},
		cloudwatch.Count{Name: "BatchItemFailures", Value: len(response.BatchItemFailures)})
	if err != nil && failed.sequenceNumber == "" {
		return events.DynamoDBEventResponse{}, fmt.Errorf("userevents: a record without a sequence number: %w", err)
	}
	return response, nil
}

var errLate = errors.New("the time is too short for more")

// stopped tells the log where the batch ends, and why.
func (t *telling) stopped(ctx context.Context, failed entry, err error) {
	level := slog.LevelError
	if errors.Is(err, errLate) {
		level = slog.LevelWarn
	}
	t.logger.LogAttrs(ctx, level, "stopped", slog.String("correlation_id", snssqs.CorrelationID(failed.event.RequestID)),
		slog.String("event_id", failed.eventID), slog.String("sequence_number", failed.sequenceNumber),
		slog.String("error", err.Error()), storecalls.Attr(ctx))
}

// published tells the log of an event that was told.
func (t *telling) published(ctx context.Context, e user.Event) {
	t.told++
	t.logger.LogAttrs(ctx, slog.LevelInfo, "published", snssqs.LogAttrs(e)...)
}

// Package itemsync implements the function that consumes user events from the queue of the items service: it updates
// the owners of items, and removes the items of deleted users.
//
// A message that it reports is redelivered after the visibility timeout of the queue, and moved to the dead-letter queue
// after maxReceiveCount deliveries. The result does not depend on the order of messages, nor on duplicates.
package itemsync

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/lambdafn"
	"rental.example/adapters/snssqs"
	"rental.example/adapters/storecalls"
	"rental.example/domain/item"
)

// GracePeriod is the grace period for item.NewRegistry. It is longer than the sum of the timeouts of the items and
// itemsync functions, 10 and 30 seconds in template.yaml, plus clock skew. It is shorter than the visibility timeout of
// the queue, so that the second delivery of a deletion is after it.
const GracePeriod = 2 * time.Minute

// expectedDeliveries is how often a deletion is delivered without failures.
const expectedDeliveries = 2

// Config is what a Function needs besides its registry.
type Config struct {
	Logger  *slog.Logger
	Metrics *cloudwatch.Metrics
}

// Function handles the invocations of the itemsync function.
type Function struct {
	registry *item.Registry
	config   Config
	warm     atomic.Bool
}

// New returns a Function that applies events to registry.
func New(registry *item.Registry, config Config) *Function {
	return &Function{registry: registry, config: config}
}

// Handle applies the messages of a batch and reports those that failed or must be redelivered. Its error is always
// nil.
func (f *Function) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	cold := !f.warm.Swap(true)
	logger := f.config.Logger.With("cold_start", cold)
	started, redeliver := 0, 0
	response := snssqs.ProcessBatch(ctx, batch, func(ctx context.Context, message events.SQSMessage) error {
		started++
		err := f.apply(ctx, logger, message)
		if errors.Is(err, item.ErrRedeliver) {
			redeliver++
		}
		return err
	})
	if left := len(batch.Records) - started; left > 0 {
		logger.WarnContext(ctx, "not enough time for all messages", "left", left)
	}
	f.config.Metrics.Invocation(cold, cloudwatch.Count{Name: "BatchItemFailures", Value: len(response.BatchItemFailures) - redeliver})
	return response, nil
}

// apply applies one message and logs the result.
func (f *Function) apply(ctx context.Context, logger *slog.Logger, message events.SQSMessage) error {
	ctx = storecalls.NewContext(ctx) // counts the calls for this message only
	var m snssqs.Message
	var applied item.Applied
	err := lambdafn.Recover(func() (err error) {
		if m, err = snssqs.ParseOwnerEvent(message); err != nil {
			return err
		}
		applied, err = f.registry.Apply(ctx, m.Event)
		return err
	})
	if err != nil && !errors.Is(err, item.ErrRedeliver) {
		logger.LogAttrs(ctx, slog.LevelError, "owner event not applied", append(logAttrs(m),
			slog.String("message_id", message.MessageId), slog.String("error", err.Error()), storecalls.Attr(ctx))...)
		return err
	}
	logger.LogAttrs(ctx, slog.LevelInfo, "owner event merged", append(logAttrs(m), storecalls.Attr(ctx))...)
	if m.Event.ReportedDeletion() > 0 {
		level := slog.LevelInfo
		if err != nil && m.ReceiveCount > expectedDeliveries {
			level = slog.LevelWarn // may end in the dead-letter queue
		}
		logger.LogAttrs(ctx, level, "items removed", append(logAttrs(m),
			slog.Int("removed", applied.Removed), slog.Bool("settled", err == nil))...)
	}
	return err
}

// logAttrs returns the log attributes of a message. message_trace_id is the trace of the publisher, not that of this
// invocation.
func logAttrs(m snssqs.Message) []slog.Attr {
	return append(m.LogAttrs(), slog.Int("receive_count", m.ReceiveCount), slog.String("message_trace_id", m.TraceID))
}

// Package itemsync is the function behind the items service's queue of users' events: it keeps what items know of
// their owners up to date, and removes the items of those who are gone.
//
// A message that it reports comes back after the queue's visibility timeout, and ends with the dead letters when
// it has come too often. Any order of messages, and any number of repetitions, leads to the same.
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

// GracePeriod is for item.NewRegistry: longer than a function that lists items and one that merges may run
// together, which template.yaml gives 10 and 30 seconds, and the clocks of two machines differ. It is shorter than the
// visibility timeout of the queue, so that the second delivery of a deletion settles it.
const GracePeriod = 2 * time.Minute

// settlesBy is the delivery of a deletion by which it has settled, unless something is wrong.
const settlesBy = 2

// Config is what a Function needs beside its registry.
type Config struct {
	Logger  *slog.Logger
	Metrics *cloudwatch.Metrics
}

// Function answers the invocations of the itemsync function.
type Function struct {
	registry *item.Registry
	config   Config
	warm     atomic.Bool
}

// New makes a Function over a registry.
func New(registry *item.Registry, config Config) *Function {
	return &Function{registry: registry, config: config}
}

// Handle applies the messages of a batch and reports those that failed or have to come again. Its error is
// always nil.
func (f *Function) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	cold := !f.warm.Swap(true)
	logger := f.config.Logger.With("cold_start", cold)
	tried, unsettled := 0, 0
	response := snssqs.ProcessBatch(ctx, batch, func(ctx context.Context, message events.SQSMessage) error {
		tried++
		err := f.apply(ctx, logger, message)
		if errors.Is(err, item.ErrRedeliver) {
			unsettled++
		}
		return err
	})
	if left := len(batch.Records) - tried; left > 0 {
		logger.WarnContext(ctx, "the time was too short for all messages", "left", left)
	}
	f.config.Metrics.Invocation(cold, cloudwatch.Count{Name: "BatchItemFailures", Value: len(response.BatchItemFailures) - unsettled})
	return response, nil
}

// apply applies one message, and tells the log what became of it.
func (f *Function) apply(ctx context.Context, logger *slog.Logger, message events.SQSMessage) error {
	ctx = storecalls.NewContext(ctx) // for this message alone
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
		logger.LogAttrs(ctx, slog.LevelError, "not applied", append(about(m),
			slog.String("message_id", message.MessageId), slog.String("error", err.Error()), storecalls.Attr(ctx))...)
		return err
	}
	logger.LogAttrs(ctx, slog.LevelInfo, "merged", append(about(m), storecalls.Attr(ctx))...)
	if m.Event.LatestDeletion() > 0 {
		level := slog.LevelInfo
		if err != nil && m.ReceiveCount > settlesBy {
			level = slog.LevelWarn // on its way to the dead letters
		}
		logger.LogAttrs(ctx, level, "swept", append(about(m),
			slog.Int("removed", applied.Removed), slog.Bool("settled", err == nil))...)
	}
	return err
}

// about is what the log says of a message, each time. The trace is the one that it was told in, the invocation
// has another.
func about(m snssqs.Message) []slog.Attr {
	return append(m.LogAttrs(), slog.Int("receive_count", m.ReceiveCount), slog.String("message_trace_id", m.TraceID))
}

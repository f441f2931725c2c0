package userevents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/adapters/lambdafn"
	"rental.example/adapters/snssqs"
	"rental.example/adapters/storecalls"
	"rental.example/domain/user"
)

// batch is the processing of one batch of stream records.
type batch struct {
	*Function
	logger    *slog.Logger
	pending   []record // to be published, in stream order
	attempted bool     // whether the topic has been called
	published int
}

// record is a stream record and the event that it causes.
type record struct {
	raw            json.RawMessage
	eventID        string
	sequenceNumber string
	event          user.Event
}

// run publishes the events of records. It returns the first record that was neither published nor dead-lettered,
// and the reason.
func (b *batch) run(ctx context.Context, records []json.RawMessage) (failed record, err error) {
	for _, raw := range records {
		r, publishable, permanentErr := b.parse(raw)
		if publishable {
			b.pending = append(b.pending, r)
		}
		// Publish the pending events before dead-lettering: if publishing failed afterwards, the retry would
		// dead-letter this record twice.
		if permanentErr != nil || len(b.pending) == snssqs.MaxBatch {
			if failed, err := b.publishPending(ctx); err != nil {
				return failed, err
			}
		}
		if permanentErr != nil {
			if err := b.deadLetter(ctx, r, permanentErr); err != nil {
				return r, err
			}
		}
	}
	return b.publishPending(ctx)
}

// parse returns the record and whether it causes an event. err is not nil if the record can never be published: it is
// malformed, or its event is invalid.
func (b *batch) parse(raw json.RawMessage) (r record, publishable bool, err error) {
	r.raw = raw
	err = lambdafn.Recover(func() error {
		change, err := dynamousers.ParseChange(raw)
		r.eventID, r.sequenceNumber = change.EventID, change.SequenceNumber
		if err != nil {
			return err
		}
		r.event, publishable = user.ChangeEvent(change.Before, change.After)
		r.event.ID = change.EventID
		if publishable {
			err = r.event.Check(b.config.Now())
		}
		return err
	})
	return r, publishable && err == nil, err
}

// publishPending publishes the pending events and dead-letters the unpublishable ones. It returns the first record that was
// neither published nor dead-lettered. If the remaining time is shorter than snssqs.MaxCallTime, it returns errTimeout
// instead of calling the topic, except for the invocation's first call.
func (b *batch) publishPending(ctx context.Context) (failed record, err error) {
	if len(b.pending) == 0 {
		return record{}, nil
	}
	if end, ok := ctx.Deadline(); ok && b.attempted && time.Until(end) < snssqs.MaxCallTime {
		return b.pending[0], errTimeout
	}
	b.attempted = true
	events := make([]user.Event, len(b.pending))
	for i, r := range b.pending {
		events[i] = r.event
	}
	errs := b.publish(ctx, events)
	// Log all that were published first: the next loop stops at the first failure.
	for i, err := range errs {
		if err == nil {
			b.logPublished(ctx, events[i])
		}
	}
	for i, err := range errs {
		if errors.Is(err, user.ErrUnpublishable) {
			err = b.deadLetter(ctx, b.pending[i], err)
		}
		if err != nil {
			return b.pending[i], err
		}
	}
	b.pending = b.pending[:0]
	return record{}, nil
}

// publish publishes events, and recovers from a panic of the topic by publishing each event separately. An event
// that panics alone is unpublishable.
func (b *batch) publish(ctx context.Context, events []user.Event) (errs []error) {
	err := lambdafn.Recover(func() error {
		errs = b.topic.Publish(ctx, events)
		return nil
	})
	switch {
	case err == nil:
		return errs
	case len(events) == 1:
		return []error{fmt.Errorf("%w: %w", user.ErrUnpublishable, err)}
	}
	for i := range events {
		errs = append(errs, b.publish(ctx, events[i:i+1])...)
	}
	return errs
}

func (b *batch) logPublished(ctx context.Context, e user.Event) {
	b.published++
	b.logger.LogAttrs(ctx, slog.LevelInfo, "published", snssqs.LogAttrs(e)...)
}

func (b *batch) logStopped(ctx context.Context, failed record, err error) {
	level := slog.LevelError
	if errors.Is(err, errTimeout) {
		level = slog.LevelWarn
	}
	b.logRecord(ctx, level, "batch stopped", failed, err)
}

func (b *batch) logRecord(ctx context.Context, level slog.Level, message string, r record, err error) {
	b.logger.LogAttrs(ctx, level, message, slog.String("correlation_id", snssqs.CorrelationID(r.event.RequestID)),
		slog.String("event_id", r.eventID), slog.String("sequence_number", r.sequenceNumber),
		slog.String("error", err.Error()), storecalls.Attr(ctx))
}

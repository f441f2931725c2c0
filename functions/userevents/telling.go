package userevents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"rental.example/adapters/dynamo"
	"rental.example/adapters/lambdafn"
	"rental.example/adapters/snssqs"
	"rental.example/domain/user"
)

// telling is one batch on its way.
type telling struct {
	*Function
	logger  *slog.Logger
	pending []entry      // in the order of the stream
	events  []user.Event // theirs
	called  bool         // the topic, by now
	told    int          // events
}

// entry is a record of the stream and what it means.
type entry struct {
	record         json.RawMessage
	eventID        string
	sequenceNumber string
	event          user.Event
}

// all tells the records, and returns the first that was neither told nor left to the dead letters, and why.
func (t *telling) all(ctx context.Context, records []json.RawMessage) (failed entry, err error) {
	for _, record := range records {
		e, tell, unreadable := t.read(record)
		if tell {
			t.pending, t.events = append(t.pending, e), append(t.events, e.event)
		}
		if unreadable != nil || len(t.pending) == snssqs.MaxBatch {
			if failed, err := t.flush(ctx); err != nil {
				return failed, err
			}
		}
		if unreadable != nil { // all before it is told, so that no repetition of those brings it here again
			if err := t.bury(ctx, e, unreadable); err != nil {
				return e, err
			}
		}
	}
	return t.flush(ctx)
}

// read finds what a record means; tell is false where that is nothing to others. An error holds for ever.
func (t *telling) read(record json.RawMessage) (e entry, tell bool, err error) {
	e.record = record
	err = lambdafn.Recover(func() error {
		change, err := dynamo.ParseUserChange(record)
		e.eventID, e.sequenceNumber = change.EventID, change.SequenceNumber
		if err != nil {
			return err
		}
		e.event, tell = user.ChangeEvent(change.Before, change.After)
		e.event.ID = change.EventID
		if tell {
			err = e.event.Check(t.config.Now())
		}
		return err
	})
	return e, tell && err == nil, err
}

// flush tells what is pending, and returns what all does. With too little time left for the topic's slowest
// answer it does not ask for one, unless that would have the whole invocation ask for nothing.
func (t *telling) flush(ctx context.Context) (failed entry, err error) {
	if len(t.pending) == 0 {
		return entry{}, nil
	}
	if end, ok := ctx.Deadline(); ok && t.called && time.Until(end) < snssqs.MaxCallTime {
		return t.pending[0], errLate
	}
	t.called = true
	errs := t.publish(ctx, t.events)
	for i, err := range errs {
		if err == nil {
			t.published(ctx, t.events[i])
		}
	}
	for i, err := range errs {
		if errors.Is(err, user.ErrUnpublishable) {
			err = t.bury(ctx, t.pending[i], err)
		}
		if err != nil {
			return t.pending[i], err
		}
	}
	t.pending, t.events = t.pending[:0], t.events[:0]
	return entry{}, nil
}

// publish has the topic told of events. When it panics they are told one by one, to find out whose panic that
// is: an event of which it panics alone is unpublishable.
func (t *telling) publish(ctx context.Context, events []user.Event) (errs []error) {
	err := lambdafn.Recover(func() error {
		errs = t.topic.Publish(ctx, events)
		return nil
	})
	switch {
	case err == nil:
		return errs
	case len(events) == 1:
		return []error{fmt.Errorf("%w: %w", user.ErrUnpublishable, err)}
	}
	for i := range events {
		errs = append(errs, t.publish(ctx, events[i:i+1])...)
	}
	return errs
}

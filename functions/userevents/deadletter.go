package userevents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"rental.example/adapters/lambdafn"
	"rental.example/adapters/snssqs"
	"rental.example/adapters/storecalls"
)

// maxReason is how many bytes of a reason go with a dead letter; the log has all of it.
const maxReason = 1024

// bury leaves a record to the dead letters, whole: as it came, it may be put into a batch again.
func (t *telling) bury(ctx context.Context, e entry, reason error) error {
	attributes := map[string]string{"reason": plain(reason.Error()), "eventId": plain(e.eventID)}
	err := t.send(ctx, e.record, attributes)
	if errors.Is(err, snssqs.ErrTooLong) {
		attributes["images"] = "left out, since the record is too long for a message"
		err = t.send(ctx, withoutImages(e.record), attributes)
	}
	if err != nil {
		return fmt.Errorf("dead letter: %w; it is one since: %w", err, reason)
	}
	t.logger.LogAttrs(ctx, slog.LevelError, "dead letter", slog.String("correlation_id", snssqs.CorrelationID(e.event.RequestID)),
		slog.String("event_id", e.eventID), slog.String("sequence_number", e.sequenceNumber),
		slog.String("error", reason.Error()), storecalls.Attr(ctx))
	return nil
}

func (t *telling) send(ctx context.Context, body []byte, attributes map[string]string) error {
	return lambdafn.Recover(func() error { return t.dead.Send(ctx, body, attributes) })
}

// plain is the beginning of text in printable ASCII, which every service takes.
func plain(text string) string {
	b := []byte(text[:min(len(text), maxReason)])
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = ' '
		}
	}
	return string(b)
}

// withoutImages is what is left of a record that is too long to keep: enough to find it, and what it is about.
// No event can be made of it any more; republish tells what the table holds now.
func withoutImages(record []byte) []byte {
	var short struct {
		EventID        string `json:"eventID"`
		EventName      string `json:"eventName"`
		EventSourceARN string `json:"eventSourceARN"`
		Change         struct {
			Keys           json.RawMessage
			SequenceNumber string
		} `json:"dynamodb"`
	}
	_ = json.Unmarshal(record, &short) // as far as it goes
	if short.Change.Keys == nil {
		short.Change.Keys = json.RawMessage("null")
	}
	body, _ := json.Marshal(short) // texts, and JSON that was read as such
	return body
}

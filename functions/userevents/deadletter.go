package userevents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"rental.example/adapters/lambdafn"
	"rental.example/adapters/snssqs"
)

// maxReason is how many bytes of the reason are sent with a dead letter. The log has all of it.
const maxReason = 1024

// deadLetter sends a record to the dead-letter queue, in its original form so that it can be replayed.
func (b *batch) deadLetter(ctx context.Context, r record, reason error) error {
	attributes := map[string]string{"reason": printable(reason.Error()), "eventId": printable(r.eventID)}
	err := b.send(ctx, r.raw, attributes)
	if errors.Is(err, snssqs.ErrTooLong) {
		attributes["images"] = "left out, since the record is too long for a message"
		err = b.send(ctx, withoutImages(r.raw), attributes)
	}
	if err != nil {
		return fmt.Errorf("send to dead-letter queue: %w; reason: %w", err, reason)
	}
	b.logRecord(ctx, slog.LevelError, "record sent to dead-letter queue", r, reason)
	return nil
}

func (b *batch) send(ctx context.Context, body []byte, attributes map[string]string) error {
	return lambdafn.Recover(func() error { return b.deadLetters.Send(ctx, body, attributes) })
}

// printable returns the beginning of text with a space for each byte that is not printable ASCII.
func printable(text string) string {
	b := []byte(text[:min(len(text), maxReason)])
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = ' '
		}
	}
	return string(b)
}

// withoutImages returns record without NewImage and OldImage, for a record that exceeds the message size limit. The result
// identifies the record, but cannot be replayed; the republish function publishes the current state of every user instead.
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
	_ = json.Unmarshal(record, &short) // best effort
	if short.Change.Keys == nil {
		short.Change.Keys = json.RawMessage("null")
	}
	body, _ := json.Marshal(short) // cannot fail: strings and parsed JSON
	return body
}

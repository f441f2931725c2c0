package snssqs_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/snssqs"
)

// TestProcessBatch checks that every message is handled, and each error and panic reported.
func TestProcessBatch(t *testing.T) {
	t.Parallel()
	failure := errors.New("failed")
	for name, test := range map[string]struct {
		batch events.SQSEvent
		want  string
	}{
		"null":  {events.SQSEvent{}, `{"batchItemFailures":[]}`},
		"empty": {events.SQSEvent{Records: []events.SQSMessage{}}, `{"batchItemFailures":[]}`},
		"some": {
			events.SQSEvent{Records: []events.SQSMessage{{MessageId: "good"}, {MessageId: "bad"}, {MessageId: "panic"}, {MessageId: "good too"}}},
			`{"batchItemFailures":[{"itemIdentifier":"bad"},{"itemIdentifier":"panic"}]}`,
		},
	} {
		handled := 0
		response := snssqs.ProcessBatch(t.Context(), test.batch, func(_ context.Context, m events.SQSMessage) error {
			handled++
			switch m.MessageId {
			case "bad":
				return failure
			case "panic":
				panic("a programming error")
			}
			return nil
		})
		if got, err := json.Marshal(response); err != nil || string(got) != test.want || handled != len(test.batch.Records) {
			t.Errorf("%s: %s, %v after %d messages; want %s", name, got, err, handled, test.want)
		}
	}
}

// TestProcessBatchTimeout checks that one message, and no other, is handled however little time is left.
func TestProcessBatchTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), snssqs.MinMessageTime/2)
		defer cancel()
		batch := events.SQSEvent{Records: []events.SQSMessage{{MessageId: "first"}, {MessageId: "second"}}}
		var handled []string
		response := snssqs.ProcessBatch(ctx, batch, func(ctx context.Context, m events.SQSMessage) error {
			handled = append(handled, m.MessageId)
			if end, ok := ctx.Deadline(); !ok || time.Until(end) >= snssqs.MinMessageTime/2 {
				t.Errorf("no time is reserved for the response: deadline %v", end)
			}
			return nil
		})
		got := response.BatchItemFailures
		if !slices.Equal(handled, []string{"first"}) || len(got) != 1 || got[0].ItemIdentifier != "second" {
			t.Errorf("handled %q, reported %+v", handled, got)
		}
	})
}

package userevents_test

import (
	"context"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/adapters/snssqs"
	"rental.example/domain"
	"rental.example/domain/user"
	"rental.example/functions/userevents"
)

// changeOf returns the record of a new profile, the n-th of its stream.
func changeOf(t testing.TB, n int, name string) json.RawMessage {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	p := user.Profile{
		ID: "11111111-1111-4111-8111-111111111111", Name: name, Email: "jane@example.com", Type: user.Renter, Ratings: 25,
		Version: domain.VersionAt(at), CreatedAt: at, UpdatedAt: at, RequestID: "0ca7504f-a7c8-41e9-9c0e-b9d1c303045b",
	}
	change := dynamousers.Change{EventID: "event-" + strconv.Itoa(n), SequenceNumber: strconv.Itoa(n), After: user.Record{Profile: &p}}
	record, err := change.Record()
	if err != nil {
		t.Fatal(err)
	}
	return record
}

func batchOf(t testing.TB, records ...json.RawMessage) []byte {
	t.Helper()
	event, err := json.Marshal(dynamo.StreamEvent{Records: records})
	if err != nil {
		t.Fatal(err)
	}
	return event
}

// TestOversizedRecord checks that the dead letter of a record that is too long has the keys, and is no valid record
// when it is replayed.
func TestOversizedRecord(t *testing.T) {
	t.Parallel()
	short := len(changeOf(t, 7, "Panic"))
	for name, record := range map[string]json.RawMessage{
		"bytes":                       changeOf(t, 7, strings.Repeat("x", snssqs.MaxBytes)),
		"characters that are escaped": changeOf(t, 7, "Panic"+strings.Repeat("\uFFFE", snssqs.MaxBytes/6)),
		"fits without its attributes": changeOf(t, 7, "Panic"+strings.Repeat("x", snssqs.MaxBytes-short-10)),
	} {
		p := portsFor("")
		got := invoke(newHandler(p, io.Discard), p, batchOf(t, record, changeOf(t, 8, "Jane")))
		if string(got.Response) != `{"batchItemFailures":[]}` || len(got.Published) != 1 || len(got.DeadLetters) != 1 {
			t.Fatalf("%s: response %s, %d published, %d dead letters", name, got.Response, len(got.Published), len(got.DeadLetters))
		}
		deadLetter := got.DeadLetters[0]
		want := `{"eventID":"event-7","eventName":"INSERT","eventSourceARN":"arn:aws:dynamodb:us-east-1:123456789012:table/users/stream/2026-01-01T00:00:00.000",` +
			`"dynamodb":{"Keys":{"id":{"S":"11111111-1111-4111-8111-111111111111"}},"SequenceNumber":"7"}}`
		if diff := cmp.Diff(want, string(deadLetter.Body)); diff != "" || deadLetter.Attributes["images"] == "" {
			t.Errorf("%s: %q (-want +got):\n%s", name, deadLetter.Attributes["images"], diff)
		}
		if _, err := dynamousers.ParseChange(deadLetter.Body); err == nil {
			t.Errorf("%s: the dead letter parses as a complete record", name)
		}
	}
}

// TestReplayDeadLetter checks that a dead letter is the unchanged record, and is published when it is replayed.
func TestReplayDeadLetter(t *testing.T) {
	t.Parallel()
	p := portsFor("")
	record := changeOf(t, 1, "Panic")
	got := invoke(newHandler(p, io.Discard), p, batchOf(t, record))
	if len(got.DeadLetters) != 1 || string(got.DeadLetters[0].Body) != string(record) || got.DeadLetters[0].Attributes["eventId"] != "event-1" {
		t.Fatalf("dead letters: %s", got.DeadLetters)
	}
	p.topic.Outcome = nil // fixed
	got = invoke(newHandler(p, io.Discard), p, batchOf(t, got.DeadLetters[0].Body))
	if string(got.Response) != `{"batchItemFailures":[]}` || len(got.Published) != 1 || len(got.DeadLetters) != 1 {
		t.Errorf("replayed: response %s, %d published, %d dead letters", got.Response, len(got.Published), len(got.DeadLetters))
	}
}

// slowTopic takes almost as long for a call as a Topic may.
type slowTopic struct{ calls int }

func (s *slowTopic) Publish(ctx context.Context, events []user.Event) []error {
	s.calls++
	errs := make([]error, len(events))
	select {
	case <-time.After(snssqs.MaxCallTime - time.Millisecond):
	case <-ctx.Done():
		for i := range errs {
			errs[i] = domain.ErrUnavailable
		}
	}
	return errs
}

// TestTimeout checks that no call but the first starts that may not end in time, and that the response is in time.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for timeout, want := range map[time.Duration]struct {
		calls    int
		response string
	}{
		30 * time.Second: {4, `{"batchItemFailures":[{"itemIdentifier":"41"}]}`},
		time.Minute:      {5, `{"batchItemFailures":[]}`},
		7 * time.Second:  {1, `{"batchItemFailures":[{"itemIdentifier":"11"}]}`},
		2 * time.Second:  {1, `{"batchItemFailures":[{"itemIdentifier":"1"}]}`},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(invocation(t.Context()), timeout)
			defer cancel()
			var records []json.RawMessage
			for n := range 45 {
				records = append(records, changeOf(t, n+1, "Jane"))
			}
			topic := new(slowTopic)
			f := userevents.New(topic, nil, userevents.Config{
				Now: clock, Logger: cloudwatch.NewLogger(io.Discard, 0, "userevents"), Metrics: cloudwatch.NewMetrics(io.Discard, "rental", "userevents", time.Now),
			})
			response, err := f.Handle(ctx, dynamo.StreamEvent{Records: records})
			got, _ := json.Marshal(response)
			if err != nil || topic.calls != want.calls || string(got) != want.response || ctx.Err() != nil {
				t.Errorf("%v: %s after %d calls, %v, %v; want %s after %d", timeout, got, topic.calls, err, ctx.Err(), want.response, want.calls)
			}
		})
	}
}

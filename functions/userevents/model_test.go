package userevents_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/dynamo"
	"rental.example/adapters/dynamo/dynamousers"
	"rental.example/adapters/snssqs/snssqstest"
)

// kinds of records: the user names that select the topic's outcome, and two unpublishable records.
var kinds = []string{"Jane", "Jane", "Jane", "Throttled", "Refused", "Unanswered", "Panic", "malformed", "expired"}

// want returns the index of the record that the function must report, and those of the dead letters. No record after
// the reported one is dead-lettered.
func want(batch []string, deadLettersDown bool) (failed int, deadLetters []int) {
	for n, kind := range batch {
		switch kind {
		case "Throttled", "Unanswered":
			return n, deadLetters
		case "Refused", "Panic", "malformed":
			if deadLettersDown {
				return n, deadLetters
			}
			deadLetters = append(deadLetters, n)
		}
	}
	return len(batch), deadLetters
}

// TestRandomBatches compares the results of random batches with want.
func TestRandomBatches(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 0))
		var batch []string
		var records []json.RawMessage
		good := r.IntN(20) // of twenty records
		for n := range r.IntN(35) {
			kind := "Jane"
			if r.IntN(20) >= good {
				kind = kinds[r.IntN(len(kinds))]
			}
			batch, records = append(batch, kind), append(records, recordOf(t, n, kind))
		}
		p := portsFor("")
		if r.IntN(4) == 0 {
			p.deadLetters.Err = errDown
		}
		got := invoke(newHandler(p, io.Discard), p, batchOf(t, records...))
		failed, deadLetters := want(batch, p.deadLetters.Err != nil)
		if problem := compare(got, batch, failed, deadLetters); problem != "" {
			t.Fatalf("seed %d, batch %v: %s", seed, batch, problem)
		}
	}
}

func recordOf(t *testing.T, n int, kind string) json.RawMessage {
	switch record := changeOf(t, n, kind); kind {
	case "malformed":
		return json.RawMessage(strings.Replace(string(record), `"userType":{"S"`, `"userType":{"N"`, 1))
	case "expired":
		text := strings.Replace(string(record), `"INSERT"`, `"REMOVE"`, 1)
		text = strings.Replace(text, `"NewImage"`, `"OldImage"`, 1)
		return json.RawMessage(strings.Replace(text, `"createdAt"`, `"deletedAt"`, 1))
	default:
		return record
	}
}

// compare returns how got differs; empty if it does not.
func compare(got result, batch []string, failed int, deadLetters []int) string {
	response := `{"batchItemFailures":[]}`
	if failed < len(batch) {
		response = fmt.Sprintf(`{"batchItemFailures":[{"itemIdentifier":"%d"}]}`, failed)
	}
	published, gotDead := idsOf(got.Published), []string{}
	for _, m := range got.DeadLetters {
		gotDead = append(gotDead, m.Attributes["eventId"])
	}
	var wantDead []string
	for _, n := range deadLetters {
		wantDead = append(wantDead, fmt.Sprintf("event-%d", n))
	}
	if got.Error != "" || string(got.Response) != response || !slices.Equal(gotDead, wantDead) {
		return fmt.Sprintf("response %s, %q, dead letters %v; want %s and %v", got.Response, got.Error, gotDead, response, wantDead)
	}
	for n, kind := range batch {
		is := slices.Contains(published, fmt.Sprintf("event-%d", n))
		if n < failed && is != (kind == "Jane") || is && kind != "Jane" {
			return fmt.Sprintf("record %d (%s): published %t; the batch stops at %d", n, kind, is, failed)
		}
	}
	return ""
}

func idsOf(messages []snssqstest.Message) (ids []string) {
	for _, m := range messages {
		var event struct{ ID string }
		_ = json.Unmarshal(m.Body, &event)
		ids = append(ids, event.ID)
	}
	return ids
}

// FuzzHandle checks that the function reports at most one record, and only a record of the batch.
func FuzzHandle(f *testing.F) {
	for _, event := range apigatewaytest.Seeds(f, root, "userevents") {
		f.Add(event, false)
		f.Add(event, true)
	}
	f.Fuzz(func(t *testing.T, event []byte, deadLettersDown bool) {
		apigatewaytest.SkipLarge(t, event)
		var batch dynamo.StreamEvent
		if json.Unmarshal(event, &batch) != nil {
			t.Skip("not an event")
		}
		p := portsFor("")
		if deadLettersDown {
			p.deadLetters.Err = errDown
		}
		got := invoke(newHandler(p, io.Discard), p, event)
		if got.Error != "" && !deadLettersDown {
			t.Fatalf("failed: %s", got.Error)
		}
		var response struct {
			BatchItemFailures []struct{ ItemIdentifier string }
		}
		if got.Error == "" && (json.Unmarshal(got.Response, &response) != nil || response.BatchItemFailures == nil || len(response.BatchItemFailures) > 1) {
			t.Fatalf("response %s", got.Response)
		}
		for _, failure := range response.BatchItemFailures {
			known := func(record json.RawMessage) bool {
				change, _ := dynamousers.ParseChange(record)
				return change.SequenceNumber == failure.ItemIdentifier
			}
			if failure.ItemIdentifier == "" || !slices.ContainsFunc(batch.Records, known) {
				t.Errorf("reports %q, which no record has", failure.ItemIdentifier)
			}
		}
	})
}

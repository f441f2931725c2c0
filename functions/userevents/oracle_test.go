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
	"rental.example/adapters/snssqs/snssqstest"
)

// kinds of records: the names of their users, which the topic takes as it is told, and what cannot be read.
var kinds = []string{"Jane", "Jane", "Jane", "Throttled", "Refused", "Unanswered", "Panic", "malformed", "expired"}

// want is what has to come of a batch of kinds, by the words of the contract: every record up to the first
// that fails is told, means nothing, or is a dead letter; of those behind it, none is a dead letter.
func want(batch []string, deadLettersDown bool) (failed int, letters []int) {
	for n, kind := range batch {
		switch kind {
		case "Throttled", "Unanswered":
			return n, letters
		case "Refused", "Panic", "malformed":
			if deadLettersDown {
				return n, letters
			}
			letters = append(letters, n)
		}
	}
	return len(batch), letters
}

// TestReportsWhatFailed holds random batches against that.
func TestReportsWhatFailed(t *testing.T) {
	t.Parallel()
	for seed := range uint64(1000) {
		r := rand.New(rand.NewPCG(seed, 0))
		var batch []string
		var records []json.RawMessage
		good := r.IntN(20) // how many of twenty more are told
		for n := range r.IntN(35) {
			kind := "Jane"
			if r.IntN(20) >= good {
				kind = kinds[r.IntN(len(kinds))]
			}
			batch, records = append(batch, kind), append(records, recordOf(t, n, kind))
		}
		p := portsFor("")
		if r.IntN(4) == 0 {
			p.dead.Err = errDown
		}
		got := invoke(newHandler(p, io.Discard), p, batchOf(t, records...))
		failed, letters := want(batch, p.dead.Err != nil)
		if problem := compare(got, batch, failed, letters); problem != "" {
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

func compare(got outcome, batch []string, failed int, letters []int) string {
	answer := `{"batchItemFailures":[]}`
	if failed < len(batch) {
		answer = fmt.Sprintf(`{"batchItemFailures":[{"itemIdentifier":"%d"}]}`, failed)
	}
	told, dead := idsOf(got.Published), []string{}
	for _, m := range got.DeadLetters {
		dead = append(dead, m.Attributes["eventId"])
	}
	var buried []string
	for _, n := range letters {
		buried = append(buried, fmt.Sprintf("event-%d", n))
	}
	if got.Error != "" || string(got.Answer) != answer || !slices.Equal(dead, buried) {
		return fmt.Sprintf("answer %s, %q, dead letters %v; want %s and %v", got.Answer, got.Error, dead, answer, buried)
	}
	for n, kind := range batch {
		is := slices.Contains(told, fmt.Sprintf("event-%d", n))
		if n < failed && is != (kind == "Jane") || is && kind != "Jane" {
			return fmt.Sprintf("record %d (%s): told %t; the batch ends at %d", n, kind, is, failed)
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

// FuzzHandle: whatever comes, the function reports at most one record, and one of the batch.
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
			p.dead.Err = errDown
		}
		got := invoke(newHandler(p, io.Discard), p, event)
		if got.Error != "" && !deadLettersDown {
			t.Fatalf("failed: %s", got.Error)
		}
		var answer struct {
			BatchItemFailures []struct{ ItemIdentifier string }
		}
		if got.Error == "" && (json.Unmarshal(got.Answer, &answer) != nil || answer.BatchItemFailures == nil || len(answer.BatchItemFailures) > 1) {
			t.Fatalf("answer %s", got.Answer)
		}
		for _, failure := range answer.BatchItemFailures {
			known := func(record json.RawMessage) bool {
				change, _ := dynamo.ParseUserChange(record)
				return change.SequenceNumber == failure.ItemIdentifier
			}
			if failure.ItemIdentifier == "" || !slices.ContainsFunc(batch.Records, known) {
				t.Errorf("reports %q, which is of no record", failure.ItemIdentifier)
			}
		}
	})
}

package userevents_test

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/snssqs"
)

// FuzzPublished checks that the consumer accepts every event that any stream record causes. Otherwise the record
// would become a dead letter of the consumer, where nothing names the cause.
func FuzzPublished(f *testing.F) {
	const id, event, request = "11111111-1111-4111-8111-111111111111", "00000000000000000000000000000001", "0ca7504f-a7c8-41e9-9c0e-b9d1c303045b"
	f.Add(id, event, request, "Jane Doe", "renter", "25", "1767323045678901", "", "", "")
	f.Add(id, event, request, "Max\u202e", "rentee", "1e125", "9223372036854775807", "", "", "")
	f.Add(id, event, request, "", "", "", "1767323045678901", "1767323045678901", "1769915045", "")
	f.Add(id, event, request, strings.Repeat("a", 101), "renter", "100.5", "1767323045678901", "", "", "")
	f.Add(id, "event 1", request, "\u2800", "renter", "25", "1767323045678901", "", "", "")
	f.Add(id, event, "", "Jane Doe", "renter", "-0", "1767323045678901", "", "", "1767323045678900")
	f.Fuzz(func(t *testing.T, id, event, request, name, userType, ratings, version, deletedAt, expiresAt, deletedVersion string) {
		record := recordWith(t, event, map[string]map[string]string{
			"id": {"S": id}, "requestId": {"S": request}, "name": {"S": name}, "email": {"S": "jane@example.com"}, "userType": {"S": userType},
			"ratings": {"N": ratings}, "version": {"N": version}, "createdAt": {"N": version}, "updatedAt": {"N": version},
			"deletedAt": {"N": deletedAt}, "expiresAt": {"N": expiresAt}, "deletedVersion": {"N": deletedVersion},
		})
		p := portsFor("")
		p.topic.Outcome = nil // publishes everything
		got := invoke(newHandler(p, io.Discard), p, batchOf(t, record))
		if got.Error != "" || string(got.Response) != `{"batchItemFailures":[]}` {
			t.Errorf("response %s, %s: the record is neither published nor a dead letter: %s", got.Response, got.Error, record)
		}
		for _, m := range got.Published {
			checkConsumable(t, string(m.Body))
		}
	})
}

// checkConsumable parses and checks an event as itemsync does.
func checkConsumable(t *testing.T, body string) {
	t.Helper()
	m, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: body})
	if err == nil {
		err = m.Event.Check(clock())
	}
	if err != nil {
		t.Errorf("published, but the consumer rejects it: %v\n%s", err, body)
	}
}

// recordWith returns a stream record with an image of the non-empty attributes.
func recordWith(t *testing.T, eventID string, image map[string]map[string]string) json.RawMessage {
	t.Helper()
	for name, value := range image {
		if value["S"]+value["N"] == "" {
			delete(image, name)
		}
	}
	record, err := json.Marshal(map[string]any{
		"eventID": eventID, "eventName": "INSERT", "eventSource": "aws:dynamodb",
		"dynamodb": map[string]any{
			"Keys": map[string]any{"id": image["id"]}, "NewImage": image, "SequenceNumber": "111", "StreamViewType": "NEW_AND_OLD_IMAGES",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return record
}

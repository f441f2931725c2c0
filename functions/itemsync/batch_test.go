package itemsync_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/snssqs"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/functions/itemsync"
)

// message returns a message of a kind: an update with that name, a deletion, or malformed.
func message(n int, kind string) events.SQSMessage {
	body := fmt.Sprintf(`{"specversion":"1.0","id":"event-%d","source":"rental/users","type":"user.profile.updated.v1","subject":"%s",`+
		`"data":{"userId":"%[2]s","version":%d,"name":"%s","ratings":1}}`, n, renter, int64(eventVersion)+int64(n), kind)
	switch kind {
	case "deleted":
		body = strings.Replace(body, "updated", "deleted", 1)
	case "malformed":
		body = strings.Replace(body, `"1.0"`, `"2.0"`, 1)
	}
	return events.SQSMessage{MessageId: fmt.Sprintf("message-%d", n), Body: body}
}

func encoded(t testing.TB, batch events.SQSEvent) []byte {
	t.Helper()
	raw, err := json.Marshal(batch)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func reported(t testing.TB, data []byte) (ids []string) {
	t.Helper()
	var response events.SQSEventResponse
	if err := json.Unmarshal(data, &response); err != nil || response.BatchItemFailures == nil {
		t.Fatalf("response %s, %v", data, err)
	}
	for _, failure := range response.BatchItemFailures {
		ids = append(ids, failure.ItemIdentifier)
	}
	return ids
}

// TestFailuresAreIndependent checks that a batch reports exactly the messages that fail or must be redelivered.
func TestFailuresAreIndependent(t *testing.T) {
	t.Parallel()
	kinds := []string{"Jane", "deleted", "Jane", "malformed", "Panic", "Jane"}
	var batch events.SQSEvent
	for n, kind := range kinds {
		batch.Records = append(batch.Records, message(n, kind))
	}
	got := reported(t, invoke(t, portsFor(t, ""), io.Discard, encoded(t, batch)).Response)
	if want := []string{"message-1", "message-3", "message-4"}; !slices.Equal(got, want) {
		t.Errorf("reports %v, want %v", got, want)
	}
}

// slowOwners take three seconds for each merge.
type slowOwners struct{}

func (slowOwners) Owners(context.Context, []domain.UserID) (map[domain.UserID]item.Owner, error) {
	return nil, nil
}

func (slowOwners) Merge(ctx context.Context, _ item.OwnerEvent) (item.Owner, error) {
	select {
	case <-time.After(3 * time.Second):
		return item.Owner{}, nil
	case <-ctx.Done():
		return item.Owner{}, fmt.Errorf("%w: %w", domain.ErrUnavailable, ctx.Err())
	}
}

// TestTimeout checks that messages without enough time are reported, and that the response is in time.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for timeout, want := range map[time.Duration]int{30 * time.Second: 9, 10 * time.Second: 3, 3 * time.Second: 0, time.Minute: 10} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(invocation(t.Context()), timeout)
			defer cancel()
			var batch events.SQSEvent
			var unhandled []string
			for n := range 10 {
				batch.Records = append(batch.Records, message(n, "Jane"))
				if n >= want {
					unhandled = append(unhandled, batch.Records[n].MessageId)
				}
			}
			var out bytes.Buffer
			f := itemsync.New(item.NewRegistry(slowOwners{}, nil, itemsync.GracePeriod, clock), itemsync.Config{
				Logger: cloudwatch.NewLogger(&out, 0, "itemsync"), Metrics: cloudwatch.NewMetrics(io.Discard, "rental", "itemsync", clock),
			})
			response, err := f.Handle(ctx, batch)
			got, _ := json.Marshal(response)
			if ids := reported(t, got); err != nil || !slices.Equal(ids, unhandled) || ctx.Err() != nil {
				t.Errorf("%v: reports %v, %v, %v; want %v", timeout, ids, err, ctx.Err(), unhandled)
			}
			if logged := strings.Contains(out.String(), "not enough time for all messages"); logged != (want < 10) {
				t.Errorf("%v: the log has a warning: %t", timeout, logged)
			}
		})
	}
}

// FuzzHandle checks that the function always responds, and reports only messages of the batch.
func FuzzHandle(f *testing.F) {
	for _, event := range apigatewaytest.Seeds(f, root, "itemsync") {
		f.Add(event)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		apigatewaytest.SkipLarge(t, raw)
		var batch events.SQSEvent
		if json.Unmarshal(raw, &batch) != nil {
			t.Skip("not an event")
		}
		for _, id := range reported(t, invoke(t, portsFor(t, ""), io.Discard, raw).Response) {
			if !slices.ContainsFunc(batch.Records, func(m events.SQSMessage) bool { return m.MessageId == id }) {
				t.Errorf("reports %q, which no message has", id)
			}
		}
	})
}

// FuzzParse checks that every parsed message is valid.
func FuzzParse(f *testing.F) {
	for n, kind := range []string{"Jane", "deleted", "malformed"} {
		f.Add(message(n, kind).Body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		m, err := snssqs.ParseOwnerEvent(events.SQSMessage{Body: body})
		if err != nil {
			return
		}
		if _, err := domain.ParseUserID(string(m.Event.OwnerID)); err != nil || m.Event.Version < 1 || m.ID == "" {
			t.Errorf("%q is parsed as %+v", body, m)
		}
		if m.Event.Deleted && (m.Event.Name != "" || m.Event.Ratings != 0) {
			t.Errorf("a deletion has content: %+v", m.Event)
		}
	})
}

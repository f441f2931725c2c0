package itemsync_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
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

// message is one of a kind: told of renter under a name, or of their deletion, or unreadable.
func message(n int, kind string) events.SQSMessage {
	body := fmt.Sprintf(`{"specversion":"1.0","id":"event-%d","source":"rental/users","type":"user.profile.updated.v1","subject":"%s",`+
		`"data":{"userId":"%[2]s","version":%d,"name":"%s","ratings":1}}`, n, renter, int64(event)+int64(n), kind)
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

func reported(t testing.TB, answer []byte) (ids []string) {
	t.Helper()
	var response events.SQSEventResponse
	if err := json.Unmarshal(answer, &response); err != nil || response.BatchItemFailures == nil {
		t.Fatalf("answer %s, %v", answer, err)
	}
	for _, failure := range response.BatchItemFailures {
		ids = append(ids, failure.ItemIdentifier)
	}
	return ids
}

// TestReportsWhatFailed holds random batches against what is known of each message by itself.
func TestReportsWhatFailed(t *testing.T) {
	t.Parallel()
	kinds := []string{"Jane", "Jane", "deleted", "malformed", "Panic"}
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 0))
		var batch events.SQSEvent
		var want []string
		for n := range r.IntN(11) {
			kind := kinds[r.IntN(len(kinds))]
			batch.Records = append(batch.Records, message(n, kind))
			if kind != "Jane" { // none of the deletions is old enough
				want = append(want, batch.Records[n].MessageId)
			}
		}
		got := reported(t, invoke(t, portsFor(t, ""), io.Discard, encoded(t, batch)).Answer)
		if !slices.Equal(got, want) {
			t.Fatalf("seed %d: reports %v, want %v", seed, got, want)
		}
	}
}

// slowOwners take their time, or what there is of it.
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

// TestShortTime: what there is no time for is reported untried; and the answer comes in time.
func TestShortTime(t *testing.T) {
	t.Parallel()
	for timeout, want := range map[time.Duration]int{30 * time.Second: 9, 10 * time.Second: 3, 3 * time.Second: 0, time.Minute: 10} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(invocation(t.Context()), timeout)
			defer cancel()
			var batch events.SQSEvent
			var untold []string
			for n := range 10 {
				batch.Records = append(batch.Records, message(n, "Jane"))
				if n >= want {
					untold = append(untold, batch.Records[n].MessageId)
				}
			}
			var out bytes.Buffer
			f := itemsync.New(item.NewRegistry(slowOwners{}, nil, itemsync.GracePeriod, clock), itemsync.Config{
				Logger: cloudwatch.NewLogger(&out, 0, "itemsync"), Metrics: cloudwatch.NewMetrics(io.Discard, "rental", "itemsync", clock),
			})
			answer, err := f.Handle(ctx, batch)
			got, _ := json.Marshal(answer)
			if ids := reported(t, got); err != nil || !slices.Equal(ids, untold) || ctx.Err() != nil {
				t.Errorf("%v: reports %v, %v, %v; want %v", timeout, ids, err, ctx.Err(), untold)
			}
			if told := strings.Contains(out.String(), "the time was too short"); told != (want < 10) {
				t.Errorf("%v: the log tells of it: %t", timeout, told)
			}
		})
	}
}

// FuzzHandle: whatever comes, the function answers, and reports messages of the batch only.
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
		for _, id := range reported(t, invoke(t, portsFor(t, ""), io.Discard, raw).Answer) {
			if !slices.ContainsFunc(batch.Records, func(m events.SQSMessage) bool { return m.MessageId == id }) {
				t.Errorf("reports %q, which is no message", id)
			}
		}
	})
}

// FuzzParse: what is read of any body is valid.
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
			t.Errorf("%q is read as %+v", body, m)
		}
		if m.Event.Deleted && (m.Event.Name != "" || m.Event.Ratings != 0) {
			t.Errorf("a deletion has content: %+v", m.Event)
		}
	})
}

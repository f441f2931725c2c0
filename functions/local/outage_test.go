package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sns"

	"rental.example/adapters/memory"
	"rental.example/adapters/snssqs"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
	"rental.example/functions/itemsync"
	"rental.example/functions/local/pipeline"
	"rental.example/functions/local/sandbox"
	"rental.example/functions/userevents"
)

// away is a topic that cannot be reached before a time.
type away struct {
	snssqs.TopicAPI
	until time.Time
}

// PublishBatch implements snssqs.TopicAPI.
func (a away) PublishBatch(ctx context.Context, in *sns.PublishBatchInput, options ...func(*sns.Options)) (*sns.PublishBatchOutput, error) {
	if time.Now().Before(a.until) {
		return nil, errors.New("connection refused")
	}
	return a.TopicAPI.PublishBatch(ctx, in, options...)
}

// TestOutageOfSNS: after 23 hours without SNS, items know of everything that happened to profiles meanwhile.
func TestOutageOfSNS(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const outage = 23 * time.Hour
		logger := slog.New(slog.DiscardHandler)
		var s stores
		s.keepProfiles(newUUID, logger)
		owners := memory.NewOwners()
		s.registry = item.NewRegistry(owners, memory.NewItems(), itemsync.GracePeriod, time.Now)
		events := pipeline.New(pipeline.Config{Lambda: &sandbox.Service{Logger: logger}, NewID: newUUID, Speed: 1})
		w := workshop{now: time.Now, newID: newUUID, stderr: io.Discard}
		topic := snssqs.NewTopic(away{events.Topic(), time.Now().Add(outage)}, events.Topic().ARN())
		dead := events.DeadLetters()
		events.Connect(s.changes,
			w.behindNoRoute("userevents", pipeline.UserEventsFunction, userevents.New(topic, snssqs.NewQueue(dead, dead.URL()),
				userevents.Config{Now: time.Now, Logger: logger, Metrics: w.metrics("userevents")}).Handle),
			w.behindNoRoute("itemsync", pipeline.ItemSyncFunction, itemsync.New(s.registry,
				itemsync.Config{Logger: logger, Metrics: w.metrics("itemsync")}).Handle))
		ctx, cancel := context.WithCancel(t.Context())
		var flow sync.WaitGroup
		flow.Go(func() { events.Run(ctx) })

		ids, newest := changeForHours(t, s.profiles, 22)
		time.Sleep(3 * time.Hour)
		cancel()
		flow.Wait()
		known, err := owners.Owners(t.Context(), ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if got := known[id].DocumentVersion(); got != newest[id] || known[id].IsDeleted() != (id == ids[0]) {
				t.Errorf("%s: version %d, want %d: %+v", id, got, newest[id], known[id])
			}
		}
		for _, q := range events.Queues() {
			if d := q.Depth(); d != (pipeline.Depth{}) {
				t.Errorf("%s: %+v", q.Name(), d)
			}
		}
	})
}

// changeForHours writes to 20 profiles, each every hour, and then deletes the first. It returns their versions.
func changeForHours(t *testing.T, profiles user.Store, hours int) (ids []domain.UserID, newest map[domain.UserID]domain.Version) {
	t.Helper()
	newest = map[domain.UserID]domain.Version{}
	for i := range 20 {
		ids = append(ids, domain.UserID(fmt.Sprintf("dddddddd-0000-4000-8000-%012d", i)))
	}
	stamp := func() domain.Stamp { return domain.Stamp{Time: time.Now(), RequestID: newUUID()} }
	for hour := range hours {
		for _, id := range ids {
			p, err := user.New(domain.Caller{ID: id}, user.Draft{Name: fmt.Sprint("in hour ", hour), Email: "a@example.com", Type: "renter"}, stamp())
			if err == nil {
				p, _, err = profiles.Save(t.Context(), p, domain.Condition{})
			}
			if err != nil {
				t.Fatal(err)
			}
			newest[id] = p.Version
		}
		time.Sleep(time.Hour)
	}
	tombstone, err := profiles.Delete(t.Context(), ids[0], domain.Condition{}, stamp())
	if err != nil {
		t.Fatal(err)
	}
	newest[ids[0]] = tombstone.Version
	return ids, newest
}

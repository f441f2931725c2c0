package itemtest

import (
	"fmt"
	"sync"
	"time"

	"rental.example/domain"
	"rental.example/domain/domaintest"
	"rental.example/domain/item"
)

func (t trial) merge(e item.OwnerEvent) item.Owner {
	t.Helper()
	got, err := t.Owners.Merge(t.Context(), e)
	if err != nil {
		t.Fatalf("Merge(%+v) = %v", e, err)
	}
	return got
}

// wantOwners checks the stored owners.
func (t trial) wantOwners(want ...item.Owner) {
	t.Helper()
	var ids []domain.UserID
	for _, o := range want {
		ids = append(ids, o.ID)
	}
	got, err := t.Owners.Owners(t.Context(), ids)
	if err != nil {
		t.Fatalf("Owners = %v", err)
	}
	for _, o := range want {
		if got[o.ID] != o {
			t.Errorf("Owners: got %+v, want %+v", got[o.ID], o)
		}
	}
	if len(got) > len(want) {
		t.Errorf("Owners: got %d, want at most %d", len(got), len(want))
	}
}

func unknownOwners(t trial) {
	id := newUser()
	t.wantOwners()
	t.wantOwners(item.Owner{ID: id})
	t.wantOwners(item.Owner{ID: id}, item.Owner{ID: id}) // duplicate id
	known := t.merge(item.OwnerEvent{OwnerID: newUser(), Version: 1, Name: "Jane"})
	t.wantOwners(item.Owner{ID: id}, known)
}

func mergesOwners(t trial) {
	id := newUser()
	want := item.Owner{ID: id}
	for _, e := range []item.OwnerEvent{
		{Version: 5, Name: "Jane \"<&>\" 東京", Ratings: 99.99999999999999},
		{Version: 5, Name: "Jane \"<&>\" 東京", Ratings: 99.99999999999999},
		{Version: 4, Name: "Late"},
		{Version: 1 << 60, Name: "Far ahead", Ratings: 1e-300},
		{Version: 1 << 61, Deleted: true},
		{Version: 1<<60 + 1, Name: "Late again"},
		{Version: 1<<61 + 1, Name: "Back", Ratings: 100},
		{Version: 6, Deleted: true},
	} {
		e.OwnerID = id
		want = want.Merge(e)
		if got := t.merge(e); got != want {
			t.Errorf("Merge(%+v) = %+v, want %+v", e, got, want)
		}
		t.wantOwners(want)
	}
}

// mergesDeletionReceived merges repeated deletions: the earliest time of the last deletion is kept.
func mergesDeletionReceived(t trial) {
	const micro = time.Microsecond
	id := newUser()
	for _, step := range []struct {
		event    item.OwnerEvent
		received time.Duration
		known    time.Duration // since noon; negative for none
	}{
		{item.OwnerEvent{Version: 3}, 0, -1},
		{item.OwnerEvent{Version: 5, Deleted: true}, 123_456 * micro, 123_456 * micro},
		{item.OwnerEvent{Version: 5, Deleted: true}, time.Hour, 123_456 * micro},
		{item.OwnerEvent{Version: 4, Deleted: true}, time.Hour, 123_456 * micro},
		{item.OwnerEvent{Version: 6}, time.Hour, 123_456 * micro},
		{item.OwnerEvent{Version: 7, LastDeleted: 5}, time.Hour, 123_456 * micro},
		{item.OwnerEvent{Version: 5, Deleted: true}, 123_455*micro + 999, 123_455 * micro}, // by a slow clock
		{item.OwnerEvent{Version: 9, LastDeleted: 8}, 2*time.Hour + micro, 2*time.Hour + micro},
		{item.OwnerEvent{Version: 8, Deleted: true}, 3 * time.Hour, 2*time.Hour + micro},
		{item.OwnerEvent{Version: 10, Deleted: true}, 4 * time.Hour, 4 * time.Hour},
	} {
		step.event.OwnerID, step.event.Received = id, noon.Add(step.received).In(time.FixedZone("", 3600))
		want := time.Time{}
		if step.known >= 0 {
			want = noon.Add(step.known)
		}
		got := t.merge(step.event)
		if got.DeletionReceived != want {
			t.Errorf("Merge(%+v): deletion received at %v, want %v", step.event, got.DeletionReceived, want)
		}
		t.wantOwners(got)
	}
}

func manyOwners(t trial) {
	var want []item.Owner
	for i := range 2 * item.MaxLimit {
		e := item.OwnerEvent{OwnerID: newUser(), Version: domain.Version(i + 1), Name: fmt.Sprint("Owner ", i), Ratings: float64(i)}
		if i%3 == 0 {
			want = append(want, item.Owner{ID: e.OwnerID})
			continue
		}
		want = append(want, t.merge(e))
	}
	t.wantOwners(want...)
}

// eventsOf returns events of one owner with ties, each twice, the second time received an hour later, and their result.
func eventsOf(id domain.UserID) (events []item.OwnerEvent, end item.Owner) {
	end = item.Owner{ID: id}
	for v := domain.Version(1); v <= 12; v++ {
		events = append(events, item.OwnerEvent{OwnerID: id, Version: v, Deleted: v%5 == 0, Name: fmt.Sprint("Name ", v), Ratings: float64(v)})
		events[v-1].Received = noon.Add(time.Duration(v) * time.Microsecond)
	}
	events = append(events, item.OwnerEvent{OwnerID: id, Version: 12, Name: "Name 12, another"})
	for _, e := range events {
		end = end.Merge(e)
		e.Received = e.Received.Add(time.Hour)
		events = append(events, e)
	}
	return events, end
}

// raceMerges merges all events of an owner concurrently and retries conflicts, as a queue does.
func raceMerges(t trial) {
	events, end := eventsOf(newUser())
	var all sync.WaitGroup
	for _, e := range events {
		all.Go(func() {
			err := domaintest.RetryWhile(domain.ErrConflict, func() error { _, err := t.Owners.Merge(t.Context(), e); return err })
			t.WantError(fmt.Sprintf("Merge(%+v)", e), err, nil)
		})
	}
	all.Wait()
	t.wantOwners(end)
}

package opensearchitems_test

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"rental.example/adapters/opensearch/opensearchitems"
	"rental.example/adapters/opensearch/opensearchtest"
	"rental.example/domain"
	"rental.example/domain/item"
)

// seedOwner creates n items of owner.
func seedOwner(t testing.TB, client *opensearchitems.Client, owner domain.UserID, n int) {
	t.Helper()
	var all []item.Item
	now := time.Now()
	for number := range n {
		var random [10]byte
		binary.BigEndian.PutUint32(random[:], uint32(number))
		copy(random[4:], owner[2:8]) // the number of ownerOf
		i := newItem(t, item.NewID(now, random), fmt.Sprint("Drill ", number), "request-1")
		i.OwnerID = owner
		all = append(all, i)
	}
	seed(t, client, all)
}

func ownerOf(number int) domain.UserID {
	return domain.UserID(fmt.Sprintf("%08x-0000-4000-8000-00000000cafe", number))
}

// TestRequestsOfEvents checks that a changed name takes two requests, however many items the owner has.
func TestRequestsOfEvents(t *testing.T) {
	t.Parallel()
	endpoint, alias, client := newIndices(t)
	few, many := ownerOf(1), ownerOf(2)
	seedOwner(t, client, few, 1)
	seedOwner(t, client, many, item.MaxHoldings)
	for _, step := range []struct {
		event    item.OwnerEvent
		requests int
	}{
		{item.OwnerEvent{OwnerID: few, Version: 1, Name: "Jane"}, 2},
		{item.OwnerEvent{OwnerID: many, Version: 1, Name: "Jane"}, 2},
		{item.OwnerEvent{OwnerID: few, Version: 2, Name: "Janet"}, 2},
		{item.OwnerEvent{OwnerID: many, Version: 2, Name: "Janet"}, 2},
		{item.OwnerEvent{OwnerID: many, Version: 1, Name: "Jane"}, 1},
		{item.OwnerEvent{OwnerID: few, Version: domain.VersionAt(noon), Deleted: true}, 6},
		{item.OwnerEvent{OwnerID: many, Version: domain.VersionAt(noon), Deleted: true}, 7},
	} {
		c, sent := newFakeClient(t, endpoint, alias, opensearchtest.Forward)
		registry := item.NewRegistry(opensearchitems.NewOwners(c), opensearchitems.NewHoldings(c), -time.Hour, func() time.Time { return noon })
		if _, err := registry.Apply(t.Context(), step.event); err != nil || sent.Attempts != step.requests {
			t.Errorf("Apply(%+v) = %v by %d requests, want %d", step.event, err, sent.Attempts, step.requests)
		}
	}
}

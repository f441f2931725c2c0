package usertest

import (
	"testing"

	"rental.example/domain"
	"rental.example/domain/user"
)

// Keeper is a store whose records can be told again.
type StoreWithRecords interface {
	user.Store
	user.RecordStore
}

// RunRecords holds the records of a store against the contract of user.RecordStore. Each call of newKeeper
// returns a store that is empty and that nobody else writes to; the tests run in parallel, each with one of
// its own.
func RunRecords(t *testing.T, newKeeper func(t *testing.T) StoreWithRecords) {
	t.Helper()
	for _, part := range [][]recordsTest{scanning(), raising()} {
		for _, test := range part {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				keeper := newKeeper(t)
				test.run(recordsTrial{trial: trial{T: t, store: keeper}, records: keeper})
			})
		}
	}
}

type recordsTest struct {
	name string
	run  func(t recordsTrial)
}

// recordsTrial is a store under test with its records.
type recordsTrial struct {
	trial
	records user.RecordStore
}

// held is a user.State by its value.
type held struct {
	profile   user.Profile
	tombstone user.Tombstone
	// lastDeleted is the profile's.
	lastDeleted domain.Version
}

func heldIn(s user.Record) (h held) {
	if s.Profile != nil {
		h.profile, h.lastDeleted = *s.Profile, s.LastDeleted
	}
	if s.Tombstone != nil {
		h.tombstone = *s.Tombstone
	}
	return h
}

// scan gathers the records of all pages, and calls between after each but the last.
func (t recordsTrial) scan(limit int, between func()) map[domain.UserID]held {
	t.Helper()
	all := make(map[domain.UserID]held)
	for after, pages := "", 0; ; pages++ {
		page, err := t.records.Scan(t.Context(), after, limit)
		if err != nil || len(page.Unreadable) > 0 || pages > 1000 {
			t.Fatalf("page %d: Scan = %+v, %v", pages, page, err)
		}
		for _, s := range page.Records {
			if _, twice := all[s.ID()]; twice {
				t.Errorf("by %d: met %s twice", limit, s.ID())
			}
			all[s.ID()] = heldIn(s)
		}
		if after = page.Next; after == "" {
			return all
		}
		between()
	}
}

// stateOf is what is held under id.
func (t recordsTrial) stateOf(id domain.UserID) user.Record {
	t.Helper()
	page, err := t.records.Scan(t.Context(), "", 1000)
	for _, s := range page.Records {
		if s.ID() == id {
			return s
		}
	}
	t.Fatalf("no record of %s among %d, %v", id, len(page.Records), err)
	return user.Record{}
}

func (t recordsTrial) raise(s user.Record, stamp domain.Stamp) user.Record {
	t.Helper()
	raised, err := t.records.BumpVersion(t.Context(), s, stamp)
	if err != nil {
		t.Fatalf("Raise(%s) = %v", s.ID(), err)
	}
	return raised
}

// wantState checks what is held under want's id.
func (t recordsTrial) wantState(want user.Record) {
	t.Helper()
	if got := heldIn(t.stateOf(want.ID())); got != heldIn(want) {
		t.Errorf("the record of %s\n got %+v\nwant %+v", want.ID(), got, heldIn(want))
	}
}

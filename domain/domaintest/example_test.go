package domaintest_test

import (
	"context"
	"testing"

	"rental.example/domain"
	"rental.example/domain/domaintest"
)

// owners are those of the bookings that the suite writes. Others than theirs are in no list.
var owners = [2]domain.UserID{domaintest.NewUserID(), domaintest.NewUserID()}

// runBookings is what a package bookingtest would have as Run: the contract suite of every store of bookings.
func runBookings(t *testing.T, newStore func(t *testing.T) bookingStore) {
	t.Helper()
	domaintest.TestStore(t, func(t *testing.T) domaintest.Store[booking, string] { return describe(newStore(t)) })
	// Then come the tests of what is special of bookings.
}

// describe returns a store of bookings as TestStore needs it.
func describe(store bookingStore) domaintest.Store[booking, string] {
	return domaintest.Store[booking, string]{
		New: func(n int, s domain.Stamp) booking { return newBooking(owners[n%len(owners)], s) },
		Change: func(b booking, mark string, s domain.Stamp) booking {
			b.Note, b.Version, b.RequestID = b.Note+mark, b.Version.Next(s.Time), s.RequestID
			return b
		},
		Info: func(b booking) domaintest.Info { return domaintest.Info{ID: b.ID, Version: b.Version, Text: b.Note} },
		Get:  store.Get,
		Save: store.Save,
		Saved: func(b booking, v domain.Version, before *booking) booking {
			if b.Version, b.CreatedAt = v, v.Time(); before != nil {
				b.CreatedAt = before.CreatedAt
			}
			return b
		},
		Delete: store.Delete,
		Lists: map[string]domaintest.List[booking, string]{
			"of one owner": listOf(store, owners[0]), "of another": listOf(store, owners[1]),
		},
	}
}

func listOf(store bookingStore, owner domain.UserID) domaintest.List[booking, string] {
	return domaintest.List[booking, string]{
		Page: func(ctx context.Context, limit int, after string) ([]booking, string, error) {
			return store.List(ctx, owner, limit, after)
		},
		Has:   func(b booking) bool { return b.OwnerID == owner },
		Order: func(a, b booking) int { return a.CreatedAt.Compare(b.CreatedAt) },
	}
}

// The suite of a context calls TestStore; the test of each adapter calls the suite, in one line.
func ExampleTestStore() {
	var t *testing.T // of a test
	runBookings(t, func(*testing.T) bookingStore { return newBookings("") })
}

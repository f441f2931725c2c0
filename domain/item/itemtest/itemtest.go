// Package itemtest is the contracts of the ports of package item in executable form: every outcome that
// their comments name, in races and between pages too. An adapter is proved by one line a port:
//
//	itemtest.RunStore(t, newFixture)
//	itemtest.RunSearch(t, newFixture)
//	itemtest.RunHoldings(t, newFixture)
//	itemtest.RunOwners(t, newFixture)
//
// The suites need no clock: every moment comes from the tests themselves. They assert sets, orders and
// counts, never the scores that an order comes from.
package itemtest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

// Fixture is what a suite holds against its contract. RunStore needs Store, RunSearch Store and Search,
// RunHoldings Store and Holdings, RunOwners Owners; the others may be nil.
type Fixture struct {
	Store    item.Store
	Search   item.Search
	Holdings item.Holdings
	Owners   item.Owners
	// Seed keeps items that are not there yet and makes them searchable, thousands in a second or so.
	// Nil: each by Store.Create. What the items of one call need beside those of others is the
	// adapter's business; an engine of segments puts each call's into some of their own.
	Seed func(t *testing.T, items []item.Item)
}

// RunStore holds an item.Store against the contract. Each call of newFixture returns one that is empty
// and that nobody else writes to; the tests run in parallel, each with one of its own.
func RunStore(t *testing.T, newFixture func(t *testing.T) Fixture) {
	t.Helper()
	run(t, newFixture, storing(), racing())
}

// RunSearch holds an item.Search against the contract. Each call of newFixture returns one that is empty
// and that nobody else writes to; the tests run in parallel, each with one of its own. Under -short the
// walks over many pages are shorter.
func RunSearch(t *testing.T, newFixture func(t *testing.T) Fixture) {
	t.Helper()
	run(t, newFixture, filtering(), matching(), ordering(), placing(), counting(), paging(), forging(), modelling())
}

// RunHoldings holds an item.Holdings against the contract. Each call of newFixture returns one that is empty
// and that nobody else writes to; the tests run in parallel, each with one of its own.
func RunHoldings(t *testing.T, newFixture func(t *testing.T) Fixture) {
	t.Helper()
	run(t, newFixture, holding())
}

// RunOwners holds an item.Owners against the contract. Each call of newFixture returns one that is empty
// and that nobody else writes to; the tests run in parallel, each with one of its own.
func RunOwners(t *testing.T, newFixture func(t *testing.T) Fixture) {
	t.Helper()
	run(t, newFixture, knowing())
}

type test struct {
	name string
	run  func(t trial)
}

func run(t *testing.T, newFixture func(t *testing.T) Fixture, parts ...[]test) {
	t.Helper()
	for _, part := range parts {
		for _, test := range part {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				test.run(trial{T: t, Fixture: newFixture(t)})
			})
		}
	}
}

// trial is a fixture under test, with the steps that most tests are made of.
type trial struct {
	*testing.T
	Fixture
}

// noon is when everything happens, give or take.
var noon = time.Date(2100, 1, 1, 12, 0, 0, 0, time.UTC)

// at is a write at d after noon, in a request of its own.
func at(d time.Duration) domain.Stamp {
	return domain.Stamp{Time: noon.Add(d), RequestID: rand.Text()}
}

func newUser() domain.UserID {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return domain.UserID(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

func newID(at time.Time) item.ID {
	var b [10]byte
	rand.Read(b[:]) // never fails
	return item.NewID(at, b)
}

func pointer[T any](v T) *T { return &v }

// newItem is a valid item of d, in Berlin unless d says where, that nobody has heard of.
func (t trial) newItem(d item.Draft, s domain.Stamp) item.Item {
	t.Helper()
	if d.Name == "" {
		d.Name = "Thing"
	}
	if d.Lat == nil {
		d.Lat, d.Lng = pointer(52.5), pointer(13.4)
	}
	it, err := item.New(newID(s.Time), domain.Caller{ID: newUser()}, item.Owner{Version: 7}, d, s)
	if err != nil {
		t.Fatalf("making an item: %v", err)
	}
	return it
}

// renamed is it after a change of its name, at s.
func (t trial) renamed(it item.Item, name string, s domain.Stamp) item.Item {
	t.Helper()
	next, err := it.Change(item.Patch{Name: domain.Some(name)}, s)
	if err != nil {
		t.Fatalf("changing an item: %v", err)
	}
	return next
}

func (t trial) create(items ...item.Item) {
	t.Helper()
	for _, it := range items {
		if err := t.Store.Create(t.Context(), it); err != nil {
			t.Fatalf("Create(%s) = %v", it.ID, err)
		}
	}
}

func (t trial) seed(items []item.Item) {
	t.Helper()
	if t.Seed != nil {
		t.Seed(t.T, items)
		return
	}
	t.create(items...)
}

func (t trial) get(id item.ID) item.Stored {
	t.Helper()
	stored, err := t.Store.Get(t.Context(), id)
	if err != nil {
		t.Fatalf("Get(%s) = %v", id, err)
	}
	return stored
}

// wantItem checks what is kept under want's id.
func (t trial) wantItem(want item.Item) {
	t.Helper()
	if got := t.get(want.ID); !got.Item.Equal(want) {
		t.Errorf("Get(%s)\n got %+v\nwant %+v", want.ID, got.Item, want)
	}
}

func (t trial) wantAbsent(id item.ID) {
	t.Helper()
	if got, err := t.Store.Get(t.Context(), id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Get(%s) = %+v, %v; want %v", id, got, err, domain.ErrNotFound)
	}
}

func (t trial) wantError(what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

const writers = 32

// together runs f(0) .. f(writers-1) at once and waits for all.
func together(f func(writer int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range writers {
		all.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	all.Wait()
}

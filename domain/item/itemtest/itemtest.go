// Package itemtest is the contract suites of the ports of package item: every outcome in their comments, in races and
// between pages. An adapter runs each in one line of its tests:
//
//	itemtest.RunStore(t, newFixture)
//
// All times come from the tests, so adapters need no fake clock. The suites check sets, orders and counts, never relevance
// scores.
package itemtest

import (
	"crypto/rand"
	"maps"
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/domaintest"
	"rental.example/domain/item"
)

// Fixture is what a suite tests. RunStore needs Store, RunSearch Store and Search, RunHoldings Store and Holdings, RunOwners
// Owners; the others may be nil.
type Fixture struct {
	Store    item.Store
	Search   item.Search
	Holdings item.Holdings
	Owners   item.Owners
	// Seed creates items and makes them searchable, thousands within about a second. An engine with segments puts each
	// call's items into segments of their own. Nil: each item by Store.Create.
	Seed func(t *testing.T, items []item.Item)
}

// RunStore tests an item.Store against its contract. newFixture returns an empty one that nobody else writes to; the tests
// run in parallel, each with its own fixture.
func RunStore(t *testing.T, newFixture func(t *testing.T) Fixture) {
	t.Helper()
	domaintest.TestStore(t, func(t *testing.T) domaintest.Store[item.Stored, item.ID] { return trials(newFixture)(t).described() })
	domaintest.Run(t, trials(newFixture), map[string]func(t trial){
		"all fields": storesAllFields, "replace/all fields": replacesAllFields, "delete/missing": deletesMissing,
	})
}

// RunSearch tests an item.Search against its contract, as RunStore does. With -short it reads fewer pages.
func RunSearch(t *testing.T, newFixture func(t *testing.T) Fixture) {
	t.Helper()
	tests := map[string]func(t trial){
		"empty":                              searchEmpty,
		"whole items":                        searchWholeItems,
		"after writes":                       searchAfterWrites,
		"filter/alone and combined":          filters,
		"filter/price":                       filtersPrice,
		"text/every word in name or details": matchesEveryWord,
		"text/typing errors":                 matchesTypingErrors,
		"text/typing errors in long words":   matchesTypingErrorsInLongWords,
		"text/folding":                       matchesFolded,
		"text/words":                         matchesWords,
		"text/accents alone":                 matchesAccentsAlone,
		"text/sixteen words":                 matchesSixteenWords,
		"text/query syntax":                  matchesSyntax,
		"text/many similar words":            matchesManySimilar,
		"order/relevance":                    ordersByRelevance,
		"order/price in many segments":       ordersByPrice,
		"order/newest":                       ordersByNewest,
		"place/antimeridian":                 nearAntimeridian,
		"place/poles":                        nearPoles,
		"place/radius and order":             checksRadiusAndOrder,
		"total/every page":                   totalOnEveryPage,
		"total/lower bound":                  totalLowerBound,
		"facets":                             countsFacets,
		"facets/of found items only":         countsFacetsOfFound,
		"position/forged":                    refusesForgedPositions,
	}
	maps.Copy(tests, modelTests())
	for _, sort := range item.Sorts() {
		tests["page/concurrent writes/"+string(sort)] = func(t trial) { pagesAmongWrites(t, sort) }
	}
	domaintest.Run(t, trials(newFixture), tests)
}

// RunHoldings tests an item.Holdings against its contract, as RunStore does.
func RunHoldings(t *testing.T, newFixture func(t *testing.T) Fixture) {
	t.Helper()
	domaintest.Run(t, trials(newFixture), map[string]func(t trial){
		"list/none":                          listNone,
		"list/one owner below a version":     listBelowVersion,
		"list/pages":                         listPages,
		"list/after writes":                  listAfterWrites,
		"list/revisions":                     listedRevisions,
		"remove":                             removes,
		"remove/changed":                     removeChanged,
		"remove/deleted":                     removeDeleted,
		"remove/malformed ids and revisions": removeMalformed,
		"remove/race":                        raceRemovals,
		"remove/thousands":                   removeThousands,
		"canceled context":                   holdingsWithCanceledContext,
	})
}

// RunOwners tests an item.Owners against its contract, as RunStore does.
func RunOwners(t *testing.T, newFixture func(t *testing.T) Fixture) {
	t.Helper()
	domaintest.Run(t, trials(newFixture), map[string]func(t trial){
		"unknown":                 unknownOwners,
		"merge":                   mergesOwners,
		"merge/deletion received": mergesDeletionReceived,
		"many":                    manyOwners,
		"merge/race":              raceMerges,
	})
}

// trial is one test of a fixture, with helpers.
type trial struct {
	domaintest.T
	Fixture
	seed func(items []item.Item)
}

func trials(newFixture func(t *testing.T) Fixture) func(t *testing.T) trial {
	return func(t *testing.T) trial {
		tr := trial{T: domaintest.T{TB: t}, Fixture: newFixture(t)}
		if tr.seed = func(items []item.Item) { tr.Seed(t, items) }; tr.Seed == nil {
			tr.seed = func(items []item.Item) { tr.create(items...) }
		}
		return tr
	}
}

var (
	noon    = domaintest.Noon
	at      = domaintest.At
	newUser = domaintest.NewUserID
)

func newID(at time.Time) item.ID {
	var b [10]byte
	rand.Read(b[:]) // never fails
	return item.NewID(at, b)
}

func pointer[T any](v T) *T { return &v }

// newItem returns a valid item of d and a new owner, in Berlin if d has no place.
func (t trial) newItem(d item.Draft, s domain.Stamp) item.Item {
	t.Helper()
	if d.Name == "" {
		d.Name = "Thing"
	}
	if d.Lat == nil {
		d.Lat, d.Lng = pointer(52.5), pointer(13.4)
	}
	itm, err := item.New(newID(s.Time), domain.Caller{ID: newUser()}, item.Owner{Version: 7}, d, s)
	if err != nil {
		t.Fatalf("New = %v", err)
	}
	return itm
}

// renamed returns itm with another name, changed at s.
func (t trial) renamed(itm item.Item, name string, s domain.Stamp) item.Item {
	t.Helper()
	next, err := itm.Change(item.Patch{Name: domain.Some(name)}, s)
	if err != nil {
		t.Fatalf("Change = %v", err)
	}
	return next
}

func (t trial) create(items ...item.Item) {
	t.Helper()
	for _, itm := range items {
		if err := t.Store.Create(t.Context(), itm); err != nil {
			t.Fatalf("Create(%s) = %v", itm.ID, err)
		}
	}
}

// createNew creates a new item of d.
func (t trial) createNew(d item.Draft) item.Item {
	t.Helper()
	itm := t.newItem(d, at(0))
	t.create(itm)
	return itm
}

// replace replaces the stored item with itm's id, whatever its revision.
func (t trial) replace(itm item.Item) {
	t.Helper()
	if err := t.Store.Replace(t.Context(), itm, t.get(itm.ID).Revision); err != nil {
		t.Fatalf("Replace(%s) = %v", itm.ID, err)
	}
}

// delete deletes the stored item, whatever its revision.
func (t trial) delete(id item.ID) {
	t.Helper()
	if err := t.Store.Delete(t.Context(), id, t.get(id).Revision); err != nil {
		t.Fatalf("Delete(%s) = %v", id, err)
	}
}

func (t trial) get(id item.ID) item.Stored {
	t.Helper()
	stored, err := t.Store.Get(t.Context(), id)
	if err != nil {
		t.Fatalf("Get(%s) = %v", id, err)
	}
	return stored
}

// wantItem checks the stored item with want's id.
func (t trial) wantItem(want item.Item) {
	t.Helper()
	if got := t.get(want.ID); !got.Item.Equal(want) {
		t.Errorf("Get(%s)\n got %+v\nwant %+v", want.ID, got.Item, want)
	}
}

func (t trial) wantAbsent(id item.ID) {
	t.Helper()
	_, err := t.Store.Get(t.Context(), id)
	t.WantError("Get("+string(id)+")", err, domain.ErrNotFound)
}

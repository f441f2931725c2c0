package domaintest

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/domain"
)

// Store is a store of records R for TestStore, as functions. Get and New to Info are required. A function of another
// signature than that of the port is a closure of a line or two; see the example.
//
// A store with conditions has Save, Saved and Delete: a write under a domain.Condition returns domain.ErrNotFound or
// domain.ErrPreconditionFailed, as Condition.Check does. A store with revisions, which only it can read, has Create, Replace
// and Remove: a write over another state returns domain.ErrConflict. Delete, Replace, Remove and Lists may be nil if the
// port has no such operation; their tests are then left out.
//
// P is the position in a list, zero for the first page: a cursor, an id, or a pointer to a struct.
type Store[R any, P comparable] struct {
	// New returns a valid record with every field set, of a new id, as first written at s. Two records with n and n+1 differ
	// in what Lists select by.
	New func(n int, s domain.Stamp) R
	// Change returns r with mark appended to a text that has room for 100 characters, at the version after r's, written at s.
	Change func(r R, mark string, s domain.Stamp) R
	// Move returns r changed at s so that other Lists select it. Nil: what Lists select by never changes.
	Move func(r R, s domain.Stamp) R
	// Info returns the fields of a record that the tests read.
	Info func(r R) Info
	// Equal reports whether a and b are the same in every field. Nil: cmp.Equal.
	Equal func(a, b R) bool

	Get func(ctx context.Context, id string) (R, error)

	// Save creates or replaces a record. Its version is r's, but greater than any earlier one of the id. A retry under the
	// current record's RequestID changes nothing and returns the first result.
	Save func(ctx context.Context, r R, cond domain.Condition) (saved R, created bool, err error)
	// Saved returns r as Save stores it at version v over the record before, nil for none.
	Saved func(r R, v domain.Version, before *R) R
	// Delete returns the version of the deletion. A retry under its RequestID returns the same.
	Delete func(ctx context.Context, id string, cond domain.Condition, s domain.Stamp) (domain.Version, error)

	// Create creates a record. A retry under the current record's RequestID succeeds.
	Create func(ctx context.Context, r R) error
	// Replace stores next in place of base, as Get returned it.
	Replace func(ctx context.Context, base, next R) error
	// Remove deletes base, as Get returned it. It returns domain.ErrNotFound if there is no record.
	Remove func(ctx context.Context, base R, s domain.Stamp) error

	Lists map[string]List[R, P] // by name
}

// Info is the fields of a record that the tests read.
type Info struct {
	ID      string
	Version domain.Version
	Text    string // what Change appends to
}

// TestStore tests a store against the contract of every store that finds records by their ids:
//   - Get returns what was stored, whole; neither values passed in nor values returned share memory with the store.
//   - Versions rise, also by clocks that stand still or go back, and after a deletion.
//   - A write succeeds only under its condition, or on its revision. A write that fails changes nothing.
//   - A retry under the same RequestID is the first attempt's success; without a RequestID, it is a new write.
//   - Of concurrent writers of one state, one succeeds, and no change is lost.
//   - The pages of a list contain each record once, in one order, while others are written and deleted between pages.
//   - A done context fails every call with domain.ErrUnavailable.
//
// newStore returns an empty store that nobody else writes to; the tests run in parallel, each with its own. The suite of a
// context calls TestStore in its Run, as in the example, and has tests beside it only of what is special of its port.
func TestStore[R any, P comparable](t *testing.T, newStore func(t *testing.T) Store[R, P]) {
	t.Helper()
	newTrial := func(t *testing.T) storeTrial[R, P] { return newStoreTrial(t, newStore(t)) }
	Run(t, newTrial, newTrial(t).tests())
}

// storeTrial is one test of a store, with helpers.
type storeTrial[R any, P comparable] struct {
	T
	Store[R, P]
	changed error // of a write over another state than it requires
	missing error // of a replacement without a record
}

// newStoreTrial returns a trial whose store has Create, Replace and Remove, by Save and Delete if it has those.
func newStoreTrial[R any, P comparable](t testing.TB, s Store[R, P]) storeTrial[R, P] {
	trial := storeTrial[R, P]{T: T{t}, changed: domain.ErrConflict, missing: domain.ErrConflict}
	if s.Equal == nil {
		s.Equal = func(a, b R) bool { return cmp.Equal(a, b) }
	}
	if s.Save != nil {
		save := func(ctx context.Context, r R, cond domain.Condition) error {
			return RetryWhile(domain.ErrConflict, func() error { _, _, err := s.Save(ctx, r, cond); return err })
		}
		trial.changed, trial.missing = domain.ErrPreconditionFailed, domain.ErrNotFound
		s.Create = func(ctx context.Context, r R) error { return save(ctx, r, domain.MustNotExist()) }
		s.Replace = func(ctx context.Context, base, next R) error {
			return save(ctx, next, domain.MustBe(s.Info(base).Version))
		}
	}
	if s.Delete != nil {
		s.Remove = func(ctx context.Context, base R, stamp domain.Stamp) error {
			info := s.Info(base)
			return RetryWhile(domain.ErrConflict, func() error {
				_, err := s.Delete(ctx, info.ID, domain.MustBe(info.Version), stamp)
				return err
			})
		}
	}
	trial.Store = s
	return trial
}

// tests returns the tests of the operations that the store has. A name has those that it needs before its slash.
func (t storeTrial[R, P]) tests() map[string]func(storeTrial[R, P]) {
	tests := map[string]func(storeTrial[R, P]){
		"create":                 creates[R, P],
		"create/race":            raceCreations[R, P],
		"copies values":          copiesValues[R, P],
		"done context":           doneContext[R, P],
		"replace":                replaces[R, P],
		"replace/race":           raceReplacements[R, P],
		"remove":                 removes[R, P],
		"replace or remove":      writesOverOldStates[R, P],
		"replace or remove/race": raceForOneState[R, P],
		"save":                   writesOfEachKind[R, P],
		"save or delete/race":    raceVersions[R, P],
		"delete/race":            raceDeletions[R, P],
		"list":                   listPages[R, P],
		"list, replace, remove":  listAfterWrites[R, P],
	}
	for seed := range uint64(8) {
		tests[fmt.Sprintf("save/seed=%d", seed)] = func(t storeTrial[R, P]) { randomWrites(t, seed) }
	}
	tests["save/random seed"] = func(t storeTrial[R, P]) { randomWrites(t, rand.Uint64()) }
	for name := range t.Lists {
		for _, step := range []time.Duration{0, time.Microsecond} {
			tests[fmt.Sprintf("list, replace, remove/%s/%s", name, step)] = func(t storeTrial[R, P]) { listAmongWrites(t, name, step) }
		}
	}
	maps.DeleteFunc(tests, func(name string, _ func(storeTrial[R, P])) bool {
		needs := strings.SplitN(name, "/", 2)[0]
		lacks := func(operation string, has bool) bool { return !has && strings.Contains(needs, operation) }
		return lacks("replace", t.Replace != nil) || lacks("remove", t.Remove != nil) || lacks("save", t.Save != nil) ||
			lacks("delete", t.Delete != nil) || lacks("list", t.Lists != nil)
	})
	return tests
}

func (t storeTrial[R, P]) id(r R) string { return t.Info(r).ID }

// must fails the test if a write of r failed.
func (t storeTrial[R, P]) must(what string, r R, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s %s: %v", what, t.id(r), err)
	}
}

// get returns the stored record with r's id.
func (t storeTrial[R, P]) get(r R) R {
	t.Helper()
	stored, err := t.Get(t.Context(), t.id(r))
	t.must("reading", r, err)
	return stored
}

// create creates r and returns it as stored.
func (t storeTrial[R, P]) create(r R) R {
	t.Helper()
	t.must("creating", r, t.Create(t.Context(), r))
	return t.get(r)
}

// createNew creates a new record and returns it as stored.
func (t storeTrial[R, P]) createNew() R {
	t.Helper()
	return t.create(t.New(0, At(0)))
}

// replace replaces base by next and returns that as stored.
func (t storeTrial[R, P]) replace(base, next R) R {
	t.Helper()
	t.must("replacing", base, t.Replace(t.Context(), base, next))
	return t.get(next)
}

func (t storeTrial[R, P]) remove(base R) {
	t.Helper()
	t.must("removing", base, t.Remove(t.Context(), base, At(0)))
}

// wantStored checks the stored record with want's id.
func (t storeTrial[R, P]) wantStored(want R) {
	t.Helper()
	if got := t.get(want); !t.Equal(got, want) {
		t.Errorf("Get(%s)\n got %+v\nwant %+v", t.id(want), got, want)
	}
}

// wantAbsent checks that there is no record with r's id.
func (t storeTrial[R, P]) wantAbsent(r R) {
	t.Helper()
	_, err := t.Get(t.Context(), t.id(r))
	t.WantError("Get("+t.id(r)+")", err, domain.ErrNotFound)
}

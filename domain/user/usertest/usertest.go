// Package usertest is the contract suite of user.Store and user.RecordStore: every outcome in the ports' comments, under
// every condition and in races. A store runs it in one line of its tests:
//
//	usertest.Run(t, func(t *testing.T) user.Store { return memoryusers.New() })
//
// All times come from the tests, so stores need no fake clock. Lists may lag, as the port allows: they are read again until
// they are up to date or a timeout has passed. Values are compared with ==, since the port demands times in UTC.
package usertest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

// Run tests a store against the contract of user.Store. newStore returns an empty store that nobody else writes to; the
// tests run in parallel, each with its own store.
func Run(t *testing.T, newStore func(t *testing.T) user.Store) {
	t.Helper()
	run(t, func(t *testing.T) trial { return trial{T: t, store: newStore(t)} }, append(modelTests(), []test{
		{"Get/missing", func(t trial) { t.wantAbsent(newID()) }},
		{"Get/all fields", getAllFields},
		{"Get/values that today's rules refuse", getInvalidValues},
		{"canceled context", canceledContext},
		{"Save/replace", saveReplaces},
		{"Save/conditions", func(t trial) { t.conditions(trySave, domain.Condition.Check) }},
		{"Save/copies values", saveCopies},
		{"Save/version independent of the condition's", saveIgnoresConditionVersions},
		{"Delete/conditions", func(t trial) { t.conditions(tryDelete, checkDelete) }},
		{"Delete/too many deletions", deleteTooOften},
		{"lost response/create", lostCreate},
		{"lost response/replace", lostReplace},
		{"lost response/delete", lostDelete},
		{"lost response/overwritten since", lostAndOverwritten},
		{"lost response/other write of the same request", saveAfterDeleteInOneRequest},
		{"lost response/no request id", retryWithoutRequestID},
		{"List/empty", listEmpty},
		{"List/in order of creation", listInOrder},
		{"List/after a change of type", listByType},
		{"List/without deleted", listWithoutDeleted},
		{"List/copies values", listCopies},
		{"List/from any position", listFromAnyPosition},
		{"List/same microsecond", listTies},
		{"List/after deleted positions", listAfterDeleted},
		{"List/concurrent writes", listAmongWrites},
		{"race/update", raceUpdates},
		{"race/create", raceCreations},
		{"race/versions", raceVersions},
		{"race/delete", raceDeletions},
	}...))
}

// StoreWithRecords is a store that gives access to all its records.
type StoreWithRecords interface {
	user.Store
	user.RecordStore
}

// RunRecords tests a store against the contract of user.RecordStore, as Run does.
func RunRecords(t *testing.T, newStore func(t *testing.T) StoreWithRecords) {
	t.Helper()
	newTrial := func(t *testing.T) trial {
		store := newStore(t)
		return trial{T: t, store: store, records: store}
	}
	run(t, newTrial, []test{
		{"Scan/empty", scanEmpty},
		{"Scan/every record once", scanEveryRecord},
		{"Scan/concurrent writes", scanAmongWrites},
		{"Scan/copies values", scanCopies},
		{"Scan/forged positions", scanForgedPositions},
		{"BumpVersion/profile and tombstone", bumps},
		{"BumpVersion/changed record", bumpChanged},
		{"BumpVersion/lost response", lostBump},
		{"BumpVersion/order of lists", bumpKeepsOrder},
		{"BumpVersion/race", raceBumps},
		{"BumpVersion/created again", bumpCreatedAgain},
	})
}

type test struct {
	name string
	run  func(t trial)
}

func run(t *testing.T, newTrial func(t *testing.T) trial, tests []test) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(newTrial(t))
		})
	}
}

// trial is one test of a store, with helpers.
type trial struct {
	*testing.T
	store   user.Store
	records user.RecordStore // nil in Run
}

// noon is about when the tests write. It is far ahead so that no engine expires the tests' tombstones.
var noon = time.Date(2100, 1, 1, 12, 0, 0, 0, time.UTC)

// at returns the stamp of a new request at d after noon.
func at(d time.Duration) domain.Stamp {
	return domain.Stamp{Time: noon.Add(d), RequestID: rand.Text()}
}

func newID() domain.UserID {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return domain.UserID(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

// newProfile returns a valid profile of a new user.
func (t trial) newProfile(typ user.Type, s domain.Stamp) user.Profile {
	return t.profileOf(newID(), typ, s)
}

func (t trial) profileOf(id domain.UserID, typ user.Type, s domain.Stamp) user.Profile {
	t.Helper()
	email := string(id[:8]) + "@example.com"
	caller := domain.Caller{ID: id, Email: email, EmailVerified: true}
	p, err := user.New(caller, user.Draft{Name: "Jane", Email: email, Type: string(typ), Ratings: 4.5}, s)
	if err != nil {
		t.Fatalf("New = %v", err)
	}
	return p
}

// renamed returns p with another name, changed at s.
func renamed(p user.Profile, name string, s domain.Stamp) user.Profile {
	p.Name, p.Version, p.RequestID = name, p.Version.Next(s.Time), s.RequestID
	p.UpdatedAt = p.Version.Time()
	return p
}

func (t trial) save(p user.Profile) user.Profile {
	t.Helper()
	saved, _, err := t.store.Save(t.Context(), p, domain.Condition{})
	if err != nil {
		t.Fatalf("Save(%s) = %v", p.ID, err)
	}
	return saved
}

// saveNew saves a new profile.
func (t trial) saveNew(typ user.Type, s domain.Stamp) user.Profile {
	t.Helper()
	return t.save(t.newProfile(typ, s))
}

func (t trial) delete(id domain.UserID, s domain.Stamp) user.Tombstone {
	t.Helper()
	tombstone, err := t.store.Delete(t.Context(), id, domain.Condition{}, s)
	if err != nil {
		t.Fatalf("Delete(%s) = %v", id, err)
	}
	return tombstone
}

// wantSave checks that a Save returns want and created.
func (t trial) wantSave(p user.Profile, cond domain.Condition, want user.Profile, created bool) {
	t.Helper()
	got, gotCreated, err := t.store.Save(t.Context(), p, cond)
	if err != nil || gotCreated != created || got != want {
		t.Errorf("Save\n got %+v, %t, %v\nwant %+v, %t", got, gotCreated, err, want, created)
	}
}

// wantProfile checks the stored profile with want's id.
func (t trial) wantProfile(want user.Profile) {
	t.Helper()
	got, err := t.store.Get(t.Context(), want.ID)
	if err != nil || got != want {
		t.Errorf("Get(%s)\n got %+v, %v\nwant %+v", want.ID, got, err, want)
	}
}

func (t trial) wantAbsent(id domain.UserID) {
	t.Helper()
	got, err := t.store.Get(t.Context(), id)
	t.wantError(fmt.Sprintf("Get(%s) = %+v", id, got), err, domain.ErrNotFound)
}

func (t trial) wantError(what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

const (
	listTimeout  = 20 * time.Second // how long a list may lag
	listInterval = 20 * time.Millisecond
)

// eventually calls check until it returns no problem, and fails the test with the last problem after listTimeout.
func (t trial) eventually(check func() (problem string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), listTimeout)
	defer cancel()
	ticker := time.NewTicker(listInterval)
	defer ticker.Stop()
	for problem := check(); problem != ""; problem = check() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatal(problem)
		}
	}
}

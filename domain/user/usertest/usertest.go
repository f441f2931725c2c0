// Package usertest is the contract of user.Store in executable form: every outcome that the port's
// comments name, under every condition and in races. A new store is proved by one line in its tests:
//
//	usertest.Run(t, func(t *testing.T) user.Store { return memory.NewUsers() })
//
// It needs no clock: every moment comes from the tests themselves. Only listings may lag, as the port
// allows, and are asked again until they have caught up or much too long has passed.
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

// Run holds a store against the contract. Each call of newStore returns a store that is empty and that
// nobody else writes to; the tests run in parallel, each with one of its own.
func Run(t *testing.T, newStore func(t *testing.T) user.Store) {
	t.Helper()
	for _, part := range [][]test{reading(), saving(), deleting(), versioning(), settling(), listing(), paging(), racing(), modelling()} {
		for _, test := range part {
			t.Run(test.name, func(t *testing.T) {
				t.Parallel()
				test.run(trial{T: t, store: newStore(t)})
			})
		}
	}
}

type test struct {
	name string
	run  func(t trial)
}

// trial is a store under test, with the steps that most tests are made of.
type trial struct {
	*testing.T
	store user.Store
}

// noon is when everything happens, give or take. It is far ahead, lest an engine that forgets what has
// expired forgets the tests' tombstones.
var noon = time.Date(2100, 1, 1, 12, 0, 0, 0, time.UTC)

// at is a write at d after noon, in a request of its own.
func at(d time.Duration) domain.Stamp {
	return domain.Stamp{Time: noon.Add(d), RequestID: rand.Text()}
}

func newID() domain.UserID {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return domain.UserID(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

// newProfile is a valid profile of a user nobody has heard of.
func (t trial) newProfile(typ user.Type, s domain.Stamp) user.Profile {
	return t.profileOf(newID(), typ, s)
}

func (t trial) profileOf(id domain.UserID, typ user.Type, s domain.Stamp) user.Profile {
	t.Helper()
	email := string(id[:8]) + "@example.com"
	caller := domain.Caller{ID: id, Email: email, EmailVerified: true}
	p, err := user.New(caller, user.Draft{Name: "Jane", Email: email, Type: string(typ), Ratings: 4.5}, s)
	if err != nil {
		t.Fatalf("making a profile: %v", err)
	}
	return p
}

// renamed is p after a change of its name, at s.
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

func (t trial) delete(id domain.UserID, s domain.Stamp) user.Tombstone {
	t.Helper()
	buried, err := t.store.Delete(t.Context(), id, domain.Condition{}, s)
	if err != nil {
		t.Fatalf("Delete(%s) = %v", id, err)
	}
	return buried
}

// wantProfile checks what is held under want's id.
func (t trial) wantProfile(want user.Profile) {
	t.Helper()
	got, err := t.store.Get(t.Context(), want.ID)
	if err != nil || got != want {
		t.Errorf("Get(%s)\n got %+v, %v\nwant %+v", want.ID, got, err, want)
	}
}

func (t trial) wantAbsent(id domain.UserID) {
	t.Helper()
	if got, err := t.store.Get(t.Context(), id); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("Get(%s) = %+v, %v; want %v", id, got, err, domain.ErrNotFound)
	}
}

func (t trial) wantError(what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

const (
	patience = 20 * time.Second      // how long a listing may lag before it counts as wrong
	interval = 20 * time.Millisecond // between two looks at it
)

// eventually asks until ok, and fails the test with ok's last words when that takes too long.
func (t trial) eventually(ok func() (complaint string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for complaint := ok(); complaint != ""; complaint = ok() {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			t.Fatal(complaint)
		}
	}
}

// Package usertest is the contract suite of user.Store and user.RecordStore: what domaintest.TestStore tests
// of every store, and what is special of these. A store runs it in one line of its tests:
//
//	usertest.Run(t, func(t *testing.T) user.Store { return memoryusers.New() })
//
// All times come from the tests, so stores need no fake clock. Lists may lag, as the port allows: they are read again until
// they are up to date or a timeout has passed. Values are compared with ==, since the port demands times in UTC.
package usertest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"rental.example/domain"
	"rental.example/domain/domaintest"
	"rental.example/domain/user"
)

// Run tests a store against the contract of user.Store. newStore returns an empty store that nobody else writes to; the
// tests run in parallel, each with its own store.
func Run(t *testing.T, newStore func(t *testing.T) user.Store) {
	t.Helper()
	newTrial := func(t *testing.T) trial { return trial{T: domaintest.T{TB: t}, store: newStore(t)} }
	domaintest.TestStore(t, func(t *testing.T) domaintest.Store[user.Profile, *user.Position] { return newTrial(t).described() })
	domaintest.Run(t, newTrial, map[string]func(t trial){
		"Get/all fields":                       getAllFields,
		"Get/values that today's rules refuse": getInvalidValues,
		"Delete/tombstone":                     deleteReturnsTombstone,
		"Delete/too many deletions":            deleteTooOften,
		"List/from any position":               listFromAnyPosition,
	})
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
		return trial{T: domaintest.T{TB: t}, store: store, records: store}
	}
	domaintest.Run(t, newTrial, map[string]func(t trial){
		"Scan/empty":                        scanEmpty,
		"Scan/every record once":            scanEveryRecord,
		"Scan/concurrent writes":            scanAmongWrites,
		"Scan/copies values":                scanCopies,
		"Scan/forged positions":             scanForgedPositions,
		"BumpVersion/profile and tombstone": bumps,
		"BumpVersion/changed record":        bumpChanged,
		"BumpVersion/lost response":         lostBump,
		"BumpVersion/order of lists":        bumpKeepsOrder,
		"BumpVersion/race":                  raceBumps,
		"BumpVersion/created again":         bumpCreatedAgain,
	})
}

// trial is one test of a store, with helpers.
type trial struct {
	domaintest.T
	store   user.Store
	records user.RecordStore // nil in Run
}

var (
	noon  = domaintest.Noon
	at    = domaintest.At
	newID = domaintest.NewUserID
)

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

// described returns the store as domaintest.TestStore needs it.
func (t trial) described() domaintest.Store[user.Profile, *user.Position] {
	lists := make(map[string]domaintest.List[user.Profile, *user.Position])
	for _, typ := range append(user.Types(), "") {
		lists["type="+string(typ)] = t.listOf(typ)
	}
	return domaintest.Store[user.Profile, *user.Position]{
		New:    func(n int, s domain.Stamp) user.Profile { return t.newProfile(user.Types()[n%2], s) },
		Change: func(p user.Profile, mark string, s domain.Stamp) user.Profile { return renamed(p, p.Name+mark, s) },
		Move: func(p user.Profile, s domain.Stamp) user.Profile { // and all other fields
			p.Type = user.Types()[1-slices.Index(user.Types(), p.Type)]
			p.Email, p.EmailVerified, p.Ratings = "joan@example.org", !p.EmailVerified, 1.0/3
			return renamed(p, "Joan", s)
		},
		Info: func(p user.Profile) domaintest.Info {
			return domaintest.Info{ID: string(p.ID), Version: p.Version, Text: p.Name}
		},
		Equal: func(a, b user.Profile) bool { return a == b },
		Get:   func(ctx context.Context, id string) (user.Profile, error) { return t.store.Get(ctx, domain.UserID(id)) },
		Save:  t.store.Save,
		Saved: func(p user.Profile, v domain.Version, before *user.Profile) user.Profile {
			p.Version, p.CreatedAt, p.UpdatedAt = v, v.Time(), v.Time()
			if before != nil {
				p.CreatedAt = before.CreatedAt
			}
			return p
		},
		Delete: func(ctx context.Context, id string, cond domain.Condition, s domain.Stamp) (domain.Version, error) {
			tombstone, err := t.store.Delete(ctx, domain.UserID(id), cond, s)
			return tombstone.Version, err
		},
		Lists: lists,
	}
}

// listOf returns the list of a type; empty: of all types.
func (t trial) listOf(typ user.Type) domaintest.List[user.Profile, *user.Position] {
	listed := func(p user.Public) user.Profile {
		return user.Profile{ID: p.ID, Name: p.Name, Type: p.Type, Ratings: p.Ratings, CreatedAt: p.CreatedAt}
	}
	return domaintest.List[user.Profile, *user.Position]{
		Page: func(ctx context.Context, limit int, after *user.Position) ([]user.Profile, *user.Position, error) {
			page, err := t.store.List(ctx, user.ListQuery{Type: typ, Limit: limit, After: after})
			var profiles []user.Profile
			for _, p := range page.Profiles {
				profiles = append(profiles, listed(p))
			}
			clear(page.Profiles) // no store may share them
			return profiles, page.Next, err
		},
		Has:    func(p user.Profile) bool { return typ == "" || p.Type == typ },
		Listed: func(p user.Profile) user.Profile { return listed(p.Public()) },
		Order:  func(a, b user.Profile) int { return a.CreatedAt.Compare(b.CreatedAt) },
	}
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
	t.WantError(fmt.Sprintf("Get(%s) = %+v", id, got), err, domain.ErrNotFound)
}

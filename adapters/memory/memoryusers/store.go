// Package memoryusers implements the stores of package user in the memory of one process.
package memoryusers

import (
	"cmp"
	"context"

	"rental.example/adapters/memory"
	"rental.example/domain"
	"rental.example/domain/user"
)

// Store implements user.Store and user.RecordStore in memory. Its tombstones never expire. A done context fails
// every call with domain.ErrUnavailable; no other call fails with that error.
type Store struct {
	records *memory.Records[domain.UserID, user.Record]
}

var _ user.Store = (*Store)(nil)

// New returns an empty store.
func New() *Store {
	return &Store{records: memory.NewRecords[domain.UserID, user.Record]()}
}

// OnChange sets the function that is called with the record before and after each write, in the
// order of the writes. Each write waits for it. It must not call the store.
func (s *Store) OnChange(f func(before, after user.Record)) {
	s.records.OnChange(func(before, after *user.Record) { f(valueOf(before), valueOf(after)) })
}

// Get implements user.Store.
func (s *Store) Get(ctx context.Context, id domain.UserID) (user.Profile, error) {
	r, err := s.records.Get(ctx, id)
	switch {
	case err != nil:
		return user.Profile{}, err
	case r.Profile == nil:
		return user.Profile{}, domain.ErrNotFound
	}
	return *r.Profile, nil
}

// Save implements user.Store.
func (s *Store) Save(ctx context.Context, p user.Profile, cond domain.Condition) (saved user.Profile, created bool, err error) {
	err = s.records.Write(ctx, p.ID, func(stored *user.Record) (*user.Record, error) {
		before := valueOf(stored)
		current := before.Profile
		if current != nil && p.RequestID != "" && current.RequestID == p.RequestID {
			saved, created = *current, current.CreatedAt.Equal(current.Version.Time())
			return stored, nil
		}
		if err := cond.Check(before.Version(), current != nil); err != nil {
			return nil, err
		}
		if current == nil && before.Deletions.Exhausted(p.Version.Time()) {
			return nil, user.ErrTooManyDeletions
		}
		p.Version = max(p.Version, before.Version()+1)
		p.CreatedAt, p.UpdatedAt = p.Version.Time(), p.Version.Time()
		if current != nil {
			p.CreatedAt = current.CreatedAt
		}
		saved, created = p, current == nil
		return &user.Record{Profile: &p, LastDeleted: lastDeleted(before), Deletions: before.Deletions}, nil
	})
	return saved, created, err
}

// Delete implements user.Store.
func (s *Store) Delete(ctx context.Context, id domain.UserID, cond domain.Condition, stamp domain.Stamp) (deleted user.Tombstone, err error) {
	err = s.records.Write(ctx, id, func(stored *user.Record) (*user.Record, error) {
		before := valueOf(stored)
		if t := before.Tombstone; t != nil && stamp.RequestID != "" && t.RequestID == stamp.RequestID {
			deleted = *t
			return stored, nil
		}
		if before.Profile == nil {
			return nil, domain.ErrNotFound
		}
		if err := cond.Check(before.Profile.Version, true); err != nil {
			return nil, err
		}
		t := user.NewTombstone(id, before.Profile.Version, stamp)
		deleted = t
		return &user.Record{Tombstone: &t, Deletions: before.Deletions.Next(stamp.Time)}, nil
	})
	return deleted, err
}

// List implements user.Store. It scans all records. Profiles of the same microsecond are in the order of their IDs.
func (s *Store) List(ctx context.Context, q user.ListQuery) (user.Page, error) {
	found, more, err := s.records.Page(ctx, q.Limit, func(r *user.Record) bool {
		p := r.Profile
		return p != nil && (q.Type == "" || p.Type == q.Type) && (q.After == nil || comparePositions(position(p), *q.After) > 0)
	}, func(a, b *user.Record) int { return comparePositions(position(a.Profile), position(b.Profile)) })
	if err != nil {
		return user.Page{}, err
	}
	page := user.Page{Profiles: make([]user.Public, len(found))}
	for i, r := range found {
		page.Profiles[i] = r.Profile.Public()
	}
	if more {
		next := position(found[q.Limit-1].Profile)
		page.Next = &next
	}
	return page, nil
}

func position(p *user.Profile) user.Position {
	return user.Position{CreatedAt: p.CreatedAt, Type: p.Type, ID: p.ID}
}

func comparePositions(a, b user.Position) int {
	return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
}

// valueOf returns the record, the zero Record for none.
func valueOf(r *user.Record) user.Record {
	if r == nil {
		return user.Record{}
	}
	return *r
}

func lastDeleted(r user.Record) domain.Version {
	if t := r.Tombstone; t != nil {
		return t.Version
	}
	return r.LastDeleted
}

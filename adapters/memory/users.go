// Package memory implements the stores of the domain in the memory of one process, for local runs and tests.
package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"rental.example/domain"
	"rental.example/domain/user"
)

// Users implements user.Store and user.RecordStore in memory. Its tombstones never expire. A done context fails
// every call with domain.ErrUnavailable; no other call fails with that error.
type Users struct {
	mu       sync.RWMutex
	records  map[domain.UserID]user.Record
	ids      []domain.UserID // of records, sorted
	onChange func(before, after user.Record)
}

var _ user.Store = (*Users)(nil)

// NewUsers returns an empty store.
func NewUsers() *Users {
	return &Users{records: make(map[domain.UserID]user.Record), onChange: func(_, _ user.Record) {}}
}

// OnChange sets the function that is called with the record before and after each write, in the
// order of the writes. Each write waits for it. It must not call the store.
func (u *Users) OnChange(f func(before, after user.Record)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.onChange = f
}

// Get implements user.Store.
func (u *Users) Get(ctx context.Context, id domain.UserID) (user.Profile, error) {
	if err := ctxErr(ctx); err != nil {
		return user.Profile{}, err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	p := u.records[id].Profile
	if p == nil {
		return user.Profile{}, domain.ErrNotFound
	}
	return *p, nil
}

// Save implements user.Store.
func (u *Users) Save(ctx context.Context, p user.Profile, cond domain.Condition) (user.Profile, bool, error) {
	if err := ctxErr(ctx); err != nil {
		return user.Profile{}, false, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	before := u.records[p.ID]
	current := before.Profile
	if current != nil && p.RequestID != "" && current.RequestID == p.RequestID {
		return *current, current.CreatedAt.Equal(current.Version.Time()), nil
	}
	if err := cond.Check(before.Version(), current != nil); err != nil {
		return user.Profile{}, false, err
	}
	if current == nil && before.Deletions.Exhausted(p.Version.Time()) {
		return user.Profile{}, false, user.ErrTooManyDeletions
	}
	p.Version = max(p.Version, before.Version()+1)
	p.CreatedAt, p.UpdatedAt = p.Version.Time(), p.Version.Time()
	if current != nil {
		p.CreatedAt = current.CreatedAt
	}
	u.set(p.ID, user.Record{Profile: &p, LastDeleted: lastDeleted(before), Deletions: before.Deletions})
	return p, current == nil, nil
}

// Delete implements user.Store.
func (u *Users) Delete(ctx context.Context, id domain.UserID, cond domain.Condition, s domain.Stamp) (user.Tombstone, error) {
	if err := ctxErr(ctx); err != nil {
		return user.Tombstone{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	before := u.records[id]
	if t := before.Tombstone; t != nil && s.RequestID != "" && t.RequestID == s.RequestID {
		return *t, nil
	}
	if before.Profile == nil {
		return user.Tombstone{}, domain.ErrNotFound
	}
	if err := cond.Check(before.Profile.Version, true); err != nil {
		return user.Tombstone{}, err
	}
	t := user.NewTombstone(id, before.Profile.Version, s)
	u.set(id, user.Record{Tombstone: &t, Deletions: before.Deletions.Next(s.Time)})
	return t, nil
}

// List implements user.Store. It scans all records. Profiles of the same microsecond are in the order of their IDs.
func (u *Users) List(ctx context.Context, q user.ListQuery) (user.Page, error) {
	if err := ctxErr(ctx); err != nil {
		return user.Page{}, err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	found := []user.Public{}
	for _, r := range u.records {
		p := r.Profile
		if p != nil && (q.Type == "" || p.Type == q.Type) && (q.After == nil || comparePositions(position(p.Public()), *q.After) > 0) {
			found = append(found, p.Public())
		}
	}
	slices.SortFunc(found, func(a, b user.Public) int { return comparePositions(position(a), position(b)) })
	page := user.Page{Profiles: found[:min(q.Limit, len(found))]}
	if len(found) > q.Limit {
		next := position(found[q.Limit-1])
		page.Next = &next
	}
	return page, nil
}

func position(p user.Public) user.Position {
	return user.Position{CreatedAt: p.CreatedAt, Type: p.Type, ID: p.ID}
}

func comparePositions(a, b user.Position) int {
	return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
}

// set replaces the record of id. Records are never modified after that, so that onChange may keep them.
func (u *Users) set(id domain.UserID, after user.Record) {
	before := u.records[id]
	if i, found := slices.BinarySearch(u.ids, id); !found {
		u.ids = slices.Insert(u.ids, i, id)
	}
	u.records[id] = after
	u.onChange(before, after)
}

func lastDeleted(s user.Record) domain.Version {
	if t := s.Tombstone; t != nil {
		return t.Version
	}
	return s.LastDeleted
}

// ctxErr returns domain.ErrUnavailable if ctx is done.
func ctxErr(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
	}
	return nil
}

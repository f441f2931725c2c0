// Package memory keeps what the ports of the domain keep, in the memory of one process: for local runs
// and for tests. Nothing survives the process.
package memory

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"rental.example/domain"
	"rental.example/domain/user"
)

// Users is a user.Store in memory, and its user.Records. Its tombstones never expire. A context that is over
// fails every call with domain.ErrUnavailable, and nothing else does.
type Users struct {
	mu      sync.RWMutex
	states  map[domain.UserID]user.State
	ids     []domain.UserID     // of states, in order
	lists   map[user.Type]index // the key "" has all
	changed func(before, after user.State)
}

var _ user.Store = (*Users)(nil)

// NewUsers makes a store that holds nothing.
func NewUsers() *Users {
	return &Users{
		states:  make(map[domain.UserID]user.State),
		lists:   make(map[user.Type]index),
		changed: func(_, _ user.State) {},
	}
}

// OnChange has changed called with the state of a profile before and after each write from now on, in
// the order of the writes, in place of what was given before. The writer waits for it, and it must not
// call the store.
func (u *Users) OnChange(changed func(before, after user.State)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.changed = changed
}

// Get implements user.Store.
func (u *Users) Get(ctx context.Context, id domain.UserID) (user.Profile, error) {
	if err := over(ctx); err != nil {
		return user.Profile{}, err
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	p := u.states[id].Profile
	if p == nil {
		return user.Profile{}, domain.ErrNotFound
	}
	return *p, nil
}

// Save implements user.Store.
func (u *Users) Save(ctx context.Context, p user.Profile, cond domain.Condition) (user.Profile, bool, error) {
	if err := over(ctx); err != nil {
		return user.Profile{}, false, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	before := u.states[p.ID]
	present := before.Profile
	if present != nil && p.RequestID != "" && present.RequestID == p.RequestID {
		return *present, present.CreatedAt.Equal(present.Version.Time()), nil
	}
	if err := cond.Check(before.Version(), present != nil); err != nil {
		return user.Profile{}, false, err
	}
	if present == nil && before.Deletions.Exhausted(p.Version.Time()) {
		return user.Profile{}, false, user.ErrTooManyDeletions
	}
	p.Version = max(p.Version, before.Version()+1)
	p.CreatedAt, p.UpdatedAt = p.Version.Time(), p.Version.Time()
	if present != nil {
		p.CreatedAt = present.CreatedAt
	}
	u.set(p.ID, user.State{Profile: &p, LastDeleted: lastDeleted(before), Deletions: before.Deletions})
	return p, present == nil, nil
}

// Delete implements user.Store.
func (u *Users) Delete(ctx context.Context, id domain.UserID, cond domain.Condition, s domain.Stamp) (user.Tombstone, error) {
	if err := over(ctx); err != nil {
		return user.Tombstone{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	before := u.states[id]
	if t := before.Tombstone; t != nil && s.RequestID != "" && t.RequestID == s.RequestID {
		return *t, nil
	}
	if before.Profile == nil {
		return user.Tombstone{}, domain.ErrNotFound
	}
	if err := cond.Check(before.Profile.Version, true); err != nil {
		return user.Tombstone{}, err
	}
	t := user.Bury(id, before.Profile.Version, s)
	u.set(id, user.State{Tombstone: &t, Deletions: before.Deletions.Next(s.Time)})
	return t, nil
}

// set replaces what is held under id, in every list too. States are replaced and never written to, so
// that they may be handed to changed.
func (u *Users) set(id domain.UserID, after user.State) {
	before := u.states[id]
	if p := before.Profile; p != nil {
		u.lists[""] = u.lists[""].without(placeOf(*p))
		u.lists[p.Type] = u.lists[p.Type].without(placeOf(*p))
	}
	if p := after.Profile; p != nil {
		u.lists[""] = u.lists[""].with(placeOf(*p))
		u.lists[p.Type] = u.lists[p.Type].with(placeOf(*p))
	}
	if i, found := slices.BinarySearch(u.ids, id); !found {
		u.ids = slices.Insert(u.ids, i, id)
	}
	u.states[id] = after
	u.changed(before, after)
}

func lastDeleted(s user.State) domain.Version {
	if t := s.Tombstone; t != nil {
		return t.Version
	}
	return s.LastDeleted
}

func over(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
	}
	return nil
}

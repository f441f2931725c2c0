package memory

import (
	"context"
	"sync"

	"rental.example/domain"
	"rental.example/domain/item"
)

// Owners implements item.Owners in memory. A done context fails every call with domain.ErrUnavailable; no other
// call fails with that error.
type Owners struct {
	mu      sync.RWMutex
	owners  map[domain.UserID]item.Owner
	onMerge func(context.Context)
}

var _ item.Owners = (*Owners)(nil)

// NewOwners returns an empty store.
func NewOwners() *Owners {
	return &Owners{owners: make(map[domain.UserID]item.Owner), onMerge: func(context.Context) {}}
}

// OnMerge sets a function that each Merge calls between its read and its write, to simulate concurrent requests.
// No lock is held then.
func (o *Owners) OnMerge(f func(context.Context)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.onMerge = f
}

// Owners implements item.Owners.
func (o *Owners) Owners(ctx context.Context, ids []domain.UserID) (map[domain.UserID]item.Owner, error) {
	if err := ctxErr(ctx); err != nil {
		return nil, err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	owners := make(map[domain.UserID]item.Owner, len(ids))
	for _, id := range ids {
		owners[id] = o.owner(id)
	}
	return owners, nil
}

// Merge implements item.Owners. It retries compare-and-set without a limit: each failed attempt means that another
// Merge has succeeded.
func (o *Owners) Merge(ctx context.Context, e item.OwnerEvent) (item.Owner, error) {
	for {
		before, onMerge, err := o.read(ctx, e.OwnerID)
		if err != nil {
			return item.Owner{}, err
		}
		after := before.Merge(e)
		if after.Equal(before) {
			return after, nil
		}
		onMerge(ctx)
		if replaced, err := o.replace(ctx, before, after); replaced || err != nil {
			return after, err
		}
	}
}

func (o *Owners) read(ctx context.Context, id domain.UserID) (item.Owner, func(context.Context), error) {
	if err := ctxErr(ctx); err != nil {
		return item.Owner{}, nil, err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.owner(id), o.onMerge, nil
}

// replace stores after if the current owner is still before, and reports whether it was.
func (o *Owners) replace(ctx context.Context, before, after item.Owner) (bool, error) {
	if err := ctxErr(ctx); err != nil {
		return false, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.owner(before.ID).Equal(before) {
		return false, nil
	}
	o.owners[after.ID] = after
	return true, nil
}

func (o *Owners) owner(id domain.UserID) item.Owner {
	owner := o.owners[id]
	owner.ID = id
	return owner
}

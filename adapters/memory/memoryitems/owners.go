package memoryitems

import (
	"context"
	"errors"
	"sync"

	"rental.example/adapters/memory"
	"rental.example/domain"
	"rental.example/domain/item"
)

// Owners implements item.Owners in memory. A done context fails every call with domain.ErrUnavailable; no other
// call fails with that error.
type Owners struct {
	owners *memory.Records[domain.UserID, item.Owner]

	mu      sync.Mutex
	onMerge func(context.Context)
}

var _ item.Owners = (*Owners)(nil)

// NewOwners returns an empty store.
func NewOwners() *Owners {
	return &Owners{owners: memory.NewRecords[domain.UserID, item.Owner](), onMerge: func(context.Context) {}}
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
	owners := make(map[domain.UserID]item.Owner, len(ids))
	for _, id := range ids {
		owner, err := o.owner(ctx, id)
		if err != nil {
			return nil, err
		}
		owners[id] = owner
	}
	return owners, nil
}

// Merge implements item.Owners. It retries compare-and-set without a limit: each failed attempt means that another
// Merge has succeeded.
func (o *Owners) Merge(ctx context.Context, e item.OwnerEvent) (item.Owner, error) {
	for {
		before, err := o.owner(ctx, e.OwnerID)
		if err != nil {
			return item.Owner{}, err
		}
		after := before.Merge(e)
		if after.Equal(before) {
			return after, nil
		}
		o.beforeWrite()(ctx)
		if err := o.replace(ctx, before, after); !errors.Is(err, domain.ErrConflict) {
			return after, err
		}
	}
}

func (o *Owners) beforeWrite() func(context.Context) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.onMerge
}

// replace stores after if the current owner is still before, else it returns domain.ErrConflict.
func (o *Owners) replace(ctx context.Context, before, after item.Owner) error {
	return o.owners.Write(ctx, after.ID, func(current *item.Owner) (*item.Owner, error) {
		if !valueOf(current, before.ID).Equal(before) {
			return nil, domain.ErrConflict
		}
		return &after, nil
	})
}

func (o *Owners) owner(ctx context.Context, id domain.UserID) (item.Owner, error) {
	stored, err := o.owners.Get(ctx, id)
	if err != nil && !errors.Is(err, domain.ErrNotFound) {
		return item.Owner{}, err
	}
	return valueOf(stored, id), nil
}

// valueOf returns the owner, or an unknown one with the id for none.
func valueOf(owner *item.Owner, id domain.UserID) item.Owner {
	if owner == nil {
		return item.Owner{ID: id}
	}
	return *owner
}

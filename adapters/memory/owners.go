package memory

import (
	"context"
	"sync"

	"rental.example/domain"
	"rental.example/domain/item"
)

// Owners is an item.Owners in memory. A context that is over fails every call with
// domain.ErrUnavailable, and nothing else does.
type Owners struct {
	mu    sync.RWMutex
	known map[domain.UserID]item.Owner
}

var _ item.Owners = (*Owners)(nil)

// NewOwners makes Owners that know of nobody.
func NewOwners() *Owners { return &Owners{known: make(map[domain.UserID]item.Owner)} }

// Owners implements item.Owners.
func (o *Owners) Owners(ctx context.Context, ids []domain.UserID) (map[domain.UserID]item.Owner, error) {
	if err := over(ctx); err != nil {
		return nil, err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	owners := make(map[domain.UserID]item.Owner, len(ids))
	for _, id := range ids {
		owner := o.known[id]
		owner.ID = id
		owners[id] = owner
	}
	return owners, nil
}

// Merge implements item.Owners.
func (o *Owners) Merge(ctx context.Context, e item.OwnerEvent) (item.Owner, error) {
	if err := over(ctx); err != nil {
		return item.Owner{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	owner := o.known[e.OwnerID]
	owner.ID = e.OwnerID
	owner = owner.Merge(e)
	o.known[e.OwnerID] = owner
	return owner, nil
}

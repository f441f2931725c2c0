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
	mu      sync.RWMutex
	known   map[domain.UserID]item.Owner
	merging func(context.Context) // may be nil
}

var _ item.Owners = (*Owners)(nil)

// NewOwners makes Owners that know of nobody.
func NewOwners() *Owners { return &Owners{known: make(map[domain.UserID]item.Owner)} }

// OnMerge has f called between a Merge's reading and its writing, where with an engine the requests of others
// come in between. It holds no lock then.
func (o *Owners) OnMerge(f func(context.Context)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.merging = f
}

// Owners implements item.Owners.
func (o *Owners) Owners(ctx context.Context, ids []domain.UserID) (map[domain.UserID]item.Owner, error) {
	if err := over(ctx); err != nil {
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

// Merge implements item.Owners. That others were faster is no reason to give up: each time, one of them is done.
func (o *Owners) Merge(ctx context.Context, e item.OwnerEvent) (item.Owner, error) {
	for {
		before, merging, err := o.read(ctx, e.OwnerID)
		if err != nil {
			return item.Owner{}, err
		}
		after := before.Merge(e)
		if after == before {
			return after, nil
		}
		if merging != nil {
			merging(ctx)
		}
		if done, err := o.replace(ctx, before, after); done || err != nil {
			return after, err
		}
	}
}

// read returns what is known of an owner, and what OnMerge asked for.
func (o *Owners) read(ctx context.Context, id domain.UserID) (known item.Owner, merging func(context.Context), err error) {
	if err := over(ctx); err != nil {
		return item.Owner{}, nil, err
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.owner(id), o.merging, nil
}

// replace has after known in the place of before; done is false when something else is known by now.
func (o *Owners) replace(ctx context.Context, before, after item.Owner) (done bool, err error) {
	if err := over(ctx); err != nil {
		return false, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.owner(before.ID) != before {
		return false, nil
	}
	o.known[after.ID] = after
	return true, nil
}

func (o *Owners) owner(id domain.UserID) item.Owner {
	owner := o.known[id]
	owner.ID = id
	return owner
}

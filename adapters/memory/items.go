package memory

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"rental.example/domain"
	"rental.example/domain/item"
)

// Items is an item.Store, and the item.Search and the item.Holdings of its items, in memory. A context that is over fails every
// call with domain.ErrUnavailable, and nothing else does but what the ports name.
//
// A write can be found at once, unless PauseRefresh was called.
type Items struct {
	mu        sync.RWMutex
	documents map[item.ID]*document
	revisions uint64
	index     *itemIndex
	held      bool
	unindexed map[item.ID]bool // written since the last refresh
}

var (
	_ item.Store  = (*Items)(nil)
	_ item.Search = (*Items)(nil)
)

// document is a state of an item. It is never written to, so store and index share it.
type document struct {
	item     item.Item
	revision item.Revision
	created  bool // left by Create
}

// NewItems makes a store that holds nothing.
func NewItems() *Items {
	return &Items{
		documents: make(map[item.ID]*document),
		index:     newItemIndex(),
		unindexed: make(map[item.ID]bool),
	}
}

// PauseRefresh has searches see no write from now on before the next Refresh, as an engine does between
// its refreshes. Get sees every write at once all the same.
func (i *Items) PauseRefresh() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.held = true
}

// Get implements item.Store.
func (i *Items) Get(ctx context.Context, id item.ID) (item.Stored, error) {
	if err := over(ctx); err != nil {
		return item.Stored{}, err
	}
	i.mu.RLock()
	defer i.mu.RUnlock()
	d := i.documents[id]
	if d == nil {
		return item.Stored{}, domain.ErrNotFound
	}
	return item.Stored{Item: copied(d.item), Revision: d.revision}, nil
}

// Create implements item.Store.
func (i *Items) Create(ctx context.Context, it item.Item) error {
	if err := over(ctx); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	present := i.documents[it.ID]
	switch {
	case present == nil:
		i.set(it.ID, &document{item: copied(it), created: true})
		return nil
	case present.created && it.RequestID != "" && present.item.RequestID == it.RequestID:
		return nil
	}
	return domain.ErrConflict
}

// Replace implements item.Store.
func (i *Items) Replace(ctx context.Context, it item.Item, state item.Revision) error {
	if err := over(ctx); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	present := i.documents[it.ID]
	if present == nil || present.revision != state {
		return domain.ErrConflict
	}
	i.set(it.ID, &document{item: copied(it)})
	return nil
}

// Delete implements item.Store.
func (i *Items) Delete(ctx context.Context, id item.ID, state item.Revision) error {
	if err := over(ctx); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	present := i.documents[id]
	switch {
	case present == nil:
		return domain.ErrNotFound
	case present.revision != state:
		return domain.ErrConflict
	}
	i.set(id, nil)
	return nil
}

// set puts d in the place of what is held under id, as a state that never was before; nil removes it.
func (i *Items) set(id item.ID, d *document) {
	if d == nil {
		delete(i.documents, id)
	} else {
		i.revisions++
		d.revision = item.Revision(strconv.FormatUint(i.revisions, 10))
		i.documents[id] = d
	}
	if i.held {
		i.unindexed[id] = true
		return
	}
	i.index.set(id, d)
}

// copied shares nothing with it that can be written to.
func copied(it item.Item) item.Item {
	it.Tags = slices.Clone(it.Tags)
	if it.PricePerDay != nil {
		price := *it.PricePerDay
		it.PricePerDay = &price
	}
	return it
}

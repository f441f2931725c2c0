package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"

	"rental.example/domain"
	"rental.example/domain/item"
)

// Items implements item.Store, item.Search and item.Holdings in memory. A done context fails every call with
// domain.ErrUnavailable; no other call fails with that error.
//
// Searches see a write at once, unless PauseRefresh was called.
type Items struct {
	mu            sync.RWMutex
	documents     map[item.ID]*document
	searchable    map[item.ID]*document // what searches see: documents itself, or a snapshot once refreshPaused
	refreshPaused bool
	revisions     uint64
}

var (
	_ item.Store    = (*Items)(nil)
	_ item.Search   = (*Items)(nil)
	_ item.Holdings = (*Items)(nil)
)

// document is one revision of an item. It is immutable, so that a snapshot can share it.
type document struct {
	item          item.Item
	revision      item.Revision
	created       bool     // written by Create
	name, details []string // folded words
}

// NewItems returns an empty store.
func NewItems() *Items {
	documents := make(map[item.ID]*document)
	return &Items{documents: documents, searchable: documents}
}

// PauseRefresh makes later writes invisible to searches until the next Refresh, as in an engine between two
// refreshes. Get still sees every write at once.
func (i *Items) PauseRefresh() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.refreshPaused = true
	i.searchable = maps.Clone(i.documents)
}

// Refresh implements item.Holdings. It makes all earlier writes visible to searches, too.
func (i *Items) Refresh(ctx context.Context) error {
	if err := ctxErr(ctx); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.refreshPaused {
		i.searchable = maps.Clone(i.documents)
	}
	return nil
}

// Get implements item.Store.
func (i *Items) Get(ctx context.Context, id item.ID) (item.Stored, error) {
	if err := ctxErr(ctx); err != nil {
		return item.Stored{}, err
	}
	i.mu.RLock()
	defer i.mu.RUnlock()
	d := i.documents[id]
	if d == nil {
		return item.Stored{}, domain.ErrNotFound
	}
	return item.Stored{Item: clone(d.item), Revision: d.revision}, nil
}

// Create implements item.Store.
func (i *Items) Create(ctx context.Context, itm item.Item) error {
	if err := ctxErr(ctx); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	current := i.documents[itm.ID]
	switch {
	case current == nil:
		i.put(itm, true)
		return nil
	case current.created && itm.RequestID != "" && current.item.RequestID == itm.RequestID:
		return nil
	}
	return domain.ErrConflict
}

// Replace implements item.Store.
func (i *Items) Replace(ctx context.Context, itm item.Item, ifRevision item.Revision) error {
	if err := ctxErr(ctx); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	current := i.documents[itm.ID]
	if current == nil || current.revision != ifRevision {
		return domain.ErrConflict
	}
	i.put(itm, false)
	return nil
}

// Delete implements item.Store.
func (i *Items) Delete(ctx context.Context, id item.ID, ifRevision item.Revision) error {
	if err := ctxErr(ctx); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	current := i.documents[id]
	switch {
	case current == nil:
		return domain.ErrNotFound
	case current.revision != ifRevision:
		return domain.ErrConflict
	}
	delete(i.documents, id)
	return nil
}

// ListOwned implements item.Holdings. It sees what searches see.
func (i *Items) ListOwned(ctx context.Context, owner domain.UserID, below domain.Version, after item.ID, limit int) ([]item.Holding, error) {
	if err := ctxErr(ctx); err != nil {
		return nil, err
	}
	i.mu.RLock()
	defer i.mu.RUnlock()
	var found []item.Holding
	for _, d := range i.searchable {
		if itm := &d.item; itm.OwnerID == owner && itm.OwnerVersion < below && itm.ID > after {
			found = append(found, item.Holding{
				ID: itm.ID, OwnerVersion: itm.OwnerVersion, CreatedAt: itm.CreatedAt, Revision: d.revision,
			})
		}
	}
	slices.SortFunc(found, func(a, b item.Holding) int { return cmp.Compare(a.ID, b.ID) })
	return found[:min(limit, len(found))], nil
}

// Remove implements item.Holdings.
func (i *Items) Remove(ctx context.Context, holdings []item.Holding) (changed int, err error) {
	if err := ctxErr(ctx); err != nil {
		return 0, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, h := range holdings {
		switch current := i.documents[h.ID]; {
		case current == nil:
		case current.revision == h.Revision:
			delete(i.documents, h.ID)
		default:
			changed++
		}
	}
	return changed, nil
}

// put stores itm under a new revision.
func (i *Items) put(itm item.Item, created bool) {
	i.revisions++
	i.documents[itm.ID] = &document{
		item: clone(itm), revision: item.Revision(strconv.FormatUint(i.revisions, 10)), created: created,
		name: item.FoldedWords(itm.Name), details: item.FoldedWords(itm.Details),
	}
}

// clone returns a deep copy of itm.
func clone(itm item.Item) item.Item {
	itm.Tags = slices.Clone(itm.Tags)
	if itm.PricePerDay != nil {
		price := *itm.PricePerDay
		itm.PricePerDay = &price
	}
	return itm
}

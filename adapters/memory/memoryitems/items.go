// Package memoryitems implements the stores of package item in the memory of one process.
package memoryitems

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"rental.example/adapters/memory"
	"rental.example/domain"
	"rental.example/domain/item"
)

// Items implements item.Store, item.Search and item.Holdings in memory. A done context fails every call with
// domain.ErrUnavailable; no other call fails with that error.
//
// Searches see a write at once, unless PauseRefresh was called.
type Items struct {
	documents *memory.Records[item.ID, document]
	revisions uint64 // changed by writes to documents only, which do not overlap

	mu         sync.Mutex
	searchable *memory.Records[item.ID, document] // what searches see: documents, or a snapshot after PauseRefresh
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
	documents := memory.NewRecords[item.ID, document]()
	return &Items{documents: documents, searchable: documents}
}

// PauseRefresh makes later writes invisible to searches until the next Refresh, as in an engine between two
// refreshes. Get still sees every write at once.
func (i *Items) PauseRefresh() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.searchable, _ = i.documents.Snapshot(context.Background()) // only a done context fails it
}

// Refresh implements item.Holdings. It makes all earlier writes visible to searches, too.
func (i *Items) Refresh(ctx context.Context) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.searchable == i.documents { // a done context fails this as it fails a snapshot
		return i.documents.Each(ctx, func(*document) bool { return false })
	}
	snapshot, err := i.documents.Snapshot(ctx)
	if err == nil {
		i.searchable = snapshot
	}
	return err
}

func (i *Items) visible() *memory.Records[item.ID, document] {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.searchable
}

// Get implements item.Store.
func (i *Items) Get(ctx context.Context, id item.ID) (item.Stored, error) {
	d, err := i.documents.Get(ctx, id)
	if err != nil {
		return item.Stored{}, err
	}
	return item.Stored{Item: clone(d.item), Revision: d.revision}, nil
}

// Create implements item.Store.
func (i *Items) Create(ctx context.Context, itm item.Item) error {
	return i.documents.Write(ctx, itm.ID, func(current *document) (*document, error) {
		switch {
		case current == nil:
			return i.document(itm, true), nil
		case current.created && itm.RequestID != "" && current.item.RequestID == itm.RequestID:
			return current, nil
		}
		return nil, domain.ErrConflict
	})
}

// Replace implements item.Store.
func (i *Items) Replace(ctx context.Context, itm item.Item, ifRevision item.Revision) error {
	return i.documents.Write(ctx, itm.ID, func(current *document) (*document, error) {
		if current == nil || current.revision != ifRevision {
			return nil, domain.ErrConflict
		}
		return i.document(itm, false), nil
	})
}

// Delete implements item.Store.
func (i *Items) Delete(ctx context.Context, id item.ID, ifRevision item.Revision) error {
	return i.documents.Write(ctx, id, func(current *document) (*document, error) {
		switch {
		case current == nil:
			return nil, domain.ErrNotFound
		case current.revision != ifRevision:
			return nil, domain.ErrConflict
		}
		return nil, nil
	})
}

// ListOwned implements item.Holdings. It sees what searches see.
func (i *Items) ListOwned(ctx context.Context, owner domain.UserID, below domain.Version, after item.ID, limit int) ([]item.Holding, error) {
	found, _, err := i.visible().Page(ctx, limit, func(d *document) bool {
		return d.item.OwnerID == owner && d.item.OwnerVersion < below && d.item.ID > after
	}, nil)
	holdings := make([]item.Holding, len(found))
	for n, d := range found {
		holdings[n] = item.Holding{ID: d.item.ID, OwnerVersion: d.item.OwnerVersion, CreatedAt: d.item.CreatedAt, Revision: d.revision}
	}
	return holdings, err
}

// Remove implements item.Holdings.
func (i *Items) Remove(ctx context.Context, holdings []item.Holding) (changed int, err error) {
	for _, h := range holdings {
		err := i.documents.Write(ctx, h.ID, func(current *document) (*document, error) {
			if current == nil || current.revision == h.Revision {
				return nil, nil
			}
			changed++
			return current, nil
		})
		if err != nil {
			return 0, err
		}
	}
	return changed, nil
}

// document returns itm under a new revision.
func (i *Items) document(itm item.Item, created bool) *document {
	i.revisions++
	return &document{
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

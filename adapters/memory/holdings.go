package memory

import (
	"cmp"
	"context"
	"slices"

	"rental.example/domain"
	"rental.example/domain/item"
)

var _ item.Holdings = (*Items)(nil)

// Refresh implements item.Holdings. Searches, too, see what was written until now.
func (i *Items) Refresh(ctx context.Context) error {
	if err := over(ctx); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	for id := range i.unindexed {
		i.index.set(id, i.documents[id])
	}
	clear(i.unindexed)
	return nil
}

// Held implements item.Holdings. It sees what searches see, and takes time for the items of owner only.
func (i *Items) Held(ctx context.Context, owner domain.UserID, below domain.Version, after item.ID, limit int) ([]item.Holding, error) {
	if err := over(ctx); err != nil {
		return nil, err
	}
	i.mu.RLock()
	defer i.mu.RUnlock()
	var held []item.Holding
	for _, s := range i.index.owners[owner] {
		d := i.index.entries[s].document
		if it := &d.item; it.OwnerVersion < below && it.ID > after {
			held = append(held, item.Holding{
				ID: it.ID, OwnerVersion: it.OwnerVersion, CreatedAt: it.CreatedAt, Revision: d.revision,
			})
		}
	}
	slices.SortFunc(held, func(a, b item.Holding) int { return cmp.Compare(a.ID, b.ID) })
	return held[:min(limit, len(held))], nil
}

// Remove implements item.Holdings.
func (i *Items) Remove(ctx context.Context, held []item.Holding) (changed int, err error) {
	if err := over(ctx); err != nil {
		return 0, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, h := range held {
		switch present := i.documents[h.ID]; {
		case present == nil:
		case present.revision == h.Revision:
			i.set(h.ID, nil)
		default:
			changed++
		}
	}
	return changed, nil
}

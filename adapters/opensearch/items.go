package opensearch

import (
	"context"
	"errors"
	"fmt"

	"rental.example/domain"
	"rental.example/domain/item"
)

// Items is the item.Store and the item.Search in the index of items. Each item is one document, which
// changes under the number that its last write got; an item.Revision is that number.
type Items struct{ client *Client }

var (
	_ item.Store  = (*Items)(nil)
	_ item.Search = (*Items)(nil)
)

// NewItems is the store and the search over client's index of items.
func NewItems(client *Client) *Items { return &Items{client: client} }

// Get implements item.Store.
func (s *Items) Get(ctx context.Context, id item.ID) (item.Stored, error) {
	if _, err := item.ParseID(string(id)); err != nil {
		return item.Stored{}, err
	}
	r, at, err := read[itemRecord](ctx, s.client, s.client.items, string(id))
	if err != nil {
		return item.Stored{}, err
	}
	it, err := r.item()
	return item.Stored{Item: it, Revision: item.Revision(at.String())}, err
}

// Create implements item.Store.
func (s *Items) Create(ctx context.Context, it item.Item) error {
	if _, err := item.ParseID(string(it.ID)); err != nil {
		return fmt.Errorf("opensearch: %q is no item's id: %w", it.ID, domain.ErrInvalid)
	}
	watched, seen := watch(ctx)
	err := s.client.write(watched, s.client.items, string(it.ID), recordOf(it), nil, waitForRefresh)
	if !errors.Is(err, domain.ErrConflict) {
		return err
	}
	return s.settle(ctx, it, seen, err)
}

// Replace implements item.Store.
func (s *Items) Replace(ctx context.Context, it item.Item, over item.Revision) error {
	at, ok := parseState(string(over))
	if _, err := item.ParseID(string(it.ID)); err != nil || !ok {
		return fmt.Errorf("opensearch: item %q has no revision %q: %w", it.ID, over, domain.ErrConflict)
	}
	watched, seen := watch(ctx)
	err := s.client.write(watched, s.client.items, string(it.ID), recordOf(it), &at, waitForRefresh)
	if !errors.Is(err, domain.ErrConflict) || !seen.lost {
		return err
	}
	return s.settle(ctx, it, seen, err)
}

// settle is what the refusal of a write of it means: the success of an earlier attempt, where what is
// there bears the same request's name.
func (s *Items) settle(ctx context.Context, it item.Item, seen *attempts, refusal error) error {
	present, err := s.Get(ctx, it.ID)
	switch {
	case err != nil && !errors.Is(err, domain.ErrNotFound):
		return err
	case err == nil && it.RequestID != "" && present.Item.RequestID == it.RequestID:
		return nil
	}
	return seen.doubt(refusal)
}

// Delete implements item.Store.
func (s *Items) Delete(ctx context.Context, id item.ID, over item.Revision) error {
	if _, err := item.ParseID(string(id)); err != nil {
		return err
	}
	watched, seen := watch(ctx)
	err := domain.ErrConflict
	if at, ok := parseState(string(over)); ok {
		err = s.client.remove(watched, s.client.items, string(id), at)
	}
	if !errors.Is(err, domain.ErrConflict) && !errors.Is(err, domain.ErrNotFound) {
		return err
	}
	_, readErr := s.Get(ctx, id)
	switch {
	case readErr == nil:
		return seen.doubt(err)
	case errors.Is(readErr, domain.ErrNotFound) && seen.lost:
		return nil
	}
	return readErr
}

package opensearch

import (
	"context"
	"errors"
	"fmt"

	"rental.example/domain"
	"rental.example/domain/item"
)

// Items implements item.Store and item.Search with the index of items, in which each item is one document. An
// item.Revision is the revision of that document.
type Items struct{ client *Client }

var (
	_ item.Store  = (*Items)(nil)
	_ item.Search = (*Items)(nil)
)

// NewItems returns the items in client's index of items.
func NewItems(client *Client) *Items { return &Items{client: client} }

// Get implements item.Store.
func (s *Items) Get(ctx context.Context, id item.ID) (item.Stored, error) {
	if _, err := item.ParseID(string(id)); err != nil {
		return item.Stored{}, err
	}
	r, at, err := get[itemRecord](ctx, s.client, s.client.items, string(id))
	if err != nil {
		return item.Stored{}, err
	}
	i, err := r.item()
	return item.Stored{Item: i, Revision: item.Revision(at.String())}, err
}

// Create implements item.Store.
func (s *Items) Create(ctx context.Context, i item.Item) error {
	if _, err := item.ParseID(string(i.ID)); err != nil {
		return fmt.Errorf("opensearch: invalid item id %q: %w", i.ID, domain.ErrInvalid)
	}
	err := s.client.put(ctx, s.client.items, string(i.ID), recordOf(i), nil, waitForRefresh)
	if errors.Is(err, domain.ErrConflict) {
		return s.resolve(ctx, i, err)
	}
	return err
}

// Replace implements item.Store.
func (s *Items) Replace(ctx context.Context, i item.Item, base item.Revision) error {
	at, ok := parseRevision(string(base))
	if _, err := item.ParseID(string(i.ID)); err != nil || !ok {
		return fmt.Errorf("opensearch: item %q, revision %q: %w", i.ID, base, domain.ErrConflict)
	}
	err := s.client.put(ctx, s.client.items, string(i.ID), recordOf(i), &at, waitForRefresh)
	if errors.Is(err, domain.ErrConflict) && errors.Is(err, errAmbiguous) {
		return s.resolve(ctx, i, err)
	}
	return err
}

// resolve returns the outcome of a write of i that was refused: a success if the stored item has the same request id,
// since then an earlier attempt has written it and its response was lost.
func (s *Items) resolve(ctx context.Context, i item.Item, refusal error) error {
	stored, err := s.Get(ctx, i.ID)
	switch {
	case err != nil && !errors.Is(err, domain.ErrNotFound):
		return err
	case err == nil && i.RequestID != "" && stored.Item.RequestID == i.RequestID:
		return nil
	}
	return unlessAmbiguous(refusal)
}

// unlessAmbiguous returns the refusal of a write; domain.ErrUnavailable if an earlier attempt may have taken effect and
// been overwritten since.
func unlessAmbiguous(refusal error) error {
	if errors.Is(refusal, errAmbiguous) {
		return fmt.Errorf("%w: %v", domain.ErrUnavailable, refusal)
	}
	return refusal
}

// Delete implements item.Store.
func (s *Items) Delete(ctx context.Context, id item.ID, base item.Revision) error {
	if _, err := item.ParseID(string(id)); err != nil {
		return err
	}
	refusal := s.deleteAt(ctx, id, base)
	if !errors.Is(refusal, domain.ErrConflict) && !errors.Is(refusal, domain.ErrNotFound) {
		return refusal
	}
	_, err := s.Get(ctx, id)
	switch {
	case err == nil:
		return unlessAmbiguous(refusal)
	case errors.Is(err, domain.ErrNotFound) && errors.Is(refusal, errAmbiguous):
		return nil
	}
	return err
}

func (s *Items) deleteAt(ctx context.Context, id item.ID, base item.Revision) error {
	at, ok := parseRevision(string(base))
	if !ok {
		return domain.ErrConflict
	}
	return s.client.delete(ctx, s.client.items, string(id), at)
}

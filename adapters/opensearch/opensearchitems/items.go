package opensearchitems

import (
	"context"
	"errors"
	"fmt"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
	"rental.example/domain/item"
)

// Items implements item.Store and item.Search with the index of items, in which each item is one document. An
// item.Revision is the revision of that document.
type Items struct{ documents opensearch.Documents }

var (
	_ item.Store  = (*Items)(nil)
	_ item.Search = (*Items)(nil)
)

// NewItems returns the items in client's index of items.
func NewItems(client *Client) *Items { return &Items{documents: client.Documents(client.items)} }

// Get implements item.Store.
func (s *Items) Get(ctx context.Context, id item.ID) (item.Stored, error) {
	if _, err := item.ParseID(string(id)); err != nil {
		return item.Stored{}, err
	}
	r, at, err := opensearch.Get[itemRecord](ctx, s.documents, string(id))
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
	err := s.documents.Put(ctx, string(i.ID), recordOf(i), nil, opensearch.WaitForRefresh)
	if errors.Is(err, domain.ErrConflict) {
		return s.resolve(ctx, i, err)
	}
	return err
}

// Replace implements item.Store.
func (s *Items) Replace(ctx context.Context, i item.Item, base item.Revision) error {
	at, ok := opensearch.ParseRevision(string(base))
	if _, err := item.ParseID(string(i.ID)); err != nil || !ok {
		return fmt.Errorf("opensearch: item %q, revision %q: %w", i.ID, base, domain.ErrConflict)
	}
	err := s.documents.Put(ctx, string(i.ID), recordOf(i), &at, opensearch.WaitForRefresh)
	if errors.Is(err, domain.ErrConflict) && opensearch.IsAmbiguous(err) {
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
	return opensearch.UnlessAmbiguous(refusal)
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
		return opensearch.UnlessAmbiguous(refusal)
	case errors.Is(err, domain.ErrNotFound) && opensearch.IsAmbiguous(refusal):
		return nil
	}
	return err
}

func (s *Items) deleteAt(ctx context.Context, id item.ID, base item.Revision) error {
	at, ok := opensearch.ParseRevision(string(base))
	if !ok {
		return domain.ErrConflict
	}
	return s.documents.Delete(ctx, string(id), at)
}

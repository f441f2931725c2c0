package memory_test

import (
	"cmp"
	"context"
	"fmt"

	"rental.example/adapters/memory"
	"rental.example/domain"
)

// noteStore is what a store of records with a version and an author needs over Records.
type noteStore struct{ records *notes }

func (s noteStore) create(ctx context.Context, n note) error {
	return s.records.Write(ctx, n.id, func(current *note) (*note, error) {
		if current != nil {
			return nil, domain.ErrConflict
		}
		return &n, nil
	})
}

func (s noteStore) remove(ctx context.Context, id string, ifVersion int) error {
	return s.records.Write(ctx, id, func(current *note) (*note, error) {
		switch {
		case current == nil:
			return nil, domain.ErrNotFound
		case current.version != ifVersion:
			return nil, domain.ErrConflict
		}
		return nil, nil
	})
}

func (s noteStore) list(ctx context.Context, author string, after *note, limit int) (page []*note, more bool, err error) {
	order := func(a, b *note) int { return cmp.Or(cmp.Compare(a.version, b.version), cmp.Compare(a.id, b.id)) }
	return s.records.Page(ctx, limit, func(n *note) bool {
		return n.author == author && (after == nil || order(n, after) > 0)
	}, order)
}

// A store for a further context is a few lines over Records.
func ExampleRecords() {
	ctx, store := context.Background(), noteStore{memory.NewRecords[string, note]()}
	for _, n := range []note{{"b", 1, "jane"}, {"a", 2, "jane"}, {"c", 3, "jane"}, {"a", 4, "joan"}} {
		fmt.Println(store.create(ctx, n))
	}
	page, more, err := store.list(ctx, "jane", &note{"b", 1, "jane"}, 1)
	fmt.Println(*page[0], more, err)
	fmt.Println(store.remove(ctx, "c", 2), store.remove(ctx, "c", 3))
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// conflict
	// {a 2 jane} true <nil>
	// conflict <nil>
}

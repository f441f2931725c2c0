package item

import (
	"context"

	"rental.example/domain"
)

// Revision identifies one state of a stored item for conditional writes. Its content is known only to its Store; it has no
// order.
type Revision string

// Stored is an item as a Store returns it.
type Stored struct {
	Item     Item
	Revision Revision
}

// Store stores items. Implementations are safe for concurrent use, copy values in and out, and make each method atomic for
// its one item.
//
// A Store does not know owners: it also returns hidden items until they are removed. Besides the errors named below, each
// method may return one that wraps domain.ErrUnavailable; a write may then have taken effect. After a lost response, an
// implementation may retry a write; if the stored item's RequestID shows that the first attempt succeeded, the write
// succeeds. itemtest.RunStore is the contract suite.
type Store interface {
	// Get returns the item as of the latest acknowledged write, or domain.ErrNotFound.
	Get(ctx context.Context, id ID) (Stored, error)

	// Create stores a new item. It returns domain.ErrConflict if the ID is taken, unless the stored item was created by the
	// same request (equal, non-empty RequestID).
	Create(ctx context.Context, i Item) error

	// Replace stores i in place of the state ifRevision. It returns domain.ErrConflict if the stored item has another
	// state or does not exist.
	Replace(ctx context.Context, i Item, ifRevision Revision) error

	// Delete deletes the item in the state ifRevision. It returns domain.ErrConflict if the stored item has another state,
	// and domain.ErrNotFound if it does not exist, unless an earlier attempt of this call may have deleted it.
	Delete(ctx context.Context, id ID, ifRevision Revision) error
}

// Results is a page of what a Search returns, in the order of its query. Its Items include hidden ones.
type Results struct {
	Items []Item
	Next  *Position // nil on the last page
	Total Total
	// Categories and Tags count the values of the found items, the most frequent first, then by value; at most MaxFacets
	// each, on the first page only.
	Categories []Facet
	Tags       []Facet
}

// Total is how many items a query finds on all pages: a lower bound if not Exact, which it is up to ExactTotals.
type Total struct {
	Value int
	Exact bool
}

// Facet is the number of found items that have a value.
type Facet struct {
	Value string
	Count int
}

// ErrInvalidPosition: no page of the query returned the Position.
var ErrInvalidPosition = domain.ErrInvalidCursor

// Search finds items. It may not show recent writes, except acknowledged writes of the same caller. It
// also returns hidden items until they are removed.
//
// A word of the query's text matches a word of an item's name or details if they differ by at most MaxEdits. Words are runs
// of letters, digits and marks; case and the accents of Latin letters are ignored. A place matches within its radius,
// inclusive, by Place.DistanceKm to within a metre. A filter by price matches no item without one.
//
// The pages together contain each item once that does not change in the meantime. An item that is created, deleted or
// changes its place in the order may be missing or repeated.
//
// Search returns ErrInvalidPosition if no page of such a query has the Position, and domain.ErrUnavailable if the engine
// throttles, times out, or sends a partial or malformed response.
type Search interface {
	Search(ctx context.Context, q Query) (Results, error)
}

// Owners stores owners. Implementations are safe for concurrent use. Besides those named below, each method may return an
// error that wraps domain.ErrUnavailable. itemtest.RunOwners is the contract suite.
type Owners interface {
	// Owners returns the owners of ids as of the latest acknowledged Merge. An unknown one is the zero Owner with that ID.
	Owners(ctx context.Context, ids []domain.UserID) (map[domain.UserID]Owner, error)

	// Merge updates the owner of e by Owner.Merge, atomically, and returns the result. It returns domain.ErrConflict if
	// concurrent merges prevented it.
	Merge(ctx context.Context, e OwnerEvent) (Owner, error)
}

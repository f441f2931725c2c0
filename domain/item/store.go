package item

import (
	"context"
	"errors"

	"rental.example/domain"
)

// Revision names one state of a stored item, for writes that must find that state. Only its Store knows
// what is in it; it is comparable with nothing.
type Revision string

// Stored is an item as a Store holds it.
type Stored struct {
	Item     Item
	Revision Revision
}

// Store keeps items. Implementations are safe for concurrent use; values are copied in and out.
//
// Each method is atomic for its one item. A Store knows nothing of owners: it returns the items of
// deleted owners too, until they are removed. Beside the errors named below, each may return one that
// wraps domain.ErrUnavailable, after which it is unknown whether a write took effect. itemtest.RunStore
// is the contract in executable form.
//
// A write whose answer was lost, and that finds on its repetition that it has happened, has succeeded:
// the RequestID of the present item tells.
type Store interface {
	// Get returns the item of id as of the latest acknowledged write. domain.ErrNotFound when there is
	// none.
	Get(ctx context.Context, id ID) (Stored, error)

	// Create keeps a new item. domain.ErrConflict when there is one of its id, another than a creation
	// under the same non-empty RequestID left.
	Create(ctx context.Context, it Item) error

	// Replace puts it in the place of the state that over names. domain.ErrConflict when the item is no
	// longer in that state, or no longer there.
	Replace(ctx context.Context, it Item, over Revision) error

	// Delete removes the item in the state that over names. domain.ErrConflict when it is no longer in
	// that state; domain.ErrNotFound when it is not there, unless an attempt of this very call may have
	// removed it.
	Delete(ctx context.Context, id ID, over Revision) error
}

// Results is a page of what a Search finds, in the order of its query.
type Results struct {
	Items []Item
	Next  *Position // nil when there is nothing more
	Total Total
	// Categories and Tags count the items found by value, the most frequent first, then by value; at
	// most MaxFacets of each. They are there on the first page only.
	Categories []Facet
	Tags       []Facet
}

// Total is how many items a query finds on all pages. Beyond ExactTotals it is only a lower bound.
type Total struct {
	Value int
	Exact bool
}

// Facet is how many of the items found have a value.
type Facet struct {
	Value string
	Count int
}

// ErrInvalidPosition is the refusal of a Position that no page of its query gave out.
var ErrInvalidPosition = errors.New("invalid position")

// Search finds items. It may lag behind writes by a moment, but sees the writes of a caller who waited
// for their answer. It returns items of deleted owners too, until they are removed.
//
// A word of the query's text matches a word of an item's name or details when they are the same, or nearly so: see MaxEdits. Words are runs of
// letters, digits and marks; case, and the accents of Latin letters, make no difference. A place matches
// within its radius, its edge included, by Place.DistanceKm give or take a metre. A filter by price
// matches no item without one.
//
// Paging meets every item once that stays unchanged from the first page to the last, and may or may not
// meet one that appears, vanishes or changes its place in the order meanwhile.
//
// ErrInvalidPosition for a Position that no page of such a query has; domain.ErrUnavailable when the
// engine throttles, times out, or answers in part or nonsense.
type Search interface {
	Search(ctx context.Context, q Query) (Results, error)
}

// Owners keeps what is known of owners. Implementations are safe for concurrent use. Beside those named
// below, each may return an error that wraps domain.ErrUnavailable.
type Owners interface {
	// Owners returns what is known of each of ids as of the latest acknowledged Merge, by id. One that
	// nothing is known of is the zero Owner with that ID.
	Owners(ctx context.Context, ids []domain.UserID) (map[domain.UserID]Owner, error)

	// Merge adds e to what is known of its owner by Owner.Merge, however many do so at once, and
	// returns the outcome. domain.ErrConflict when others kept winning.
	Merge(ctx context.Context, e OwnerEvent) (Owner, error)
}

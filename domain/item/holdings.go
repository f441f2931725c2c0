package item

import (
	"context"
	"time"

	"rental.example/domain"
)

// Holding is the part of an owner's item that decides whether it is hidden.
type Holding struct {
	ID           ID
	OwnerVersion domain.Version // as Item.OwnerVersion
	CreatedAt    time.Time      // as Item.CreatedAt
	Revision     Revision
}

// Holdings finds and removes the items of one owner in bulk. Implementations are safe for concurrent use. Each method may
// return an error that wraps domain.ErrUnavailable; some items may then have been removed. itemtest.RunHoldings is the
// contract suite.
type Holdings interface {
	// Refresh makes every write acknowledged before the call visible to ListOwned.
	Refresh(ctx context.Context) error

	// ListOwned returns the first limit items of owner, by id, with an OwnerVersion below the given one and an id greater
	// than after. limit is 1 to MaxHoldings. Writes since the last Refresh may be missing.
	ListOwned(ctx context.Context, owner domain.UserID, below domain.Version, after ID, limit int) ([]Holding, error)

	// Remove deletes each of at most MaxHoldings items that still has its Revision. It returns how many it kept, since
	// they have changed; an item that no longer exists counts as removed.
	Remove(ctx context.Context, holdings []Holding) (changed int, err error)
}

// MaxHoldings is how many items Holdings lists or removes in one call. Another call costs the engine more than 1,000
// more items in this one; the response for so many is still small enough.
const MaxHoldings = 5000

package item

import (
	"context"
	"time"

	"rental.example/domain"
)

// Holding is one of an owner's items: as much of it as tells whether it is dead.
type Holding struct {
	ID           ID
	OwnerVersion domain.Version // as the Item's
	CreatedAt    time.Time      // as the Item's
	Revision     Revision
}

// Holdings is the items of one owner, by the thousand. Implementations are safe for concurrent use. Each
// method may return an error that wraps domain.ErrUnavailable, after which it is unknown what was removed.
// itemtest.RunHoldings is the contract in executable form.
type Holdings interface {
	// Refresh has Held see every write of an item that was acknowledged before the call.
	Refresh(ctx context.Context) error

	// Held returns items of owner that were listed under a version of theirs below the given one: the
	// first limit of them behind after, in the order of their ids; an empty after is before all ids. It may
	// lag behind writes that no Refresh has followed. Limit is 1 to MaxHeld.
	ListOwned(ctx context.Context, owner domain.UserID, below domain.Version, after ID, limit int) ([]Holding, error)

	// Remove deletes each of held, at most MaxHeld, that is still in the state which its Revision names.
	// It returns how many are in another state, and stay; one that is gone counts as removed.
	Remove(ctx context.Context, held []Holding) (changed int, err error)
}

// MaxHeld is how many items Holdings finds or removes at once. Each search costs an engine more than a thousand
// more items that it finds; what an engine says of so many still fits into an answer.
const MaxHoldings = 5000

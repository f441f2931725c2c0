package item

import (
	"context"
	"errors"
	"slices"
	"time"

	"rental.example/domain"
)

// What Catalog refuses under names of its own.
var (
	// ErrOwnerDeleted: the caller's profile is gone, as far as is known here.
	ErrOwnerDeleted = &domain.CodedError{Kind: domain.ErrConflict, Code: "owner_deleted",
		Message: "Your profile has been deleted. If you have just made it again, try again in a moment."}
	// ErrKeyReused: another request was made with the same Idempotency-Key.
	ErrKeyReused = &domain.CodedError{Kind: domain.ErrInvalid, Code: "idempotency_key_reused",
		Message: "This Idempotency-Key came with another request before."}
	// ErrTooManyItems: the caller has MaxOwned items.
	ErrTooManyItems = &domain.CodedError{Kind: domain.ErrConflict, Code: "too_many_items",
		Message: "You have 1000 items listed, which is the most. Delete one first."}
)

// MaxOwned is how many items an owner may have listed, so that no one user fills the index. Items that are listed at the
// same moment do not count each other: a few more are possible.
const MaxOwned = 1000

// Listing is an item with what is known of its owner, as people see it.
type WithOwner struct {
	Item  Item
	Owner Owner
}

// Catalog is the items as people see them: joined with their owners, and only while those live. It is safe for
// concurrent use.
type Catalog struct {
	items  Store
	search Search
	owners Owners
}

// NewCatalog makes a Catalog over its ports.
func NewCatalog(items Store, search Search, owners Owners) *Catalog {
	return &Catalog{items: items, search: search, owners: owners}
}

// List puts the caller's item of d into the catalog under id. Where a living item has that id, which
// only a KeyedID can meet, the draft decides: the same is a repetition, and gets the item as it is now
// and created false; another is ErrKeyReused. ErrOwnerDeleted when the caller's profile is gone; ErrTooManyItems when the
// caller has MaxOwned items, unless this is a repetition.
func (c *Catalog) Add(ctx context.Context, id ID, caller domain.Caller, d Draft, s domain.Stamp) (l WithOwner, created bool, err error) {
	owner, err := c.owner(ctx, caller.ID)
	if err != nil {
		return WithOwner{}, false, err
	}
	it, err := New(id, caller, owner, d, s)
	if err != nil {
		return WithOwner{}, false, err
	}
	if owner.IsDeleted() {
		return WithOwner{}, false, ErrOwnerDeleted
	}
	if err := c.room(ctx, it); err != nil {
		return WithOwner{}, false, err
	}
	err = c.items.Create(ctx, it)
	if errors.Is(err, domain.ErrConflict) {
		return c.relist(ctx, it, owner)
	}
	return WithOwner{Item: it, Owner: owner}, err == nil, err
}

// room returns ErrTooManyItems when the owner of it has no room for another one.
func (c *Catalog) room(ctx context.Context, it Item) error {
	owned, err := c.search.Search(ctx, Query{OwnerID: it.OwnerID, Sort: ByNewest, Limit: 1})
	if err != nil || owned.Total.Value < MaxOwned {
		return err
	}
	if _, err := c.items.Get(ctx, it.ID); !errors.Is(err, domain.ErrNotFound) {
		return err // there, so this is a repetition; or unknown
	}
	return ErrTooManyItems
}

// relist settles a creation that has met an item: a dead one is replaced, as if it were not there.
func (c *Catalog) relist(ctx context.Context, it Item, owner Owner) (WithOwner, bool, error) {
	present, err := c.items.Get(ctx, it.ID)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return WithOwner{}, false, domain.ErrConflict // removed in between: the client's next try finds nothing
	case err != nil:
		return WithOwner{}, false, err
	case owner.Hides(present.Item):
		it.Version = max(it.Version, present.Item.Version+1)
		it.CreatedAt = it.Version.Time()
		it.UpdatedAt = it.CreatedAt
		if err := c.items.Replace(ctx, it, present.Revision); err != nil {
			return WithOwner{}, false, err
		}
		return WithOwner{Item: it, Owner: owner}, true, nil
	case present.Item.DraftDigest != it.DraftDigest:
		return WithOwner{}, false, ErrKeyReused
	}
	return WithOwner{Item: present.Item, Owner: owner}, false, nil
}

// Get returns the living item of id, or domain.ErrNotFound.
func (c *Catalog) Get(ctx context.Context, id ID) (WithOwner, error) {
	l, _, err := c.get(ctx, id)
	return l, err
}

func (c *Catalog) get(ctx context.Context, id ID) (WithOwner, Revision, error) {
	stored, err := c.items.Get(ctx, id)
	if err != nil {
		return WithOwner{}, "", err
	}
	owner, err := c.owner(ctx, stored.Item.OwnerID)
	if err != nil {
		return WithOwner{}, "", err
	}
	if owner.Hides(stored.Item) {
		return WithOwner{}, "", domain.ErrNotFound
	}
	return WithOwner{Item: stored.Item, Owner: owner}, stored.Revision, nil
}

// Change applies patch to the caller's item, as often as others write in between, a few times. It fails in
// this order: domain.ErrNotFound; domain.ErrForbidden when it is another's; the problems of patch; cond;
// domain.ErrConflict when others kept winning.
func (c *Catalog) Change(ctx context.Context, id ID, caller domain.Caller, cond domain.Condition, patch Patch, s domain.Stamp) (WithOwner, error) {
	var changed WithOwner
	err := retry(ctx, func() error {
		l, revision, err := c.get(ctx, id)
		if err != nil {
			return err
		}
		if l.Item.OwnerID != caller.ID {
			return domain.ErrForbidden
		}
		next, err := l.Item.Change(patch, s)
		if err != nil {
			return err
		}
		if err := cond.Check(l.Item.Version, true); err != nil {
			return err
		}
		changed = WithOwner{Item: next, Owner: l.Owner}
		if next.Equal(l.Item) {
			return nil
		}
		return c.items.Replace(ctx, next, revision)
	})
	return changed, err
}

// Remove deletes the caller's item, or anybody's for an admin. It fails in this order: domain.ErrNotFound;
// domain.ErrForbidden; cond; domain.ErrConflict when others kept winning.
func (c *Catalog) Remove(ctx context.Context, id ID, caller domain.Caller, cond domain.Condition) error {
	return retry(ctx, func() error {
		l, revision, err := c.get(ctx, id)
		if err != nil {
			return err
		}
		if l.Item.OwnerID != caller.ID && !caller.IsAdmin() {
			return domain.ErrForbidden
		}
		if err := cond.Check(l.Item.Version, true); err != nil {
			return err
		}
		return c.items.Delete(ctx, id, revision)
	})
}

// Found is a page of a search, as people see it.
type SearchPage struct {
	Items   []WithOwner
	Results // of the engine: its Items include dead ones, which Listings leave out
}

// Search finds living items. A page holds fewer than the query's limit where dead ones are left out of
// it; totals and facets count those until they are removed.
func (c *Catalog) Search(ctx context.Context, q Query) (SearchPage, error) {
	results, err := c.search.Search(ctx, q)
	if err != nil || len(results.Items) == 0 {
		return SearchPage{Results: results}, err
	}
	var ids []domain.UserID
	for _, it := range results.Items {
		if !slices.Contains(ids, it.OwnerID) { // a page has few
			ids = append(ids, it.OwnerID)
		}
	}
	owners, err := c.owners.Owners(ctx, ids)
	if err != nil {
		return SearchPage{}, err
	}
	found := SearchPage{Results: results, Items: make([]WithOwner, 0, len(results.Items))}
	for _, it := range results.Items {
		if owner := owners[it.OwnerID]; !owner.Hides(it) {
			found.Items = append(found.Items, WithOwner{Item: it, Owner: owner})
		}
	}
	return found, nil
}

func (c *Catalog) owner(ctx context.Context, id domain.UserID) (Owner, error) {
	owners, err := c.owners.Owners(ctx, []domain.UserID{id})
	return owners[id], err
}

const (
	retryAttempts = 8
	retryBackoff  = 4 * time.Millisecond // before the first repetition at most; doubled for each one
)

// retry repeats what lost a race, reading included, a few times.
func retry(ctx context.Context, once func() error) error {
	return domain.Retry(ctx, retryAttempts, retryBackoff, domain.ErrConflict, once)
}

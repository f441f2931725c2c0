package item

import (
	"context"
	"errors"
	"slices"

	"rental.example/domain"
)

// The coded errors of Catalog.
var (
	// ErrOwnerDeleted: the last known change of the caller's profile is its deletion.
	ErrOwnerDeleted = &domain.CodedError{Kind: domain.ErrConflict, Code: "owner_deleted",
		Message: "Your profile has been deleted. If you have just made it again, try again in a moment."}
	// ErrTooManyItems: the caller has MaxOwned items.
	ErrTooManyItems = &domain.CodedError{Kind: domain.ErrConflict, Code: "too_many_items",
		Message: "You have 1000 items listed, which is the most. Delete one first."}
)

// MaxOwned is how many items an owner may have. Concurrent requests may exceed it by a few.
const MaxOwned = 1000

// WithOwner is an item with its owner.
type WithOwner struct {
	Item  Item
	Owner Owner
}

// Catalog is the items as users see them: joined with their owners, without hidden ones (see Owner.Hides). It is safe for
// concurrent use.
type Catalog struct {
	items  Store
	search Search
	owners Owners
	random func() [10]byte
}

// NewCatalog returns a Catalog that uses these ports. random returns the random part of a new item's id, as
// domain.RandomBits does.
func NewCatalog(items Store, search Search, owners Owners, random func() [10]byte) *Catalog {
	return &Catalog{items: items, search: search, owners: owners, random: random}
}

// Add creates the caller's item of d. If the caller has added an item with key before, an equal draft makes this a retry,
// which returns the existing item and created false; another draft is domain.ErrKeyReused. It returns ErrOwnerDeleted if the
// caller's profile is deleted, and ErrTooManyItems if the caller has MaxOwned items, unless this is a retry.
func (c *Catalog) Add(ctx context.Context, caller domain.Caller, key domain.Key, d Draft, s domain.Stamp) (
	added WithOwner, created bool, err error) {
	id := KeyedID(caller.ID, key)
	if key == "" {
		id = NewID(s.Time, c.random())
	}
	owner, err := c.owner(ctx, caller.ID)
	if err != nil {
		return WithOwner{}, false, err
	}
	i, err := New(id, caller, owner, d, s)
	if err != nil {
		return WithOwner{}, false, err
	}
	if owner.IsDeleted() {
		return WithOwner{}, false, ErrOwnerDeleted
	}
	if err := c.checkLimit(ctx, i); err != nil {
		return WithOwner{}, false, err
	}
	err = c.items.Create(ctx, i)
	if errors.Is(err, domain.ErrConflict) {
		return c.resolveCollision(ctx, i, owner)
	}
	return WithOwner{Item: i, Owner: owner}, err == nil, err
}

// checkLimit returns ErrTooManyItems if i is a new item beyond its owner's MaxOwned.
func (c *Catalog) checkLimit(ctx context.Context, i Item) error {
	owned, err := c.search.Search(ctx, Query{OwnerID: i.OwnerID, Sort: ByNewest, Limit: 1})
	if err != nil || owned.Total.Value < MaxOwned {
		return err
	}
	if _, err := c.items.Get(ctx, i.ID); !errors.Is(err, domain.ErrNotFound) {
		return err // nil if i exists: the request is a retry, and adds no item
	}
	return ErrTooManyItems
}

// resolveCollision returns the result of Add if an item with i's id exists. A hidden one is replaced.
func (c *Catalog) resolveCollision(ctx context.Context, i Item, owner Owner) (WithOwner, bool, error) {
	current, err := c.items.Get(ctx, i.ID)
	switch {
	case errors.Is(err, domain.ErrNotFound):
		return WithOwner{}, false, domain.ErrConflict // deleted since Create; the client retries
	case err != nil:
		return WithOwner{}, false, err
	case owner.Hides(current.Item):
		i.Version = max(i.Version, current.Item.Version+1)
		i.CreatedAt = i.Version.Time()
		i.UpdatedAt = i.CreatedAt
		if err := c.items.Replace(ctx, i, current.Revision); err != nil {
			return WithOwner{}, false, err
		}
		return WithOwner{Item: i, Owner: owner}, true, nil
	case current.Item.DraftDigest != i.DraftDigest:
		return WithOwner{}, false, domain.ErrKeyReused
	}
	return WithOwner{Item: current.Item, Owner: owner}, false, nil
}

// Get returns the item, or domain.ErrNotFound if there is none or it is hidden.
func (c *Catalog) Get(ctx context.Context, id ID) (WithOwner, error) {
	found, _, err := c.get(ctx, id)
	return found, err
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

// Change applies patch to the caller's item, with retries after concurrent writes. Its errors, in this order:
// domain.ErrNotFound; domain.ErrForbidden if the item is another user's; a *domain.ValidationError of patch; the error of
// cond; domain.ErrConflict if all attempts lost to other writes.
func (c *Catalog) Change(ctx context.Context, id ID, caller domain.Caller, cond domain.Condition, patch Patch, s domain.Stamp) (WithOwner, error) {
	var changed WithOwner
	err := domain.RetryConflicts(ctx, func() error {
		current, revision, err := c.get(ctx, id)
		if err != nil {
			return err
		}
		if current.Item.OwnerID != caller.ID {
			return domain.ErrForbidden
		}
		next, err := current.Item.Change(patch, s)
		if err != nil {
			return err
		}
		if err := cond.Check(current.Item.Version, true); err != nil {
			return err
		}
		changed = WithOwner{Item: next, Owner: current.Owner}
		if next.Equal(current.Item) {
			return nil
		}
		return c.items.Replace(ctx, next, revision)
	})
	return changed, err
}

// Remove deletes the caller's item; an admin may delete any item. Its errors, in this order: domain.ErrNotFound;
// domain.ErrForbidden; the error of cond; domain.ErrConflict if all attempts lost to other writes.
func (c *Catalog) Remove(ctx context.Context, id ID, caller domain.Caller, cond domain.Condition) error {
	return domain.RetryConflicts(ctx, func() error {
		current, revision, err := c.get(ctx, id)
		if err != nil {
			return err
		}
		if current.Item.OwnerID != caller.ID && !caller.IsAdmin() {
			return domain.ErrForbidden
		}
		if err := cond.Check(current.Item.Version, true); err != nil {
			return err
		}
		return c.items.Delete(ctx, id, revision)
	})
}

// SearchPage is a page of search results without hidden items.
type SearchPage struct {
	Items      []WithOwner
	Next       *Position // nil on the last page
	Total      Total     // includes hidden items, as Categories and Tags do
	Categories []Facet   // on the first page only
	Tags       []Facet   // on the first page only
}

// Search returns a page of q. It has fewer items than the limit if some are hidden; totals and facets count hidden items
// until they are removed.
func (c *Catalog) Search(ctx context.Context, q Query) (SearchPage, error) {
	results, err := c.search.Search(ctx, q)
	page := SearchPage{Next: results.Next, Total: results.Total, Categories: results.Categories, Tags: results.Tags}
	if err != nil || len(results.Items) == 0 {
		return page, err
	}
	var ids []domain.UserID
	for _, i := range results.Items {
		if !slices.Contains(ids, i.OwnerID) { // at most MaxLimit
			ids = append(ids, i.OwnerID)
		}
	}
	owners, err := c.owners.Owners(ctx, ids)
	if err != nil {
		return SearchPage{}, err
	}
	page.Items = make([]WithOwner, 0, len(results.Items))
	for _, i := range results.Items {
		if owner := owners[i.OwnerID]; !owner.Hides(i) {
			page.Items = append(page.Items, WithOwner{Item: i, Owner: owner})
		}
	}
	return page, nil
}

func (c *Catalog) owner(ctx context.Context, id domain.UserID) (Owner, error) {
	owners, err := c.owners.Owners(ctx, []domain.UserID{id})
	return owners[id], err
}

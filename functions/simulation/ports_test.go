package simulation_test

import (
	"context"

	"rental.example/adapters/memory/memoryitems"
	"rental.example/adapters/memory/memoryusers"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
)

// users, items and owners are the stores in memory with a pause and a random outcome for each call.

type users struct {
	*memoryusers.Store
	world *world
}

func (u users) Get(ctx context.Context, id domain.UserID) (user.Profile, error) {
	return call(ctx, true, "users.Get", func() (user.Profile, error) { return u.Store.Get(ctx, id) })
}

type saveResult struct {
	profile user.Profile
	created bool
}

func (u users) Save(ctx context.Context, p user.Profile, cond domain.Condition) (user.Profile, bool, error) {
	s, err := call(ctx, true, "users.Save", func() (s saveResult, err error) {
		s.profile, s.created, err = u.Store.Save(ctx, p, cond)
		return s, u.ambiguous(ctx, p.ID, err)
	})
	return s.profile, s.created, err
}

// ambiguous returns the error that dynamousers.Store returns instead of err: after a write of the same request and one of
// another request, it cannot know whether the first one succeeded.
func (u users) ambiguous(ctx context.Context, id domain.UserID, err error) error {
	if p := processOf(ctx); err != nil && len(u.world.writes(p.id, id)) > 0 && u.world.last(id).requestID != p.id {
		return domain.ErrUnavailable
	}
	return err
}

func (u users) Delete(ctx context.Context, id domain.UserID, cond domain.Condition, s domain.Stamp) (user.Tombstone, error) {
	return call(ctx, true, "users.Delete", func() (user.Tombstone, error) {
		t, err := u.Store.Delete(ctx, id, cond, s)
		return t, u.ambiguous(ctx, id, err)
	})
}

func (u users) Scan(ctx context.Context, after string, limit int) (user.ScanPage, error) {
	return call(ctx, true, "users.Scan", func() (user.ScanPage, error) { return u.Store.Scan(ctx, after, limit) })
}

func (u users) BumpVersion(ctx context.Context, s user.Record, stamp domain.Stamp) (user.Record, error) {
	return call(ctx, false, "users.BumpVersion", func() (user.Record, error) { return u.Store.BumpVersion(ctx, s, stamp) })
}

type items struct {
	*memoryitems.Items
	world *world
}

func (i items) Get(ctx context.Context, id item.ID) (item.Stored, error) {
	return call(ctx, true, "items.Get", func() (item.Stored, error) { return i.Items.Get(ctx, id) })
}

func (i items) Create(ctx context.Context, itm item.Item) error {
	return callErr(ctx, true, "items.Create", func() error {
		err := i.Items.Create(ctx, itm)
		i.world.recordCreation(ctx, itm, err)
		return err
	})
}

func (i items) Replace(ctx context.Context, itm item.Item, ifRevision item.Revision) error {
	return callErr(ctx, false, "items.Replace", func() error {
		err := i.Items.Replace(ctx, itm, ifRevision)
		i.world.recordCreation(ctx, itm, err)
		return err
	})
}

func (i items) Delete(ctx context.Context, id item.ID, ifRevision item.Revision) error {
	return callErr(ctx, false, "items.Delete", func() error { return i.Items.Delete(ctx, id, ifRevision) })
}

func (i items) Search(ctx context.Context, q item.Query) (item.Results, error) {
	return call(ctx, true, "items.Search", func() (item.Results, error) { return i.Items.Search(ctx, q) })
}

func (i items) Refresh(ctx context.Context) error {
	return callErr(ctx, true, "items.Refresh", func() error { return i.Items.Refresh(ctx) })
}

func (i items) ListOwned(ctx context.Context, owner domain.UserID, below domain.Version, after item.ID, limit int) ([]item.Holding, error) {
	return call(ctx, true, "items.ListOwned", func() ([]item.Holding, error) { return i.Items.ListOwned(ctx, owner, below, after, limit) })
}

func (i items) Remove(ctx context.Context, holdings []item.Holding) (int, error) {
	return call(ctx, true, "items.Remove", func() (int, error) { return i.Items.Remove(ctx, holdings) })
}

type owners struct {
	memory *memoryitems.Owners
	world  *world
}

func (o *owners) Owners(ctx context.Context, ids []domain.UserID) (map[domain.UserID]item.Owner, error) {
	return call(ctx, true, "owners.Owners", func() (map[domain.UserID]item.Owner, error) { return o.memory.Owners(ctx, ids) })
}

// Merge pauses between its read and its write, too: see loseOwners.
func (o *owners) Merge(ctx context.Context, e item.OwnerEvent) (item.Owner, error) {
	return call(ctx, true, "owners.Merge", func() (item.Owner, error) {
		store := o.memory
		owner, err := store.Merge(ctx, e)
		if err == nil && store == o.memory { // not lost in the meantime
			o.world.recordMerge(e, owner)
		}
		return owner, err
	})
}

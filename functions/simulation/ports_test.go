package simulation_test

import (
	"context"

	"rental.example/adapters/memory"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
)

// The ports, each call of which is a step.

type users struct {
	*memory.Users
	world *world
}

func (u users) Get(ctx context.Context, id domain.UserID) (user.Profile, error) {
	return call(ctx, true, "users.Get", func() (user.Profile, error) { return u.Users.Get(ctx, id) })
}

type saving struct {
	profile user.Profile
	created bool
}

func (u users) Save(ctx context.Context, p user.Profile, cond domain.Condition) (user.Profile, bool, error) {
	s, err := call(ctx, true, "users.Save", func() (s saving, err error) {
		s.profile, s.created, err = u.Users.Save(ctx, p, cond)
		return s, u.doubt(ctx, p.ID, err)
	})
	return s.profile, s.created, err
}

// doubt is what dynamo.Users makes of a refusal: where a write of this very request has taken effect, and
// another's since, nobody can tell.
func (u users) doubt(ctx context.Context, id domain.UserID, err error) error {
	if p := processOf(ctx); err != nil && u.world.wrote(p.id, id) && u.world.lastWriter(id) != p.id {
		return domain.ErrUnavailable
	}
	return err
}

func (u users) Delete(ctx context.Context, id domain.UserID, cond domain.Condition, s domain.Stamp) (user.Tombstone, error) {
	return call(ctx, true, "users.Delete", func() (user.Tombstone, error) {
		t, err := u.Users.Delete(ctx, id, cond, s)
		return t, u.doubt(ctx, id, err)
	})
}

func (u users) Scan(ctx context.Context, after string, limit int) (user.ScanPage, error) {
	return call(ctx, true, "users.Scan", func() (user.ScanPage, error) { return u.Users.Scan(ctx, after, limit) })
}

func (u users) BumpVersion(ctx context.Context, s user.Record, stamp domain.Stamp) (user.Record, error) {
	return call(ctx, false, "users.BumpVersion", func() (user.Record, error) { return u.Users.BumpVersion(ctx, s, stamp) })
}

type items struct {
	*memory.Items
	world *world
}

func (i items) Get(ctx context.Context, id item.ID) (item.Stored, error) {
	return call(ctx, true, "items.Get", func() (item.Stored, error) { return i.Items.Get(ctx, id) })
}

func (i items) Create(ctx context.Context, it item.Item) error {
	_, err := call(ctx, true, "items.Create", func() (struct{}, error) {
		err := i.Items.Create(ctx, it)
		i.world.noteBirth(ctx, it, err)
		return struct{}{}, err
	})
	return err
}

func (i items) Replace(ctx context.Context, it item.Item, over item.Revision) error {
	_, err := call(ctx, false, "items.Replace", func() (struct{}, error) {
		err := i.Items.Replace(ctx, it, over)
		i.world.noteBirth(ctx, it, err)
		return struct{}{}, err
	})
	return err
}

func (i items) Delete(ctx context.Context, id item.ID, over item.Revision) error {
	_, err := call(ctx, false, "items.Delete", func() (struct{}, error) { return struct{}{}, i.Items.Delete(ctx, id, over) })
	return err
}

func (i items) Search(ctx context.Context, q item.Query) (item.Results, error) {
	return call(ctx, true, "items.Search", func() (item.Results, error) { return i.Items.Search(ctx, q) })
}

func (i items) Refresh(ctx context.Context) error {
	_, err := call(ctx, true, "items.Refresh", func() (struct{}, error) { return struct{}{}, i.Items.Refresh(ctx) })
	return err
}

func (i items) ListOwned(ctx context.Context, owner domain.UserID, below domain.Version, after item.ID, limit int) ([]item.Holding, error) {
	return call(ctx, true, "items.ListOwned", func() ([]item.Holding, error) { return i.Items.ListOwned(ctx, owner, below, after, limit) })
}

func (i items) Remove(ctx context.Context, held []item.Holding) (int, error) {
	return call(ctx, true, "items.Remove", func() (int, error) { return i.Items.Remove(ctx, held) })
}

type owners struct {
	memory *memory.Owners
	world  *world
}

func (o *owners) Owners(ctx context.Context, ids []domain.UserID) (map[domain.UserID]item.Owner, error) {
	return call(ctx, true, "owners.Owners", func() (map[domain.UserID]item.Owner, error) { return o.memory.Owners(ctx, ids) })
}

// Merge reads and writes: others go on in between, too.
func (o *owners) Merge(ctx context.Context, e item.OwnerEvent) (item.Owner, error) {
	return call(ctx, true, "owners.Merge", func() (item.Owner, error) {
		index := o.memory
		owner, err := index.Merge(ctx, e)
		if err == nil && index == o.memory { // which may have been lost meanwhile
			o.world.noteMerge(ctx, e, owner)
		}
		return owner, err
	})
}

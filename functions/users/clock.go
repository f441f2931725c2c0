package users

import (
	"context"

	"rental.example/adapters/lambdafn"
	"rental.example/domain"
	"rental.example/domain/user"
)

// clockedStore is a user.Store that logs clock skew after each write.
type clockedStore struct {
	user.Store
	clock lambdafn.Clock
}

// Save implements user.Store.
func (c clockedStore) Save(ctx context.Context, p user.Profile, cond domain.Condition) (user.Profile, bool, error) {
	saved, created, err := c.Store.Save(ctx, p, cond)
	if err == nil {
		c.clock.LogSkew(ctx, saved.Version)
	}
	return saved, created, err
}

// Delete implements user.Store.
func (c clockedStore) Delete(ctx context.Context, id domain.UserID, cond domain.Condition, s domain.Stamp) (
	user.Tombstone, error) {
	tombstone, err := c.Store.Delete(ctx, id, cond, s)
	if err == nil {
		c.clock.LogSkew(ctx, tombstone.Version)
	}
	return tombstone, err
}

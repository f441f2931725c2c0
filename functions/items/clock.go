package items

import (
	"context"

	"rental.example/adapters/lambdafn"
	"rental.example/domain/item"
)

// clockedStore is an item.Store that logs clock skew after each change. The version of a new item is the time of the clock.
type clockedStore struct {
	item.Store
	clock lambdafn.Clock
}

// Replace implements item.Store.
func (c clockedStore) Replace(ctx context.Context, i item.Item, ifRevision item.Revision) error {
	err := c.Store.Replace(ctx, i, ifRevision)
	if err == nil {
		c.clock.LogSkew(ctx, i.Version)
	}
	return err
}

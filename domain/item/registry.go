package item

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rental.example/domain"
)

// ErrUnsettled tells that a deletion has been merged and the owner's dead items are removed, but that a
// request which knew nothing of it may still be adding one: the event has to come again.
var ErrRedeliver = errors.New("requests from before the deletion may still be running")

// Registry keeps what is known of owners up to date, and removes the items of those who are gone. That is
// cleaning up: a Catalog shows none of these items from the moment when the deletion is merged. It is safe for
// concurrent use.
type Registry struct {
	owners   Owners
	holdings Holdings
	settling time.Duration
	now      func() time.Time
}

// NewRegistry makes a Registry over its ports. settling is longer than any function may run that lists items,
// and any that merges, together: that much later, no request is left that has read an owner before the
// merge of a deletion.
func NewRegistry(owners Owners, holdings Holdings, settling time.Duration, now func() time.Time) *Registry {
	return &Registry{owners: owners, holdings: holdings, settling: settling, now: now}
}

// Applied is what an event led to.
type Applied struct {
	Owner   Owner // as it is known now
	Removed int   // items
}

// Apply merges e, and where it tells of a deletion removes the owner's dead items. Whatever its error, the event may be
// applied again, at any time and beside others: ErrUnsettled when it must be, the errors of OwnerEvent.Check,
// Owners.Merge and Holdings when something went wrong, domain.ErrConflict when others kept changing items that are
// dead.
//
// An event of a deletion that is not the owner's last needs no removal: the event of the last one is acknowledged only
// after all items from before it are removed, and so all from before this one. So a user who deletes and creates a
// profile over and over prolongs no event's way.
func (r *Registry) Apply(ctx context.Context, e OwnerEvent) (Applied, error) {
	e.Received = r.now()
	if err := e.Check(e.Received); err != nil {
		return Applied{}, err
	}
	owner, err := r.owners.Merge(ctx, e)
	if err != nil || e.LatestDeletion() == 0 || e.LatestDeletion() < owner.LastDeleted {
		return Applied{Owner: owner}, err
	}
	settled := r.now().Sub(owner.DeletionReceived) > r.settling
	done := Applied{Owner: owner}
	err = retry(ctx, func() error {
		removed, err := r.sweep(ctx, owner, settled)
		done.Removed += removed
		return err
	})
	if err == nil && !settled {
		err = ErrRedeliver
	}
	return done, err
}

// sweep removes the dead items of owner. Until the deletion is settled, it spares those that were listed
// after it: the news that the profile was made again may be on its way, and would show them. That news may come
// while it is at work, so it looks again before it removes.
func (r *Registry) sweep(ctx context.Context, owner Owner, settled bool) (removed int, err error) {
	if err := r.holdings.Refresh(ctx); err != nil {
		return 0, err
	}
	changed := 0
	for after := ID(""); ; {
		held, err := r.holdings.ListOwned(ctx, owner.ID, owner.LastDeleted, after, MaxHoldings)
		if err != nil {
			return removed, err
		}
		dead, err := r.dead(ctx, owner, held, settled)
		if err != nil {
			return removed, err
		}
		if len(dead) > 0 {
			stayed, err := r.holdings.Remove(ctx, dead)
			if err != nil {
				return removed, err
			}
			removed, changed = removed+len(dead)-stayed, changed+stayed
		}
		if len(held) < MaxHoldings {
			break
		}
		after = held[len(held)-1].ID
	}
	if changed > 0 {
		return removed, fmt.Errorf("%d items changed while they were removed: %w", changed, domain.ErrConflict)
	}
	return removed, nil
}

// dead are those of held that owner buried and, by what is known now, still does.
func (r *Registry) dead(ctx context.Context, owner Owner, held []Holding, settled bool) (dead []Holding, err error) {
	if len(held) == 0 {
		return nil, nil
	}
	known, err := r.owners.Owners(ctx, []domain.UserID{owner.ID})
	if err != nil {
		return nil, err
	}
	now := known[owner.ID]
	for _, h := range held {
		buried := owner.hides(h.OwnerVersion, h.CreatedAt) && now.hides(h.OwnerVersion, h.CreatedAt)
		if buried && (settled || owner.deletedAfter(h.CreatedAt)) {
			dead = append(dead, h)
		}
	}
	return dead, nil
}

package item

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rental.example/domain"
)

// ErrRedeliver: the deletion is applied, but requests that read the owner before may still be creating items. The event
// must be delivered again after the grace period.
var ErrRedeliver = errors.New("deletion applied, deliver the event again")

// Registry keeps owners up to date and removes the items of deleted owners. Catalog hides these from the moment the
// deletion is merged, so removal may be late. It is safe for concurrent use.
type Registry struct {
	owners      Owners
	holdings    Holdings
	gracePeriod time.Duration
	now         func() time.Time
}

// NewRegistry returns a Registry that uses these ports. gracePeriod must exceed the sum of the timeouts of the functions
// that create items and that merge events: no request that read the owner before a deletion was merged runs longer.
func NewRegistry(owners Owners, holdings Holdings, gracePeriod time.Duration, now func() time.Time) *Registry {
	return &Registry{owners: owners, holdings: holdings, gracePeriod: gracePeriod, now: now}
}

// Applied is the result of an event.
type Applied struct {
	Owner   Owner // after the merge
	Removed int   // items
}

// Apply merges e and, if it reports the owner's last deletion, removes the items that it hides. It returns ErrRedeliver
// until the grace period has passed, the errors of OwnerEvent.Check, Owners.Merge and Holdings, and domain.ErrConflict if
// hidden items kept changing. After any error, e may be applied again, also concurrently.
//
// The event of an earlier deletion needs no removal: the event of the last one removes these items too, before it is
// acknowledged. So repeated deletions delay no event.
func (r *Registry) Apply(ctx context.Context, e OwnerEvent) (Applied, error) {
	e.Received = r.now()
	if err := e.Check(e.Received); err != nil {
		return Applied{}, err
	}
	owner, err := r.owners.Merge(ctx, e)
	if err != nil || e.LatestDeletion() == 0 || e.LatestDeletion() < owner.LastDeleted {
		return Applied{Owner: owner}, err
	}
	graceOver := r.now().Sub(owner.DeletionReceived) > r.gracePeriod
	result := Applied{Owner: owner}
	err = retry(ctx, func() error {
		removed, err := r.removeHidden(ctx, owner, graceOver)
		result.Removed += removed
		return err
	})
	if err == nil && !graceOver {
		err = ErrRedeliver
	}
	return result, err
}

// removeHidden removes the items that owner hides. It returns domain.ErrConflict if some changed in the meantime.
func (r *Registry) removeHidden(ctx context.Context, owner Owner, graceOver bool) (removed int, err error) {
	if err := r.holdings.Refresh(ctx); err != nil {
		return 0, err
	}
	changed := 0
	for after := ID(""); ; {
		page, err := r.holdings.ListOwned(ctx, owner.ID, owner.LastDeleted, after, MaxHoldings)
		if err != nil {
			return removed, err
		}
		hidden, err := r.removable(ctx, owner, page, graceOver)
		if err != nil {
			return removed, err
		}
		if len(hidden) > 0 {
			skipped, err := r.holdings.Remove(ctx, hidden)
			if err != nil {
				return removed, err
			}
			removed, changed = removed+len(hidden)-skipped, changed+skipped
		}
		if len(page) < MaxHoldings {
			break
		}
		after = page[len(page)-1].ID
	}
	if changed > 0 {
		return removed, fmt.Errorf("%d items changed while they were removed: %w", changed, domain.ErrConflict)
	}
	return removed, nil
}

// removable returns the candidates that owner hides and that the owner's current record, read after them, still hides.
// During the grace period it skips those created after the deletion: an event that the profile was created again may be
// in flight and would make them visible.
func (r *Registry) removable(ctx context.Context, owner Owner, candidates []Holding, graceOver bool) (hidden []Holding, err error) {
	if len(candidates) == 0 {
		return nil, nil
	}
	owners, err := r.owners.Owners(ctx, []domain.UserID{owner.ID})
	if err != nil {
		return nil, err
	}
	current := owners[owner.ID]
	for _, h := range candidates {
		isHidden := owner.hides(h.OwnerVersion, h.CreatedAt) && current.hides(h.OwnerVersion, h.CreatedAt)
		if isHidden && (graceOver || owner.deletedSince(h.CreatedAt)) {
			hidden = append(hidden, h)
		}
	}
	return hidden, nil
}

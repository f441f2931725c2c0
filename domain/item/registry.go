package item

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rental.example/domain"
)

// ErrRedeliver: the deletion is applied, but requests that read the owner before this merge may still create items. The
// event must be delivered again after the grace period.
var ErrRedeliver = errors.New("deletion applied, deliver the event again")

// Registry keeps owners up to date and removes hidden items. Catalog hides these from the moment the deletion is merged, so
// removal may be late. Registry is safe for concurrent use.
type Registry struct {
	owners      Owners
	holdings    Holdings
	gracePeriod time.Duration
	now         func() time.Time
}

// NewRegistry returns a Registry that uses these ports.
//
// The grace period starts when the first merge of the deletion begins. A request may read the owner until that merge ends
// (one timeout) and then run for its own timeout; gracePeriod must exceed both together.
func NewRegistry(owners Owners, holdings Holdings, gracePeriod time.Duration, now func() time.Time) *Registry {
	return &Registry{owners: owners, holdings: holdings, gracePeriod: gracePeriod, now: now}
}

// Applied is the result of an event.
type Applied struct {
	Owner   Owner // after the merge
	Removed int   // items
}

// Apply merges e. If e is the owner's last deletion, or a profile event whose LastDeleted is that deletion, Apply also
// removes the hidden items, and returns ErrRedeliver until the grace period is over. Its other errors are those of
// OwnerEvent.Check, Owners.Merge and Holdings, and domain.ErrConflict if hidden items kept changing. After any error, e may
// be applied again, also concurrently.
//
// The event of an earlier deletion needs no removal: the event of the last one removes these items too, before it is
// acknowledged. So repeated deletions delay no event.
func (r *Registry) Apply(ctx context.Context, e OwnerEvent) (Applied, error) {
	e.Received = r.now()
	if err := e.Check(e.Received); err != nil {
		return Applied{}, err
	}
	owner, err := r.owners.Merge(ctx, e)
	// No deletion, or an earlier one: nothing to remove.
	if err != nil || e.ReportedDeletion() == 0 || e.ReportedDeletion() < owner.LastDeleted {
		return Applied{Owner: owner}, err
	}
	// Before the removal: one that begins in the grace period may miss items.
	gracePeriodOver := r.now().Sub(owner.DeletionReceived) > r.gracePeriod
	result := Applied{Owner: owner}
	err = domain.RetryConflicts(ctx, func() error {
		removed, err := r.removeHidden(ctx, owner, gracePeriodOver)
		result.Removed += removed
		return err
	})
	if err == nil && !gracePeriodOver {
		err = ErrRedeliver
	}
	return result, err
}

// removeHidden removes the hidden items of owner. It returns domain.ErrConflict if some changed in the meantime.
func (r *Registry) removeHidden(ctx context.Context, owner Owner, gracePeriodOver bool) (removed int, err error) {
	if err := r.holdings.Refresh(ctx); err != nil {
		return 0, err
	}
	totalChanged := 0
	for after := ID(""); ; {
		page, err := r.holdings.ListOwned(ctx, owner.ID, owner.LastDeleted, after, MaxHoldings)
		if err != nil {
			return removed, err
		}
		removable, err := r.removable(ctx, owner, page, gracePeriodOver)
		if err != nil {
			return removed, err
		}
		if len(removable) > 0 {
			changed, err := r.holdings.Remove(ctx, removable)
			if err != nil {
				return removed, err
			}
			removed, totalChanged = removed+len(removable)-changed, totalChanged+changed
		}
		if len(page) < MaxHoldings {
			break
		}
		after = page[len(page)-1].ID
	}
	if totalChanged > 0 {
		return removed, fmt.Errorf("%d items changed while they were removed: %w", totalChanged, domain.ErrConflict)
	}
	return removed, nil
}

// removable returns the candidates that are hidden items of owner, and still are by the owner's current record, read after
// them. Until the grace period is over, it keeps items created after the deletion: the event of a recreated profile may be
// in flight and would make them visible. After it, they are removed as well.
func (r *Registry) removable(ctx context.Context, owner Owner, candidates []Holding, gracePeriodOver bool) (removable []Holding, err error) {
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
		if isHidden && (gracePeriodOver || owner.deletedSince(h.CreatedAt)) {
			removable = append(removable, h)
		}
	}
	return removable, nil
}

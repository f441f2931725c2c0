package user

import (
	"context"
	"errors"

	"rental.example/domain"
)

// Update reads the profile, applies change and saves the result unless another write came between; then it retries, so
// change may run more than once. An unchanged profile is not saved.
//
// It returns the errors of Get, change, cond.Check and Save, in this order; domain.ErrConflict if all attempts lost to
// other writes.
func Update(ctx context.Context, store Store, id domain.UserID, cond domain.Condition,
	change func(Profile) (Profile, error)) (saved Profile, err error) {
	err = domain.RetryConflicts(ctx, func() error {
		saved, err = update(ctx, store, id, cond, change)
		return err
	})
	return saved, err
}

func update(ctx context.Context, store Store, id domain.UserID, cond domain.Condition,
	change func(Profile) (Profile, error)) (Profile, error) {
	current, err := store.Get(ctx, id)
	if err != nil {
		return Profile{}, err
	}
	next, err := change(current)
	if err != nil {
		return Profile{}, err
	}
	if err := cond.Check(current.Version, true); err != nil {
		return Profile{}, err
	}
	if next.Equal(current) {
		return current, nil
	}
	saved, _, err := store.Save(ctx, next, domain.MustBe(current.Version))
	if errors.Is(err, domain.ErrPreconditionFailed) { // another write since Get
		return Profile{}, domain.ErrConflict
	}
	return saved, err
}

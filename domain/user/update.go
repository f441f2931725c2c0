package user

import (
	"context"
	"errors"
	"time"

	"rental.example/domain"
)

const (
	updateAttempts = 8
	updateBackoff  = 4 * time.Millisecond // before the first repetition at most; doubled for each one
)

// Update reads the profile of id, applies change and saves what comes out, provided that nobody wrote
// in between; else it begins again, a few times. So no update is lost, and change may run more than
// once. A profile that change returns as it was is not written.
//
// It fails as Get, change, cond.Check and Save do, in this order; domain.ErrConflict when other
// writers kept winning.
func Update(ctx context.Context, store Store, id domain.UserID, cond domain.Condition,
	change func(Profile) (Profile, error)) (saved Profile, err error) {
	err = domain.Retry(ctx, updateAttempts, updateBackoff, errOvertaken, func() error {
		saved, err = update(ctx, store, id, cond, change)
		return err
	})
	if errors.Is(err, errOvertaken) {
		return Profile{}, domain.ErrConflict
	}
	return saved, err
}

// errOvertaken is the loss of one race.
var errOvertaken = errors.New("overtaken by another write")

func update(ctx context.Context, store Store, id domain.UserID, cond domain.Condition,
	change func(Profile) (Profile, error)) (Profile, error) {
	present, err := store.Get(ctx, id)
	if err != nil {
		return Profile{}, err
	}
	next, err := change(present)
	if err != nil {
		return Profile{}, err
	}
	if err := cond.Check(present.Version, true); err != nil {
		return Profile{}, err
	}
	if next == present {
		return present, nil
	}
	saved, _, err := store.Save(ctx, next, domain.MustBe(present.Version))
	if errors.Is(err, domain.ErrPreconditionFailed) || errors.Is(err, domain.ErrConflict) {
		return Profile{}, errOvertaken
	}
	return saved, err
}

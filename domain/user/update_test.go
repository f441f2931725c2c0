package user_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

// scripted is a store that records calls and returns errs from Save, one after the other.
type scripted struct {
	user.Store
	current user.Profile
	getErr  error
	errs    []error
	calls   []string
	saved   user.Profile
	cond    domain.Condition
}

func (s *scripted) Get(context.Context, domain.UserID) (user.Profile, error) {
	s.calls = append(s.calls, "get")
	return s.current, s.getErr
}

func (s *scripted) Save(_ context.Context, p user.Profile, cond domain.Condition) (user.Profile, bool, error) {
	s.calls = append(s.calls, "save")
	s.saved, s.cond = p, cond
	if len(s.errs) > 0 {
		err := s.errs[0]
		s.errs = s.errs[1:]
		return user.Profile{}, false, err
	}
	return p, false, nil
}

func (s *scripted) rename(p user.Profile) (user.Profile, error) {
	s.calls = append(s.calls, "change")
	name := "Joan"
	return p.Change(jane(), user.Patch{Name: domain.Some(name)}, stamp(time.Hour, "request-2"))
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	store := &scripted{current: newProfile(t)}
	got, err := user.Update(t.Context(), store, jane().ID, domain.Condition{}, store.rename)
	if err != nil || got.Name != "Joan" || got != store.saved {
		t.Errorf("Update = %+v, %v", got, err)
	}
	if versions, _ := store.cond.Versions(); !slices.Equal(versions, []domain.Version{store.current.Version}) {
		t.Errorf("saved if the version is one of %v, want the version read", versions)
	}
	if want := []string{"get", "change", "save"}; !slices.Equal(store.calls, want) {
		t.Errorf("calls %v, want %v", store.calls, want)
	}
}

// TestUpdateErrors has several causes at once, then fewer and fewer.
func TestUpdateErrors(t *testing.T) {
	t.Parallel()
	changeErr := errors.New("error of change")
	stale := domain.MustBe(1)
	fail := func(user.Profile) (user.Profile, error) { return user.Profile{}, changeErr }
	keep := func(p user.Profile) (user.Profile, error) { return p, nil }
	tests := map[string]struct {
		getErr error
		change func(user.Profile) (user.Profile, error)
		cond   domain.Condition
		want   error
	}{
		"missing":        {domain.ErrNotFound, fail, stale, domain.ErrNotFound},
		"unavailable":    {domain.ErrUnavailable, fail, stale, domain.ErrUnavailable},
		"change":         {nil, fail, stale, changeErr},
		"condition":      {nil, keep, stale, domain.ErrPreconditionFailed},
		"must not exist": {nil, keep, domain.MustNotExist(), domain.ErrPreconditionFailed},
		"no change":      {nil, keep, domain.MustExist(), nil},
	}
	for name, test := range tests {
		store := &scripted{current: newProfile(t), getErr: test.getErr}
		_, err := user.Update(t.Context(), store, jane().ID, test.cond, test.change)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: Update = %v, want %v", name, err, test.want)
		}
		if want := []string{"get"}; !slices.Equal(store.calls, want) {
			t.Errorf("%s: calls %v, want %v", name, store.calls, want)
		}
	}
}

func TestUpdateRetries(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		errs   []error // of Save
		want   error
		rounds int
	}{
		"conflicts":      {[]error{domain.ErrPreconditionFailed, domain.ErrConflict}, nil, 3},
		"only conflicts": {slices.Repeat([]error{domain.ErrPreconditionFailed}, 100), domain.ErrConflict, 8},
		"not found":      {[]error{domain.ErrNotFound}, domain.ErrNotFound, 1},
		"unavailable":    {[]error{domain.ErrUnavailable}, domain.ErrUnavailable, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			store := &scripted{current: newProfile(t), errs: test.errs}
			_, err := user.Update(t.Context(), store, jane().ID, domain.Condition{}, store.rename)
			if !errors.Is(err, test.want) || len(store.calls) != 3*test.rounds {
				t.Errorf("%s: Update = %v after %d calls; want %v after %d rounds", name, err, len(store.calls), test.want, test.rounds)
			}
		})
	}
}

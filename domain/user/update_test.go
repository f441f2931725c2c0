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

// scripted is a store that notes what is asked of it and answers Save with its errors, one by one.
type scripted struct {
	user.Store
	present user.Profile
	getErr  error
	errs    []error
	calls   []string
	saved   user.Profile
	cond    domain.Condition
}

func (s *scripted) Get(context.Context, domain.UserID) (user.Profile, error) {
	s.calls = append(s.calls, "get")
	return s.present, s.getErr
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

func TestUpdateSavesOverWhatItRead(t *testing.T) {
	t.Parallel()
	store := &scripted{present: newProfile(t)}
	got, err := user.Update(t.Context(), store, jane().ID, domain.Condition{}, store.rename)
	if err != nil || got.Name != "Joan" || got != store.saved {
		t.Errorf("Update = %+v, %v", got, err)
	}
	if versions, _ := store.cond.Versions(); !slices.Equal(versions, []domain.Version{store.present.Version}) {
		t.Errorf("saved over versions %v, want the one that was read", versions)
	}
	if want := []string{"get", "change", "save"}; !slices.Equal(store.calls, want) {
		t.Errorf("calls %v, want %v", store.calls, want)
	}
}

// TestUpdateFailsInOrder has everything wrong at once, then ever less.
func TestUpdateFailsInOrder(t *testing.T) {
	t.Parallel()
	refusal := errors.New("refused by the change")
	stale := domain.MustBe(1)
	refuse := func(user.Profile) (user.Profile, error) { return user.Profile{}, refusal }
	keep := func(p user.Profile) (user.Profile, error) { return p, nil }
	tests := map[string]struct {
		getErr error
		change func(user.Profile) (user.Profile, error)
		cond   domain.Condition
		want   error
	}{
		"nobody":         {domain.ErrNotFound, refuse, stale, domain.ErrNotFound},
		"unavailable":    {domain.ErrUnavailable, refuse, stale, domain.ErrUnavailable},
		"change":         {nil, refuse, stale, refusal},
		"condition":      {nil, keep, stale, domain.ErrPreconditionFailed},
		"must be nobody": {nil, keep, domain.MustNotExist(), domain.ErrPreconditionFailed},
		"nothing to do":  {nil, keep, domain.MustExist(), nil},
	}
	for name, test := range tests {
		store := &scripted{present: newProfile(t), getErr: test.getErr}
		_, err := user.Update(t.Context(), store, jane().ID, test.cond, test.change)
		if !errors.Is(err, test.want) {
			t.Errorf("%s: Update = %v, want %v", name, err, test.want)
		}
		if want := []string{"get"}; !slices.Equal(store.calls, want) {
			t.Errorf("%s: calls %v, want %v", name, store.calls, want)
		}
	}
}

func TestUpdateBeginsAgainWhenOvertaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &scripted{present: newProfile(t), errs: []error{domain.ErrPreconditionFailed, domain.ErrConflict}}
		got, err := user.Update(t.Context(), store, jane().ID, domain.Condition{}, store.rename)
		if err != nil || got.Name != "Joan" || len(store.calls) != 9 {
			t.Errorf("Update = %+v, %v after %v", got, err, store.calls)
		}
	})
}

func TestUpdateGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := &scripted{present: newProfile(t), errs: slices.Repeat([]error{domain.ErrPreconditionFailed}, 100)}
		_, err := user.Update(t.Context(), store, jane().ID, domain.Condition{}, store.rename)
		if !errors.Is(err, domain.ErrConflict) || len(store.calls) != 24 {
			t.Errorf("Update = %v after %d calls; want %v after 8 rounds", err, len(store.calls), domain.ErrConflict)
		}
	})
}

func TestUpdatePassesOnWhatItCannotMend(t *testing.T) {
	t.Parallel()
	for _, want := range []error{domain.ErrNotFound, domain.ErrUnavailable, errors.New("anything")} {
		store := &scripted{present: newProfile(t), errs: []error{want}}
		if _, err := user.Update(t.Context(), store, jane().ID, domain.Condition{}, store.rename); !errors.Is(err, want) {
			t.Errorf("Update = %v, want %v", err, want)
		}
	}
}

func TestUpdateEndsWithTheContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Microsecond)
		defer cancel()
		store := &scripted{present: newProfile(t), errs: slices.Repeat([]error{domain.ErrConflict}, 100)}
		_, err := user.Update(ctx, store, jane().ID, domain.Condition{}, store.rename)
		if !errors.Is(err, domain.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Update = %v, want %v by its deadline", err, domain.ErrUnavailable)
		}
	})
}

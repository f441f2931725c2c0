package domaintest

import (
	"context"
	"errors"
	"strings"
	"time"

	"rental.example/domain"
)

// creates stores records of all kinds, and creates them again: a retry under the same RequestID succeeds.
func creates[R any, P comparable](t storeTrial[R, P]) {
	for n := range 4 {
		r, missing := t.New(n, At(time.Duration(n)*time.Microsecond)), t.New(n, domain.Stamp{Time: Noon})
		t.create(r)
		t.create(r)
		t.wantStored(r)
		t.WantError("creating with a taken id", t.Create(t.Context(), t.Change(r, "2", At(time.Second))), t.changed)
		t.wantStored(r)
		t.wantAbsent(missing)
		t.create(missing)
		t.WantError("creating again without a RequestID", t.Create(t.Context(), missing), t.changed)
	}
}

// replaces changes a record by clocks that advance, stand still and go back: versions rise.
func replaces[R any, P comparable](t storeTrial[R, P]) {
	first := t.createNew()
	r := first
	for _, d := range []time.Duration{time.Second, 0, 0, -time.Hour, time.Hour, time.Hour} {
		next := t.Change(r, "+", At(d))
		before := t.Info(r).Version
		r = t.replace(r, next)
		t.wantStored(next)
		if v := t.Info(r).Version; v <= before {
			t.Errorf("version %d after %d", v, before)
		}
	}
	never := t.New(0, At(0))
	t.WantError("replacing an old state", t.Replace(t.Context(), first, t.Change(first, "2", At(time.Hour))), t.changed)
	t.WantError("replacing a missing record", t.Replace(t.Context(), r, t.Change(never, "2", At(time.Hour))), t.missing)
	t.wantStored(r)
	t.wantAbsent(never)
}

// removes removes a record and creates it again.
func removes[R any, P comparable](t storeTrial[R, P]) {
	r, other := t.New(0, At(0)), t.createNew()
	first := t.create(r)
	t.remove(first)
	t.wantAbsent(r)
	t.WantError("removing again", t.Remove(t.Context(), first, At(time.Hour)), domain.ErrNotFound)
	t.WantError("removing a missing record", t.Remove(t.Context(), t.New(0, At(0)), At(0)), domain.ErrNotFound)
	again := t.create(t.Change(r, "2", At(0)))
	if got, want := t.Info(again), t.Info(r); got.Text != want.Text+"2" || got.Version <= want.Version {
		t.Errorf("created again as %+v, after %+v", got, want)
	}
	t.wantStored(other)
}

// writesOverOldStates writes over states of a record before it was replaced, removed, or created again in the same state.
func writesOverOldStates[R any, P comparable](t storeTrial[R, P]) {
	old, removed, r := t.createNew(), t.createNew(), t.New(0, At(0))
	current := t.replace(old, t.Change(old, "2", At(time.Second)))
	t.remove(removed)
	first := t.create(r)
	t.remove(first)
	again := t.create(r)
	replacing := func(base R) error { return t.Replace(t.Context(), base, t.Change(base, "late", At(time.Hour))) }
	t.WantError("replacing a removed record", replacing(removed), t.missing)
	t.WantError("replacing a state from before the removal", replacing(first), t.changed)
	t.WantError("removing an old state", t.Remove(t.Context(), old, At(time.Hour)), t.changed)
	t.WantError("removing a state from before the removal", t.Remove(t.Context(), first, At(time.Hour)), t.changed)
	t.wantStored(current)
	t.wantAbsent(removed)
	t.wantStored(again)
}

func doneContext[R any, P comparable](t storeTrial[R, P]) {
	r := t.createNew()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := t.Get(ctx, t.id(r))
	errs := map[string]error{"Get": err, "creating": t.Create(ctx, t.New(0, At(0)))}
	if t.Replace != nil {
		errs["replacing"] = t.Replace(ctx, r, t.Change(r, "late", At(0)))
	}
	if t.Remove != nil {
		errs["removing"] = t.Remove(ctx, r, At(0))
	}
	for name, list := range t.Lists {
		var first P
		_, _, errs["list "+name] = list.Page(ctx, 1, first)
	}
	for what, err := range errs {
		t.WantError(what, err, domain.ErrUnavailable)
		t.WantError(what, err, context.Canceled)
	}
	t.wantStored(r)
}

func raceCreations[R any, P comparable](t storeTrial[R, P]) {
	r := t.New(0, At(0))
	records := make([]R, Writers)
	for i := range records {
		records[i] = t.Change(r, mark(i), At(time.Duration(i)*time.Millisecond))
	}
	winner := t.WantOneWinner(func(writer int) error { return t.Create(t.Context(), records[writer]) }, t.changed)
	if stored := t.get(r); t.Info(stored) != t.Info(records[winner]) {
		t.Errorf("stored %+v, want %+v", t.Info(stored), t.Info(records[winner]))
	}
}

// raceReplacements appends a mark of each writer to one text: a lost change is a missing mark.
func raceReplacements[R any, P comparable](t storeTrial[R, P]) {
	r := t.create(t.Change(t.New(0, At(0)), "-", At(0)))
	var versions versionSet
	Concurrently(func(writer int) {
		s := At(time.Duration(writer%5) * time.Second)
		err := RetryWhile(t.changed, func() error {
			base, err := t.Get(t.Context(), t.id(r))
			if err != nil {
				return err
			}
			next := t.Change(base, mark(writer), s)
			if err = t.Replace(t.Context(), base, next); err == nil {
				versions.add(t.T, t.Info(next).Version, 0)
			}
			return err
		})
		t.WantError("replacing", err, nil)
	})
	got := t.Info(t.get(r))
	for writer := range Writers {
		if n := strings.Count(got.Text, "-"+mark(writer)); n != 1 {
			t.Errorf("the mark of writer %d is in %q %d times, want once", writer, got.Text, n)
		}
	}
	if last := versions.highest(); got.Version != last {
		t.Errorf("version %d, want %d", got.Version, last)
	}
}

// raceForOneState has half of the writers replace and half remove the same state.
func raceForOneState[R any, P comparable](t storeTrial[R, P]) {
	r := t.createNew()
	t.WantOneWinner(func(writer int) error {
		s := At(time.Duration(writer) * time.Millisecond)
		if writer%2 == 0 {
			return t.Replace(t.Context(), r, t.Change(r, mark(writer), s))
		}
		return t.Remove(t.Context(), r, s)
	}, t.changed, domain.ErrNotFound)
}

func raceDeletions[R any, P comparable](t storeTrial[R, P]) {
	r := t.createNew()
	t.WantOneWinner(func(writer int) error {
		s := At(time.Duration(writer) * time.Millisecond)
		return RetryWhile(domain.ErrConflict, func() error {
			_, err := t.Delete(t.Context(), t.id(r), domain.Condition{}, s)
			return err
		})
	}, domain.ErrNotFound)
	t.wantAbsent(r)
}

// raceVersions saves, deletes and creates one record concurrently with clocks that differ: every acknowledged write has a
// unique version, greater than those acknowledged before it began.
func raceVersions[R any, P comparable](t storeTrial[R, P]) {
	r := t.New(0, At(0))
	var versions versionSet
	Concurrently(func(writer int) {
		for round := range 6 {
			s := At(time.Duration((writer*7+round)%11) * 25 * time.Hour) // different days: a store may limit deletions a day
			floor := versions.highest()
			v, err := t.writeSomehow(r, s, writer+round)
			switch {
			case err == nil:
				versions.add(t.T, v, floor)
			case !errors.Is(err, domain.ErrNotFound) && !errors.Is(err, domain.ErrPreconditionFailed):
				t.Errorf("writer %d: %v", writer, err)
			}
		}
	})
	v, err := t.writeSomehow(r, At(-25*time.Hour), 0)
	t.WantError("Save by a slow clock", err, nil)
	versions.add(t.T, v, versions.highest())
}

func (t storeTrial[R, P]) writeSomehow(r R, s domain.Stamp, how int) (v domain.Version, err error) {
	cond := domain.Condition{}
	if how%3 == 1 {
		cond = domain.MustNotExist()
	}
	err = RetryWhile(domain.ErrConflict, func() (err error) {
		if how%3 == 2 {
			v, err = t.Delete(t.Context(), t.id(r), domain.Condition{}, s)
			return err
		}
		saved, _, err := t.Save(t.Context(), t.Change(r, "2", s), cond)
		v = t.Info(saved).Version
		return err
	})
	return v, err
}

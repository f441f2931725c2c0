package usertest

import (
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func settling() []test {
	return []test{
		{"settling/a creation", settlesCreation},
		{"settling/a replacement", settlesReplacement},
		{"settling/a deletion", settlesDeletion},
		{"settling/not what another overwrote", settlesNothingOvertaken},
		{"settling/not another kind of write", settlesNothingElse},
		{"settling/nothing without a request", settlesNothingUnnamed},
	}
}

// conditionsOf are conditions that held before a first write to p and no longer hold after it.
func conditionsOf(old domain.Version) []domain.Condition {
	return []domain.Condition{{}, domain.MustNotExist(), domain.MustBe(old), domain.MustBe(), domain.MustExist()}
}

func settlesCreation(t trial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	later := p
	later.Version, later.Name = p.Version+5, "never seen"
	for _, cond := range conditionsOf(1) {
		for _, again := range []user.Profile{p, later} {
			saved, created, err := t.store.Save(t.Context(), again, cond)
			if err != nil || !created || saved != p {
				t.Errorf("Save again\n got %+v, %t, %v\nwant %+v, true", saved, created, err, p)
			}
		}
	}
	t.wantProfile(p)

	t.delete(p.ID, at(time.Hour))
	raised := t.profileOf(p.ID, user.Renter, at(0))
	first := t.save(raised) // above the tombstone
	if saved, created, err := t.store.Save(t.Context(), raised, domain.MustNotExist()); err != nil || !created || saved != first {
		t.Errorf("Save again after a deletion\n got %+v, %t, %v\nwant %+v, true", saved, created, err, first)
	}
}

func settlesReplacement(t trial) {
	p := t.save(t.newProfile(user.Renter, at(time.Hour)))
	next := renamed(p, "Joan", at(0)) // by a clock that is behind
	want := t.save(next)
	for _, cond := range conditionsOf(p.Version) {
		saved, created, err := t.store.Save(t.Context(), next, cond)
		if err != nil || created || saved != want {
			t.Errorf("Save again\n got %+v, %t, %v\nwant %+v, false", saved, created, err, want)
		}
	}
	t.wantProfile(want)
}

func settlesDeletion(t trial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	s := at(time.Hour)
	want := t.delete(p.ID, s)
	s.Time = s.Time.Add(time.Second)
	for _, cond := range conditionsOf(p.Version) {
		if got, err := t.store.Delete(t.Context(), p.ID, cond, s); err != nil || got != want {
			t.Errorf("Delete again\n got %+v, %v\nwant %+v", got, err, want)
		}
	}
}

func settlesNothingOvertaken(t trial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	other := t.save(renamed(p, "Joan", at(time.Second)))
	_, _, err := t.store.Save(t.Context(), p, domain.MustNotExist())
	t.wantError("Save after another's", err, domain.ErrPreconditionFailed)
	t.wantProfile(other)

	s := at(time.Minute)
	t.delete(p.ID, s)
	again := t.save(t.profileOf(p.ID, user.Renter, at(time.Hour)))
	_, err = t.store.Delete(t.Context(), p.ID, domain.MustBe(other.Version), s)
	t.wantError("Delete after another's creation", err, domain.ErrPreconditionFailed)
	t.wantProfile(again)
}

// settlesNothingElse does different writes in one request: none is the repetition of another.
func settlesNothingElse(t trial) {
	s := at(0)
	p := t.save(t.newProfile(user.Renter, s))
	t.delete(p.ID, s)
	t.wantAbsent(p.ID)
	saved, created, err := t.store.Save(t.Context(), p, domain.MustNotExist())
	if err != nil || !created || saved.Version <= p.Version+1 {
		t.Errorf("Save after Delete in one request = %+v, %t, %v; want a new profile", saved, created, err)
	}
}

func settlesNothingUnnamed(t trial) {
	s := domain.Stamp{Time: noon}
	p := t.newProfile(user.Renter, s)
	first := t.save(p)
	saved, created, err := t.store.Save(t.Context(), p, domain.Condition{})
	if err != nil || created || saved.Version != first.Version+1 {
		t.Errorf("Save again = %+v, %t, %v; want version %d, false", saved, created, err, first.Version+1)
	}
	_, _, err = t.store.Save(t.Context(), p, domain.MustNotExist())
	t.wantError("Save again", err, domain.ErrPreconditionFailed)
	t.delete(p.ID, s)
	_, err = t.store.Delete(t.Context(), p.ID, domain.Condition{}, s)
	t.wantError("Delete again", err, domain.ErrNotFound)
}

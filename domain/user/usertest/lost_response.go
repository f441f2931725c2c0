package usertest

import (
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

// retryConditions returns conditions for the retry of a write whose first attempt succeeded. Most no longer hold.
func retryConditions(old domain.Version) []domain.Condition {
	return []domain.Condition{{}, domain.MustNotExist(), domain.MustBe(old), domain.MustBe(), domain.MustExist()}
}

func lostCreate(t trial) {
	p := t.saveNew(user.Renter, at(0))
	changed := p
	changed.Version, changed.Name = p.Version+5, "not saved"
	for _, cond := range retryConditions(1) {
		t.wantSave(p, cond, p, true)
		t.wantSave(changed, cond, p, true)
	}
	t.wantProfile(p)

	t.delete(p.ID, at(time.Hour))
	recreated := t.profileOf(p.ID, user.Renter, at(0))
	first := t.save(recreated) // with a version above the tombstone's
	t.wantSave(recreated, domain.MustNotExist(), first, true)
}

func lostReplace(t trial) {
	p := t.saveNew(user.Renter, at(time.Hour))
	next := renamed(p, "Joan", at(0)) // by a slow clock
	want := t.save(next)
	for _, cond := range retryConditions(p.Version) {
		t.wantSave(next, cond, want, false)
	}
	t.wantProfile(want)
}

func lostDelete(t trial) {
	p := t.saveNew(user.Renter, at(0))
	s := at(time.Hour)
	want := t.delete(p.ID, s)
	s.Time = s.Time.Add(time.Second)
	for _, cond := range retryConditions(p.Version) {
		if got, err := t.store.Delete(t.Context(), p.ID, cond, s); err != nil || got != want {
			t.Errorf("Delete again\n got %+v, %v\nwant %+v", got, err, want)
		}
	}
}

func lostAndOverwritten(t trial) {
	p := t.saveNew(user.Renter, at(0))
	other := t.save(renamed(p, "Joan", at(time.Second)))
	t.wantError("Save after another write", trySave(t, p, domain.MustNotExist()), domain.ErrPreconditionFailed)
	t.wantProfile(other)

	s := at(time.Minute)
	t.delete(p.ID, s)
	recreated := t.save(t.profileOf(p.ID, user.Renter, at(time.Hour)))
	_, err := t.store.Delete(t.Context(), p.ID, domain.MustBe(other.Version), s)
	t.wantError("Delete after another creation", err, domain.ErrPreconditionFailed)
	t.wantProfile(recreated)
}

// saveAfterDeleteInOneRequest: different writes of one request are not retries of each other.
func saveAfterDeleteInOneRequest(t trial) {
	s := at(0)
	p := t.saveNew(user.Renter, s)
	t.delete(p.ID, s)
	t.wantAbsent(p.ID)
	saved, created, err := t.store.Save(t.Context(), p, domain.MustNotExist())
	if err != nil || !created || saved.Version <= p.Version+1 {
		t.Errorf("Save after Delete in one request = %+v, %t, %v; want a new profile", saved, created, err)
	}
}

// retryWithoutRequestID: without a RequestID, a retry is a new write.
func retryWithoutRequestID(t trial) {
	s := domain.Stamp{Time: noon}
	p := t.newProfile(user.Renter, s)
	first := t.save(p)
	if saved := t.save(p); saved.Version != first.Version+1 {
		t.Errorf("saved again at version %d, want %d", saved.Version, first.Version+1)
	}
	t.wantError("Save again", trySave(t, p, domain.MustNotExist()), domain.ErrPreconditionFailed)
	t.delete(p.ID, s)
	_, err := t.store.Delete(t.Context(), p.ID, domain.Condition{}, s)
	t.wantError("Delete again", err, domain.ErrNotFound)
}

package usertest

import (
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func tryDelete(t trial, p user.Profile, cond domain.Condition) error {
	_, err := t.store.Delete(t.Context(), p.ID, cond, domain.Stamp{Time: p.UpdatedAt, RequestID: p.RequestID})
	return err
}

// checkDelete returns the result of a Delete: domain.ErrNotFound under any condition if there is no profile.
func checkDelete(cond domain.Condition, v domain.Version, exists bool) error {
	if !exists {
		return domain.ErrNotFound
	}
	return cond.Check(v, exists)
}

// deleteTooOften deletes a profile user.MaxDeletions times: it cannot be created again until the next day. Deletions and
// replacements are always allowed.
func deleteTooOften(t trial) {
	id := newID()
	for n := range user.MaxDeletions {
		t.save(t.profileOf(id, user.Renter, at(time.Duration(3*n)*time.Second)))
		t.save(t.profileOf(id, user.Rentee, at(time.Duration(3*n+1)*time.Second)))
		t.delete(id, at(time.Duration(3*n+2)*time.Second))
	}
	for _, cond := range []domain.Condition{{}, domain.MustNotExist()} {
		err := trySave(t, t.profileOf(id, user.Renter, at(time.Hour)), cond)
		t.wantError("Save after too many deletions", err, user.ErrTooManyDeletions)
	}
	t.wantAbsent(id)
	err := trySave(t, t.profileOf(id, user.Renter, at(time.Hour)), domain.MustExist())
	t.wantError("Save with MustExist", err, domain.ErrNotFound)
	t.save(t.profileOf(id, user.Renter, at(12*time.Hour)))
	t.delete(id, at(13*time.Hour))
	t.wantProfile(t.save(t.profileOf(id, user.Renter, at(14*time.Hour))))
}

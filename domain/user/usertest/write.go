package usertest

import (
	"strings"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func getAllFields(t trial) {
	for _, ratings := range []float64{0, 1e-99, 0.1, 1.0 / 3, 99.99999999999999, 100} {
		p := t.newProfile(user.Rentee, at(0))
		p.Ratings = ratings
		p.Name = "Žofie 🚲 O'Neill \"Z\" <b>"
		p.EmailVerified = ratings > 1
		t.save(p)
		t.wantProfile(p)
	}
}

func getInvalidValues(t trial) {
	p := t.newProfile(user.Renter, at(0))
	p.Name, p.Email, p.Type, p.Ratings = strings.Repeat("x", 500), "nobody", "landlord", 5000
	t.save(p)
	t.wantProfile(p)
}

// deleteReturnsTombstone deletes a profile, and again in the same request by a later clock.
func deleteReturnsTombstone(t trial) {
	p := t.saveNew(user.Renter, at(0))
	s := at(time.Hour)
	want := user.NewTombstone(p.ID, p.Version, s)
	for range 2 {
		if got := t.delete(p.ID, s); got != want {
			t.Errorf("Delete\n got %+v\nwant %+v", got, want)
		}
		s.Time = s.Time.Add(time.Second)
	}
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
		_, _, err := t.store.Save(t.Context(), t.profileOf(id, user.Renter, at(time.Hour)), cond)
		t.WantError("Save after too many deletions", err, user.ErrTooManyDeletions)
	}
	t.wantAbsent(id)
	_, _, err := t.store.Save(t.Context(), t.profileOf(id, user.Renter, at(time.Hour)), domain.MustExist())
	t.WantError("Save with MustExist", err, domain.ErrNotFound)
	t.save(t.profileOf(id, user.Renter, at(12*time.Hour)))
	t.delete(id, at(13*time.Hour))
	t.wantProfile(t.save(t.profileOf(id, user.Renter, at(14*time.Hour))))
}

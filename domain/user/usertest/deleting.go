package usertest

import (
	"math"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func deleting() []test {
	return []test{
		{"Delete/leaves a tombstone", deleteLeavesTombstone},
		{"Delete/conditions", func(t trial) { t.conditions(tryDelete, checkDelete) }},
		{"Delete/of nobody", deleteOfNobody},
		{"Delete/too often", deleteTooOften},
	}
}

func tryDelete(t trial, p user.Profile, cond domain.Condition) error {
	_, err := t.store.Delete(t.Context(), p.ID, cond, domain.Stamp{Time: p.UpdatedAt, RequestID: p.RequestID})
	return err
}

// checkDelete is the outcome of a deletion: that there is nothing to delete comes before everything.
func checkDelete(cond domain.Condition, v domain.Version, exists bool) error {
	if !exists {
		return domain.ErrNotFound
	}
	return cond.Check(v, exists)
}

func deleteLeavesTombstone(t trial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	s := at(time.Hour)
	want := user.Tombstone{ID: p.ID, Version: domain.VersionAt(s.Time), DeletedAt: s.Time, RequestID: s.RequestID}
	if got := t.delete(p.ID, s); got != want {
		t.Errorf("Delete\n got %+v\nwant %+v", got, want)
	}
	t.wantAbsent(p.ID)
}

// deleteTooOften deletes a profile as often as a day allows: it stays deleted until the next day. Deleting is never refused,
// nor is replacing a profile that is there.
func deleteTooOften(t trial) {
	id := newID()
	for n := range user.MaxDeletions {
		t.save(t.profileOf(id, user.Renter, at(time.Duration(3*n)*time.Second)))
		t.save(t.profileOf(id, user.Rentee, at(time.Duration(3*n+1)*time.Second)))
		t.delete(id, at(time.Duration(3*n+2)*time.Second))
	}
	for _, cond := range []domain.Condition{{}, domain.MustNotExist()} {
		_, _, err := t.store.Save(t.Context(), t.profileOf(id, user.Renter, at(time.Hour)), cond)
		t.wantError("Save after too many deletions", err, user.ErrTooManyDeletions)
	}
	t.wantAbsent(id)
	_, _, err := t.store.Save(t.Context(), t.profileOf(id, user.Renter, at(time.Hour)), domain.MustExist())
	t.wantError("Save of what must exist", err, domain.ErrNotFound)
	t.save(t.profileOf(id, user.Renter, at(12*time.Hour)))
	t.delete(id, at(13*time.Hour))
	t.wantProfile(t.save(t.profileOf(id, user.Renter, at(14*time.Hour))))
}

func deleteOfNobody(t trial) {
	never, gone := newID(), t.save(t.newProfile(user.Renter, at(0))).ID
	buried := t.delete(gone, at(time.Second))
	for _, id := range []domain.UserID{never, gone} {
		for _, cond := range []domain.Condition{{}, domain.MustExist(), domain.MustNotExist(), domain.MustBe(buried.Version)} {
			_, err := t.store.Delete(t.Context(), id, cond, at(time.Minute))
			t.wantError("Delete of nobody", err, domain.ErrNotFound)
		}
	}
}

func versioning() []test {
	return []test{
		{"versions/rise when clocks fall", versionsRise},
		{"versions/are not the client's", versionsAreOurs},
		{"versions/outlive deletion", versionsOutliveDeletion},
		{"versions/creation is counted anew", creationIsNew},
	}
}

// versionsAreOurs: a version that a condition names in vain leaves no trace in the one that is written.
func versionsAreOurs(t trial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	next := t.profileOf(p.ID, user.Renter, at(time.Hour))
	saved, _, err := t.store.Save(t.Context(), next, domain.MustBe(math.MaxInt64-1, p.Version))
	if want := p.Version.Next(at(time.Hour).Time); err != nil || saved.Version != want {
		t.Fatalf("saved as version %d, %v; want %d", saved.Version, err, want)
	}
	t.wantProfile(saved)
	buried, err := t.store.Delete(t.Context(), p.ID, domain.MustBe(math.MaxInt64-1, saved.Version), at(2*time.Hour))
	if want := saved.Version.Next(at(2 * time.Hour).Time); err != nil || buried.Version != want {
		t.Fatalf("deleted as version %d, %v; want %d", buried.Version, err, want)
	}
}

func versionsRise(t trial) {
	p := t.save(t.newProfile(user.Renter, at(time.Hour)))
	for _, d := range []time.Duration{0, -time.Hour, time.Hour, time.Hour + time.Microsecond} {
		s := at(d)
		next := t.profileOf(p.ID, user.Renter, s)
		saved := t.save(next)
		if want := p.Version.Next(s.Time); saved.Version != want || saved.UpdatedAt != want.Time() {
			t.Errorf("saved at %v: got version %d, updated %v; want %d, of that time", d, saved.Version, saved.UpdatedAt, want)
		}
		if saved.CreatedAt != p.CreatedAt {
			t.Errorf("saved at %v: created %v, want %v", d, saved.CreatedAt, p.CreatedAt)
		}
		t.wantProfile(saved)
		p = saved
	}
}

// versionsOutliveDeletion deletes and makes one profile again by clocks that disagree by hours.
func versionsOutliveDeletion(t trial) {
	id, last := newID(), domain.Version(0)
	for _, d := range []time.Duration{0, -time.Hour, 2 * time.Hour, time.Hour, -9 * time.Hour} {
		saved := t.save(t.profileOf(id, user.Renter, at(d)))
		buried := t.delete(id, at(d-30*time.Minute))
		if saved.Version <= last || buried.Version <= saved.Version {
			t.Errorf("around %v: version %d, then saved %d, then deleted %d; want them to rise", d, last, saved.Version, buried.Version)
		}
		last = buried.Version
	}
}

// creationIsNew makes a profile again: the times of the first are gone, and the new time of creation
// is that of its version, also where the clock was behind.
func creationIsNew(t trial) {
	for _, d := range []time.Duration{-time.Hour, 3 * time.Hour} {
		first := t.save(t.newProfile(user.Renter, at(0)))
		buried := t.delete(first.ID, at(time.Hour))
		again, created, err := t.store.Save(t.Context(), t.profileOf(first.ID, user.Renter, at(d)), domain.MustNotExist())
		if err != nil || !created {
			t.Fatalf("Save = %t, %v; want true", created, err)
		}
		want := max(domain.VersionAt(noon.Add(d)), buried.Version+1)
		if again.Version != want || again.CreatedAt != want.Time() {
			t.Errorf("made again: version %d, created %v; want %d, %v", again.Version, again.CreatedAt, want, want.Time())
		}
		t.wantProfile(again)
	}
}

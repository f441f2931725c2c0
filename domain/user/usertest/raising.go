package usertest

import (
	"errors"
	"sync/atomic"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func raising() []recordsTest {
	return []recordsTest{
		{"raise/a profile", raisesProfile},
		{"raise/a tombstone", raisesTombstone},
		{"raise/by a clock behind", raisesByClockBehind},
		{"raise/not what has changed", raisesNothingChanged},
		{"raise/again is the same", raisesAgain},
		{"raise/leaves the order of listings", raisesInOrder},
		{"raise/one of many wins", racesRaises},
		{"raise/a second life", raisesSecondLife},
	}
}

func raisesProfile(t recordsTrial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	s := at(time.Hour)
	want := p
	want.Version, want.RequestID = domain.VersionAt(s.Time), s.RequestID
	if got := t.raise(user.Record{Profile: &p}, s); heldIn(got) != (held{profile: want}) {
		t.Errorf("Raise\n got %+v\nwant %+v", heldIn(got), want)
	}
	t.wantProfile(want)
	t.wantState(user.Record{Profile: &want})

	next := t.save(t.profileOf(p.ID, user.Rentee, at(0))) // by a clock that is behind
	if next.Version != want.Version+1 || next.CreatedAt != p.CreatedAt {
		t.Errorf("saved at version %d, created %v; want %d, %v", next.Version, next.CreatedAt, want.Version+1, p.CreatedAt)
	}
}

func raisesTombstone(t recordsTrial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	buried := t.delete(p.ID, at(time.Minute))
	s := at(time.Hour)
	want := buried
	want.Version, want.RequestID = domain.VersionAt(s.Time), s.RequestID
	if got := t.raise(user.Record{Tombstone: &buried}, s); heldIn(got) != (held{tombstone: want}) {
		t.Errorf("Raise\n got %+v\nwant %+v", heldIn(got), want)
	}
	t.wantAbsent(p.ID)
	t.wantState(user.Record{Tombstone: &want})
	again, created, err := t.store.Save(t.Context(), t.profileOf(p.ID, user.Renter, at(0)), domain.MustNotExist())
	if err != nil || !created || again.Version != want.Version+1 {
		t.Errorf("Save = version %d, %t, %v; want %d, true", again.Version, created, err, want.Version+1)
	}
}

func raisesByClockBehind(t recordsTrial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	raised := t.raise(user.Record{Profile: &p}, at(-time.Hour))
	raised = t.raise(raised, at(0))
	if got := raised.Version(); got != p.Version+2 {
		t.Errorf("raised to version %d, want %d", got, p.Version+2)
	}
	buried := t.delete(p.ID, at(-time.Hour))
	grave := t.raise(user.Record{Tombstone: &buried}, at(-time.Hour))
	if got := grave.Version(); got != p.Version+4 {
		t.Errorf("raised to version %d, want %d", got, p.Version+4)
	}
	t.wantState(grave)
}

// raisesNothingChanged tries to raise what has been replaced, deleted, made again or never was.
func raisesNothingChanged(t recordsTrial) {
	refused := func(what string, s user.Record) {
		t.Helper()
		_, err := t.records.BumpVersion(t.Context(), s, at(24*time.Hour))
		t.wantError("Raise of "+what, err, domain.ErrConflict)
	}
	stranger := t.newProfile(user.Renter, at(0))
	refused("nobody", user.Record{Profile: &stranger})
	t.wantAbsent(stranger.ID)

	p := t.save(t.newProfile(user.Renter, at(0)))
	next := t.save(renamed(p, "Joan", at(time.Second)))
	refused("what was replaced", user.Record{Profile: &p})
	t.wantProfile(next)
	buried := t.delete(p.ID, at(time.Minute))
	refused("what was deleted", user.Record{Profile: &next})
	t.wantState(user.Record{Tombstone: &buried})
	again := t.save(t.profileOf(p.ID, user.Rentee, at(time.Hour)))
	refused("a tombstone of what was made again", user.Record{Tombstone: &buried})
	t.wantProfile(again)
	t.wantState(user.Record{Profile: &again, LastDeleted: buried.Version})
}

// raisesSecondLife: the deletion before a profile was made again stays known, whatever is written.
func raisesSecondLife(t recordsTrial) {
	first := t.save(t.newProfile(user.Renter, at(0)))
	buried := t.raise(user.Record{Tombstone: t.graveOf(first.ID, at(time.Minute))}, at(time.Hour))
	second := t.save(t.profileOf(first.ID, user.Rentee, at(2*time.Hour)))
	second = t.save(renamed(second, "Joan", at(3*time.Hour)))
	t.wantState(user.Record{Profile: &second, LastDeleted: buried.Version()})
	raised := t.raise(user.Record{Profile: &second, LastDeleted: buried.Version()}, at(4*time.Hour))
	if raised.LastDeleted != buried.Version() {
		t.Errorf("Raise: the last deletion is %d, want %d", raised.LastDeleted, buried.Version())
	}
	t.wantState(raised)
	once := user.Deletions{Day: user.DayOf(noon), Count: 1}
	if got := t.stateOf(first.ID).Deletions; got != once {
		t.Errorf("a second life, raised, counts %+v, want %+v", got, once)
	}
	t.delete(first.ID, at(5*time.Hour))
	if got, twice := t.stateOf(first.ID).Deletions, (user.Deletions{Day: once.Day, Count: 2}); got != twice {
		t.Errorf("a second tombstone counts %+v, want %+v", got, twice)
	}
}

func (t recordsTrial) graveOf(id domain.UserID, s domain.Stamp) *user.Tombstone {
	t.Helper()
	buried := t.delete(id, s)
	return &buried
}

// raisesAgain has a write repeated whose answer was lost.
func raisesAgain(t recordsTrial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	buried := t.delete(t.save(t.newProfile(user.Renter, at(0))).ID, at(time.Minute))
	for _, s := range []user.Record{{Profile: &p}, {Tombstone: &buried}} {
		stamp := at(time.Hour)
		want := t.raise(s, stamp)
		if got := t.raise(s, stamp); heldIn(got) != heldIn(want) {
			t.Errorf("Raise again\n got %+v\nwant %+v", heldIn(got), heldIn(want))
		}
		t.wantState(want)

		nameless := domain.Stamp{Time: noon.Add(2 * time.Hour)}
		t.raise(want, nameless)
		_, err := t.records.BumpVersion(t.Context(), want, nameless)
		t.wantError("Raise again without a request", err, domain.ErrConflict)
	}
}

func raisesInOrder(t recordsTrial) {
	all := t.populate(9, time.Second)
	for i := range all {
		p := all[len(all)-1-i]
		all[len(all)-1-i] = *t.raise(user.Record{Profile: &p}, at(time.Hour+time.Duration(i)*time.Second)).Profile
	}
	t.wantListed(user.ListQuery{Limit: 2}, all...)
}

func racesRaises(t recordsTrial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	var raised atomic.Int32
	together(func(writer int) {
		_, err := t.records.BumpVersion(t.Context(), user.Record{Profile: &p}, at(time.Duration(writer)*time.Millisecond))
		if err == nil {
			raised.Add(1)
		} else if !errors.Is(err, domain.ErrConflict) {
			t.Errorf("Raise by %d: %v", writer, err)
		}
	})
	if n := raised.Load(); n != 1 {
		t.Errorf("%d writers raised one version, want one", n)
	}
}

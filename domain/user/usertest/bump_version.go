package usertest

import (
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func (t trial) bump(r user.Record, stamp domain.Stamp) user.Record {
	t.Helper()
	bumped, err := t.records.BumpVersion(t.Context(), r, stamp)
	if err != nil {
		t.Fatalf("BumpVersion(%s) = %v", r.ID(), err)
	}
	return bumped
}

// newRecords saves a profile and a tombstone.
func (t trial) newRecords() []user.Record {
	t.Helper()
	p := t.saveNew(user.Renter, at(0))
	tombstone := t.delete(t.saveNew(user.Renter, at(0)).ID, at(time.Minute))
	return []user.Record{{Profile: &p}, {Tombstone: &tombstone}}
}

// bumps bumps records by a correct and by a slow clock, then saves a profile over them by a slow clock.
func bumps(t trial) {
	for _, r := range t.newRecords() {
		for _, d := range []time.Duration{time.Hour, -time.Hour} {
			s := at(d)
			want := r.Bumped(s)
			r = t.bump(r, s)
			t.wantSame("BumpVersion", r, want)
			t.wantRecord(want)
		}
		next := t.profileOf(r.ID(), user.Rentee, at(0))
		next.Version = r.Version() + 1
		next.CreatedAt, next.UpdatedAt = next.Version.Time(), next.Version.Time()
		if r.Profile != nil {
			t.wantProfile(*r.Profile)
			next.CreatedAt = r.Profile.CreatedAt
		} else {
			t.wantAbsent(r.ID())
		}
		saved := t.save(t.profileOf(r.ID(), user.Rentee, at(0)))
		if saved.Version != next.Version || saved.CreatedAt != next.CreatedAt {
			t.Errorf("saved at version %d, created %v; want %d, %v", saved.Version, saved.CreatedAt, next.Version, next.CreatedAt)
		}
	}
}

// bumpChanged bumps records that were replaced, deleted, created again, or never existed.
func bumpChanged(t trial) {
	wantConflict := func(what string, r user.Record) {
		t.Helper()
		_, err := t.records.BumpVersion(t.Context(), r, at(24*time.Hour))
		t.WantError("BumpVersion of "+what, err, domain.ErrConflict)
	}
	missing := t.newProfile(user.Renter, at(0))
	wantConflict("a missing profile", user.Record{Profile: &missing})
	t.wantAbsent(missing.ID)

	p := t.saveNew(user.Renter, at(0))
	next := t.save(renamed(p, "Joan", at(time.Second)))
	wantConflict("a replaced profile", user.Record{Profile: &p})
	t.wantProfile(next)
	tombstone := t.delete(p.ID, at(time.Minute))
	wantConflict("a deleted profile", user.Record{Profile: &next})
	t.wantRecord(user.Record{Tombstone: &tombstone})
	recreated := t.save(t.profileOf(p.ID, user.Rentee, at(time.Hour)))
	wantConflict("the tombstone of a profile created again", user.Record{Tombstone: &tombstone})
	t.wantProfile(recreated)
	t.wantRecord(user.Record{Profile: &recreated, LastDeleted: tombstone.Version})
}

// bumpCreatedAgain: LastDeleted and Deletions survive every write.
func bumpCreatedAgain(t trial) {
	id := t.saveNew(user.Renter, at(0)).ID
	tombstone := t.delete(id, at(time.Minute))
	lastDeleted := t.bump(user.Record{Tombstone: &tombstone}, at(time.Hour)).Version()
	recreated := t.save(t.profileOf(id, user.Rentee, at(2*time.Hour)))
	recreated = t.save(renamed(recreated, "Joan", at(3*time.Hour)))
	want := user.Record{Profile: &recreated, LastDeleted: lastDeleted}
	t.wantRecord(want)
	bumped := t.bump(want, at(4*time.Hour))
	if bumped.LastDeleted != lastDeleted {
		t.Errorf("BumpVersion: the last deletion is %d, want %d", bumped.LastDeleted, lastDeleted)
	}
	t.wantRecord(bumped)
	once := user.Deletions{Day: user.DayOf(noon), Count: 1}
	if got := t.record(id).Deletions; got != once {
		t.Errorf("after one deletion: %+v, want %+v", got, once)
	}
	t.delete(id, at(5*time.Hour))
	if got, twice := t.record(id).Deletions, (user.Deletions{Day: once.Day, Count: 2}); got != twice {
		t.Errorf("after two deletions: %+v, want %+v", got, twice)
	}
}

// lostBump retries BumpVersion after a lost response.
func lostBump(t trial) {
	for _, r := range t.newRecords() {
		stamp := at(time.Hour)
		want := t.bump(r, stamp)
		t.wantSame("BumpVersion again", t.bump(r, stamp), want)
		t.wantRecord(want)

		noRequest := domain.Stamp{Time: noon.Add(2 * time.Hour)}
		t.bump(want, noRequest)
		_, err := t.records.BumpVersion(t.Context(), want, noRequest)
		t.WantError("BumpVersion again without a RequestID", err, domain.ErrConflict)
	}
}

func bumpKeepsOrder(t trial) {
	all := t.saveMany(9, time.Second)
	for i := range all {
		p := all[len(all)-1-i]
		all[len(all)-1-i] = *t.bump(user.Record{Profile: &p}, at(time.Hour+time.Duration(i)*time.Second)).Profile
	}
	t.wantListed(all)
}

func raceBumps(t trial) {
	p := t.saveNew(user.Renter, at(0))
	t.WantOneWinner(func(writer int) error {
		_, err := t.records.BumpVersion(t.Context(), user.Record{Profile: &p}, at(time.Duration(writer)*time.Millisecond))
		return err
	}, domain.ErrConflict)
}

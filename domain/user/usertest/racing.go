package usertest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"rental.example/domain"
	"rental.example/domain/user"
)

func racing() []test {
	return []test{
		{"races/no update is lost", racesUpdates},
		{"races/one creation wins", racesCreations},
		{"races/versions never repeat", racesVersions},
		{"races/one deletion wins", racesDeletions},
	}
}

const writers = 32

// together runs f(0) .. f(writers-1) at once and waits for all.
func together(f func(writer int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range writers {
		all.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	all.Wait()
}

// untilSettled repeats a write that lost to others, as the port allows it to, but not for ever.
func untilSettled(write func() error) (err error) {
	for range 20 * writers {
		if err = write(); !errors.Is(err, domain.ErrConflict) {
			return err
		}
	}
	return err
}

// racesUpdates has each writer put its own mark into one name: a lost update shows as a lost mark.
func racesUpdates(t trial) {
	p := t.newProfile(user.Renter, at(0))
	p.Name = "-"
	t.save(p)
	var versions acknowledged
	together(func(writer int) {
		mark := fmt.Sprintf("%02d-", writer)
		err := untilSettled(func() error {
			s := at(time.Duration(writer%5) * time.Second)
			saved, err := user.Update(t.Context(), t.store, p.ID, domain.Condition{}, func(p user.Profile) (user.Profile, error) {
				return renamed(p, p.Name+mark, s), nil
			})
			if err == nil {
				versions.add(t, saved.Version, 0)
			}
			return err
		})
		if err != nil {
			t.Errorf("Update by %d: %v", writer, err)
		}
	})
	got, err := t.store.Get(t.Context(), p.ID)
	if err != nil {
		t.Fatal(err)
	}
	for writer := range writers {
		if mark := fmt.Sprintf("-%02d-", writer); strings.Count(got.Name, mark) != 1 {
			t.Errorf("the mark of writer %d is in %q %d times, want once", writer, got.Name, strings.Count(got.Name, mark))
		}
	}
	if last := versions.highest(); got.Version != last {
		t.Errorf("version %d, want %d", got.Version, last)
	}
}

func racesCreations(t trial) {
	id := newID()
	var made atomic.Int32
	together(func(writer int) {
		p := t.profileOf(id, user.Renter, at(time.Duration(writer)*time.Millisecond))
		err := untilSettled(func() error {
			saved, created, err := t.store.Save(t.Context(), p, domain.MustNotExist())
			if err == nil && created && saved == p {
				made.Add(1)
			}
			return err
		})
		if err != nil && !errors.Is(err, domain.ErrPreconditionFailed) {
			t.Errorf("Save by %d: %v", writer, err)
		}
	})
	if n := made.Load(); n != 1 {
		t.Errorf("%d writers made the profile, want one", n)
	}
}

func racesDeletions(t trial) {
	p := t.save(t.newProfile(user.Renter, at(0)))
	var deleted atomic.Int32
	together(func(writer int) {
		s := at(time.Duration(writer) * time.Millisecond)
		err := untilSettled(func() error {
			_, err := t.store.Delete(t.Context(), p.ID, domain.Condition{}, s)
			return err
		})
		if err == nil {
			deleted.Add(1)
		} else if !errors.Is(err, domain.ErrNotFound) {
			t.Errorf("Delete by %d: %v", writer, err)
		}
	})
	if n := deleted.Load(); n != 1 {
		t.Errorf("%d writers deleted the profile, want one", n)
	}
	t.wantAbsent(p.ID)
}

// racesVersions saves, deletes and makes again one id from all sides, by clocks that disagree: every
// acknowledged write has a version of its own, above those acknowledged before it began.
func racesVersions(t trial) {
	id := newID()
	var versions acknowledged
	together(func(writer int) {
		for round := range 6 {
			s := at(time.Duration((writer*7+round)%11) * 25 * time.Hour) // each clock on a day of its own, or deletions would be too many
			floor := versions.highest()
			v, err := t.writeAnyhow(id, s, writer+round)
			switch {
			case err == nil:
				versions.add(t, v, floor)
			case !errors.Is(err, domain.ErrNotFound) && !errors.Is(err, domain.ErrPreconditionFailed):
				t.Errorf("writer %d: %v", writer, err)
			}
		}
	})
	last := t.save(t.profileOf(id, user.Renter, at(-25*time.Hour)))
	versions.add(t, last.Version, versions.highest())
}

func (t trial) writeAnyhow(id domain.UserID, s domain.Stamp, how int) (v domain.Version, err error) {
	cond := domain.Condition{}
	if how%3 == 1 {
		cond = domain.MustNotExist()
	}
	err = untilSettled(func() error {
		if how%3 == 2 {
			buried, err := t.store.Delete(t.Context(), id, domain.Condition{}, s)
			v = buried.Version
			return err
		}
		saved, _, err := t.store.Save(t.Context(), t.profileOf(id, user.Renter, s), cond)
		v = saved.Version
		return err
	})
	return v, err
}

// acknowledged gathers the versions that concurrent writers were told.
type acknowledged struct {
	mu   sync.Mutex
	seen map[domain.Version]bool
	max  domain.Version
}

// add notes v, which must be new and above floor, the highest that was known before the write began.
func (a *acknowledged) add(t trial, v, floor domain.Version) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if v <= floor || a.seen[v] {
		t.Errorf("acknowledged version %d; known before: %d, same seen: %t", v, floor, a.seen[v])
	}
	if a.seen == nil {
		a.seen = make(map[domain.Version]bool)
	}
	a.seen[v] = true
	a.max = max(a.max, v)
}

func (a *acknowledged) highest() domain.Version {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.max
}

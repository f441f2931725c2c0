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

const writers = 32

// concurrently runs f(0) .. f(writers-1) at the same time and waits for all.
func concurrently(f func(writer int)) {
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

// retryConflicts retries a write while it returns domain.ErrConflict, a limited number of times.
func retryConflicts(write func() error) (err error) {
	for range 20 * writers {
		if err = write(); !errors.Is(err, domain.ErrConflict) {
			return err
		}
	}
	return err
}

// wantOneWinner runs write concurrently and checks that it succeeds once and otherwise returns lost.
func (t trial) wantOneWinner(lost error, write func(writer int) error) {
	t.Helper()
	var wins atomic.Int32
	concurrently(func(writer int) {
		if err := write(writer); err == nil {
			wins.Add(1)
		} else {
			t.wantError(fmt.Sprint("writer ", writer), err, lost)
		}
	})
	if n := wins.Load(); n != 1 {
		t.Errorf("%d writers succeeded, want one", n)
	}
}

func raceCreations(t trial) {
	id := newID()
	t.wantOneWinner(domain.ErrPreconditionFailed, func(writer int) error {
		p := t.profileOf(id, user.Renter, at(time.Duration(writer)*time.Millisecond))
		return retryConflicts(func() error { return trySave(t, p, domain.MustNotExist()) })
	})
}

func raceDeletions(t trial) {
	p := t.saveNew(user.Renter, at(0))
	t.wantOneWinner(domain.ErrNotFound, func(writer int) error {
		s := at(time.Duration(writer) * time.Millisecond)
		return retryConflicts(func() error {
			_, err := t.store.Delete(t.Context(), p.ID, domain.Condition{}, s)
			return err
		})
	})
	t.wantAbsent(p.ID)
}

// raceUpdates appends a mark of each writer to one name: a lost update is a missing mark.
func raceUpdates(t trial) {
	p := t.newProfile(user.Renter, at(0))
	p.Name = "-"
	t.save(p)
	var versions versionSet
	concurrently(func(writer int) {
		mark := fmt.Sprintf("%02d-", writer)
		err := retryConflicts(func() error {
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

// raceVersions saves, deletes and creates one profile concurrently with clocks that differ: every acknowledged write has a
// unique version, greater than those acknowledged before it began.
func raceVersions(t trial) {
	id := newID()
	var versions versionSet
	concurrently(func(writer int) {
		for round := range 6 {
			s := at(time.Duration((writer*7+round)%11) * 25 * time.Hour) // different days, because of user.MaxDeletions
			floor := versions.highest()
			v, err := t.writeSomehow(id, s, writer+round)
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

func (t trial) writeSomehow(id domain.UserID, s domain.Stamp, how int) (v domain.Version, err error) {
	cond := domain.Condition{}
	if how%3 == 1 {
		cond = domain.MustNotExist()
	}
	err = retryConflicts(func() error {
		if how%3 == 2 {
			tombstone, err := t.store.Delete(t.Context(), id, domain.Condition{}, s)
			v = tombstone.Version
			return err
		}
		saved, _, err := t.store.Save(t.Context(), t.profileOf(id, user.Renter, s), cond)
		v = saved.Version
		return err
	})
	return v, err
}

// versionSet collects the versions of acknowledged writes.
type versionSet struct {
	mu   sync.Mutex
	seen map[domain.Version]bool
	max  domain.Version
}

// add checks that v is new and above floor, the highest version acknowledged before the write began.
func (s *versionSet) add(t trial, v, floor domain.Version) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if v <= floor || s.seen[v] {
		t.Errorf("acknowledged version %d; highest before: %d, seen before: %t", v, floor, s.seen[v])
	}
	if s.seen == nil {
		s.seen = make(map[domain.Version]bool)
	}
	s.seen[v] = true
	s.max = max(s.max, v)
}

func (s *versionSet) highest() domain.Version {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.max
}

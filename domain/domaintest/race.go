package domaintest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"rental.example/domain"
)

// Writers is the number of writers in a race.
const Writers = 32

// Concurrently runs f(0) .. f(Writers-1) at the same time and waits for all.
func Concurrently(f func(writer int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range Writers {
		all.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	all.Wait()
}

// RetryConflicts retries a write while it returns domain.ErrConflict, a limited number of times.
func RetryConflicts(write func() error) error { return retryWhile(domain.ErrConflict, write) }

func retryWhile(kind error, write func() error) (err error) {
	for range 20 * Writers {
		if err = write(); !errors.Is(err, kind) {
			return err
		}
	}
	return err
}

// WantOneWinner runs write concurrently and checks that it succeeds once and otherwise returns one of lost. It returns
// the winner, or -1.
func (t T) WantOneWinner(write func(writer int) error, lost ...error) (winner int) {
	t.Helper()
	var wins, last atomic.Int64
	last.Store(-1)
	Concurrently(func(writer int) {
		err := write(writer)
		if err == nil {
			wins.Add(1)
			last.Store(int64(writer))
		} else if !slices.ContainsFunc(lost, func(want error) bool { return errors.Is(err, want) }) {
			t.Errorf("writer %d: got error %v, want one of %v", writer, err, lost)
		}
	})
	if n := wins.Load(); n != 1 {
		t.Errorf("%d writers succeeded, want one", n)
	}
	return int(last.Load())
}

// mark returns the mark of a writer, to be appended to a text that begins with "-".
func mark(writer int) string { return fmt.Sprintf("%02d-", writer) }

// versionSet collects the versions of acknowledged writes.
type versionSet struct {
	mu   sync.Mutex
	seen map[domain.Version]bool
	max  domain.Version
}

// add checks that v is new and above floor, the highest version acknowledged before the write began.
func (s *versionSet) add(t T, v, floor domain.Version) {
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

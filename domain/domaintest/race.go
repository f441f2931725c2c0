package domaintest

import (
	"errors"
	"fmt"
	"slices"
	"sync"

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

// RetryWhile retries a write while it returns an error of a kind, a limited number of times.
func RetryWhile(kind error, write func() error) (err error) {
	for range 20 * Writers {
		if err = write(); !errors.Is(err, kind) {
			return err
		}
	}
	return err
}

// WantOneWinner runs write concurrently and checks that it succeeds once and otherwise returns one of lost. It returns
// the writer that succeeded.
func (t T) WantOneWinner(write func(writer int) error, lost ...error) (winner int) {
	t.Helper()
	errs := make([]error, Writers)
	Concurrently(func(writer int) { errs[writer] = write(writer) })
	winner = slices.Index(errs, nil)
	for writer, err := range errs {
		isLost := slices.ContainsFunc(lost, func(want error) bool { return errors.Is(err, want) })
		if writer != winner && !isLost {
			t.Errorf("writer %d: got error %v, want one of %v", writer, err, lost)
		}
	}
	if winner < 0 {
		t.Fatalf("no writer succeeded")
	}
	return winner
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

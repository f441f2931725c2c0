// Package domaintest is what the contract suites of the domain's ports share: stamps, ids, checks, concurrent writers, and
// TestStore, the contract of any store that finds records by their ids. Only tests and suites import it.
package domaintest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"rental.example/domain"
)

// Noon is about when the tests write. It is far ahead so that no engine expires what they write.
var Noon = time.Date(2100, 1, 1, 12, 0, 0, 0, time.UTC)

// At returns the stamp of a new request at d after Noon.
func At(d time.Duration) domain.Stamp {
	return domain.Stamp{Time: Noon.Add(d), RequestID: rand.Text()}
}

// NewUserID returns the id of a new user.
func NewUserID() domain.UserID {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return domain.UserID(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}

// Run runs tests in parallel by name, each with a trial of its own: a T and what is tested, with helpers.
func Run[Trial any](t *testing.T, newTrial func(t *testing.T) Trial, tests map[string]func(t Trial)) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newTrial(t))
		})
	}
}

// T is a test with the checks that the suites share.
type T struct{ testing.TB }

// WantError checks that got is want, which may be nil.
func (t T) WantError(what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

// Eventually calls check until it returns no problem, as lists may lag. It fails the test with the last problem after 20
// seconds.
func (t T) Eventually(check func() (problem string)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	interval := 10 * time.Millisecond
	for problem := check(); problem != ""; problem = check() {
		select {
		case <-time.After(interval):
			interval = min(2*interval, time.Second)
		case <-ctx.Done():
			t.Fatal(problem)
		}
	}
}

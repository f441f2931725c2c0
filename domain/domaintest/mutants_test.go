package domaintest_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"rental.example/domain"
	"rental.example/domain/domaintest"
)

func TestBookings(t *testing.T) {
	t.Parallel()
	runBookings(t, func(*testing.T) bookingStore { return newBookings("") })
}

// TestStoreParts: a store may lack operations.
func TestStoreParts(t *testing.T) {
	t.Parallel()
	type store = domaintest.Store[booking, string]
	for name, part := range map[string]func(bookingStore) store{
		"revisions":      byRevision,
		"without Delete": func(s bookingStore) store { d := describe(s); d.Delete = nil; return d },
		"without lists":  func(s bookingStore) store { d := describe(s); d.Lists = nil; return d },
		"Create alone":   func(s bookingStore) store { d := byRevision(s); d.Replace, d.Remove = nil, nil; return d },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			domaintest.TestStore(t, func(*testing.T) store { return part(newBookings("")) })
		})
	}
}

// byRevision describes the store with Create, Replace and Remove, as if its versions were revisions.
func byRevision(store bookingStore) domaintest.Store[booking, string] {
	d := describe(store)
	d.Save, d.Delete = nil, nil
	d.Create = func(ctx context.Context, b booking) error {
		_, _, err := store.Save(ctx, b, domain.MustNotExist())
		return conflict(err, domain.ErrPreconditionFailed)
	}
	d.Replace = func(ctx context.Context, base, next booking) error {
		_, _, err := store.Save(ctx, next, domain.MustBe(base.Version))
		return conflict(err, domain.ErrPreconditionFailed, domain.ErrNotFound)
	}
	d.Remove = func(ctx context.Context, base booking, s domain.Stamp) error {
		_, err := store.Delete(ctx, base.ID, domain.MustBe(base.Version), s)
		return conflict(err, domain.ErrPreconditionFailed)
	}
	return d
}

// conflict returns domain.ErrConflict for an error of one of these kinds, else err.
func conflict(err error, kinds ...error) error {
	if slices.ContainsFunc(kinds, func(kind error) bool { return errors.Is(err, kind) }) {
		return domain.ErrConflict
	}
	return err
}

// storeFaults are the faults that a bookingStore may have, and whether one that is written by revisions shows them, too.
var storeFaults = map[string]bool{
	"version of the clock":                  false, // Change raises versions
	"version of a deletion":                 false,
	"tombstone forgotten":                   true,
	"creation forgotten":                    true,
	"field lost":                            true,
	"note of the creation kept":             true,
	"deleted record returned":               true,
	"deletion of nothing":                   true,
	"always created":                        false,
	"failed write writes":                   true,
	"check and write apart":                 true,
	"condition ignored":                     true,
	"condition of an absent record ignored": true,
	"condition of a deletion ignored":       true,
	"condition on a tombstone":              true,
	"first version of a condition only":     false,
	"retry unknown":                         true,
	"retry without a RequestID":             true,
	"retry of another write":                false,
	"retry creates nothing":                 false,
	"memory shared with arguments":          true,
	"memory shared with results of Get":     true,
	"memory shared with results of Save":    false,
	"memory shared with lists":              true,
	"context ignored":                       true,
	"one too many":                          true,
	"one skipped":                           true,
	"one repeated":                          true,
	"cursor on the last page":               true,
	"cursor is an index":                    true,
	"cursor by time alone":                  true,
	"cursor of an existing record":          true,
	"others' listed":                        true,
	"deleted record listed":                 true,
	"order of ids":                          true,
	"order of versions":                     true,
}

// TestStoreNegative: every fault fails a test of the suite, and every test fails for a fault.
func TestStoreNegative(t *testing.T) {
	t.Parallel()
	type store = domaintest.Store[booking, string]
	for kind, describe := range map[string]func(bookingStore) store{"conditions": describe, "revisions": byRevision} {
		tests := func(fault string) map[string]func(testing.TB) {
			return domaintest.StoreTests(func() store { return describe(newBookings(fault)) })
		}
		foundBy := make(map[string][]string) // faults, by test
		for fault, byRevisions := range storeFaults {
			found := false
			for name, test := range tests(fault) {
				if len(failuresOf(t, test)) > 0 {
					found, foundBy[name] = true, append(foundBy[name], fault)
				}
			}
			if !found && (byRevisions || kind == "conditions") {
				t.Errorf("%s: no test of the suite finds %q", kind, fault)
			}
		}
		for name := range tests("") {
			if t.Logf("%s: %q finds %q", kind, name, foundBy[name]); foundBy[name] == nil {
				t.Errorf("%s: %q finds no fault", kind, name)
			}
		}
	}
}

// failuresOf runs a test and returns its failures. Waiting takes no time: see testing/synctest.
func failuresOf(t *testing.T, test func(testing.TB)) (failures []string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			test(r)
		}()
		<-done
		failures = r.failures
	})
	return failures
}

// recorder is a test whose failures are recorded.
type recorder struct {
	testing.TB
	mu       sync.Mutex
	failures []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

func (r *recorder) Fatal(args ...any) { r.Fatalf("%s", fmt.Sprint(args...)) }

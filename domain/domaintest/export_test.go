package domaintest

import "testing"

// StoreTests returns the tests of TestStore for a store, by name.
func StoreTests[R any, P comparable](newStore func() Store[R, P]) map[string]func(t testing.TB) {
	tests := make(map[string]func(testing.TB))
	for name, test := range newStoreTrial(nil, newStore()).tests() {
		tests[name] = func(t testing.TB) { test(newStoreTrial(t, newStore())) }
	}
	return tests
}

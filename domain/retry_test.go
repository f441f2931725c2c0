package domain_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/domain"
)

func TestBackoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for attempt := range 6 {
			start := time.Now()
			if err := domain.Backoff(t.Context(), attempt, time.Second); err != nil {
				t.Fatal(err)
			}
			most := max(time.Second<<attempt/2, 1)
			if attempt == 0 {
				most = 1
			}
			if took := time.Since(start); took >= most {
				t.Errorf("attempt %d waited %v, want less than %v", attempt, took, most)
			}
		}
	})
}

func TestBackoffEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Nanosecond)
		defer cancel()
		err := domain.Backoff(ctx, 1, time.Hour)
		if !errors.Is(err, domain.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestRetry(t *testing.T) {
	t.Parallel()
	lost, other := errors.New("lost"), errors.New("other")
	for name, test := range map[string]struct {
		results []error // of one attempt after the other
		want    error
	}{
		"at once":       {[]error{nil}, nil},
		"later":         {[]error{lost, lost, nil}, nil},
		"another error": {[]error{lost, other}, other},
		"never":         {[]error{lost, lost, lost, lost}, lost},
	} {
		synctest.Test(t, func(t *testing.T) {
			calls := 0
			err := domain.Retry(t.Context(), 4, time.Second, lost, func() error { calls++; return test.results[calls-1] })
			if err != test.want || calls != len(test.results) {
				t.Errorf("%s: %v after %d calls, want %v after %d", name, err, calls, test.want, len(test.results))
			}
		})
	}
}

func TestRetryConflicts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		result error
		calls  int
	}{
		"success":     {nil, 1},
		"conflicts":   {domain.ErrConflict, 8},
		"unavailable": {domain.ErrUnavailable, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			calls, start := 0, time.Now()
			err := domain.RetryConflicts(t.Context(), func() error { calls++; return test.result })
			if !errors.Is(err, test.result) || calls != test.calls || time.Since(start) > 600*time.Millisecond {
				t.Errorf("%s: %v after %d calls and %v", name, err, calls, time.Since(start))
			}
		})
	}
}

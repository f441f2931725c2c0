package coldstart_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rental.example/adapters/coldstart"
)

// TestWarmUp measures how long WarmUp takes, on a fake clock.
func TestWarmUp(t *testing.T) {
	t.Parallel()
	after := func(d time.Duration) func(context.Context) error {
		return func(ctx context.Context) error {
			select {
			case <-time.After(d):
				return errors.New("the store failed")
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	ignoresContext := func(context.Context) error {
		time.Sleep(time.Minute)
		return nil
	}
	for name, c := range map[string]struct {
		reads []func(context.Context) error
		want  time.Duration
	}{
		"no store":                      {nil, 0},
		"one store":                     {[]func(context.Context) error{after(4 * time.Millisecond)}, 4 * time.Millisecond},
		"two at the same time":          {[]func(context.Context) error{after(30 * time.Millisecond), after(20 * time.Millisecond)}, 30 * time.Millisecond},
		"one hangs":                     {[]func(context.Context) error{after(time.Hour), after(time.Millisecond)}, coldstart.Deadline},
		"one hangs and ignores the end": {[]func(context.Context) error{after(time.Millisecond), ignoresContext}, coldstart.Deadline},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var calls atomic.Int32
				var reads []func(context.Context) error
				for _, read := range c.reads {
					reads = append(reads, func(ctx context.Context) error {
						calls.Add(1)
						return read(ctx)
					})
				}
				start := time.Now()
				coldstart.WarmUp(reads...)
				if got := time.Since(start); got != c.want || int(calls.Load()) != len(c.reads) {
					t.Errorf("%v and %d calls, want %v and %d", got, calls.Load(), c.want, len(c.reads))
				}
				time.Sleep(time.Hour) // until every read has ended
			})
		})
	}
}

package simulation_test

import (
	"context"
	"flag"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

var (
	schedules = flag.Int("schedules", 3000, "number of schedules")
	firstSeed = flag.Uint64("first", 1, "seed of the first schedule")
	seed      = flag.Uint64("seed", 0, "replay only this seed, and print a trace")
)

// TestSimulation runs schedules until one fails.
func TestSimulation(t *testing.T) {
	t.Parallel()
	if *seed != 0 {
		var trace strings.Builder
		err := runSchedule(t, *seed, &trace).violation
		t.Log("\n" + trace.String())
		if err != nil {
			t.Errorf("seed %d: %v", *seed, err)
		}
		return
	}
	var total totals
	const workers = 4
	var all sync.WaitGroup
	for i := range workers {
		all.Go(func() {
			for s := *firstSeed + uint64(i); s < *firstSeed+uint64(*schedules) && !total.failed(); s += workers {
				total.add(s, runSchedule(t, s, nil))
			}
		})
	}
	all.Wait()
	if total.violation != nil {
		t.Fatalf("after %d schedules, seed %d: %v\nreplay: go test ./functions/simulation -run TestSimulation -v -seed %d",
			total.schedules, total.seed, total.violation, total.seed)
	}
	t.Logf("%d schedules, %d of them distinct; %d requests, %d messages, %d items, %d of which may have been removed before their owner's new profile was known",
		total.schedules, len(total.distinct), total.requests, total.messages, total.items, total.exempt)
	if len(total.distinct) < *schedules*99/100 {
		t.Errorf("only %d of %d schedules are distinct", len(total.distinct), *schedules)
	}
}

// TestReplay checks that a seed always gives the same trace.
func TestReplay(t *testing.T) {
	t.Parallel()
	for s := uint64(1); s <= 50; s++ {
		var traces [2]strings.Builder
		for i := range traces {
			runSchedule(t, s, &traces[i])
		}
		if traces[0].String() != traces[1].String() || traces[0].Len() == 0 {
			t.Fatalf("seed %d has two traces:\n%s\n%s", s, traces[0].String(), traces[1].String())
		}
	}
}

// runSchedule runs one schedule. Backoff takes no time: see testing/synctest.
func runSchedule(t *testing.T, seed uint64, trace io.Writer) (w *world) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		w = newWorld(ctx, seed, trace)
		w.violation = w.run()
		for _, p := range w.running { // after a violation
			p.run(true)
		}
	})
	return w
}

// totals are the totals of all schedules.
type totals struct {
	mu                                           sync.Mutex
	distinct                                     map[uint64]bool
	schedules, requests, messages, items, exempt int
	seed                                         uint64
	violation                                    error
}

func (t *totals) failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.violation != nil
}

func (t *totals) add(seed uint64, w *world) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.distinct == nil {
		t.distinct = map[uint64]bool{}
	}
	t.schedules++
	t.distinct[w.digest] = true
	t.requests += w.started
	t.messages += w.queue.added
	t.items += len(w.creations)
	t.exempt += w.exempt
	if w.violation != nil && t.violation == nil {
		t.seed, t.violation = seed, w.violation
	}
}

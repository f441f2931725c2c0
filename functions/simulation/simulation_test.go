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
	schedules = flag.Int("schedules", 3000, "how many schedules to play")
	firstSeed = flag.Uint64("first", 1, "the seed of the first; the others follow")
	seed      = flag.Uint64("seed", 0, "play only this one, and tell what happens")
)

// TestSimulation plays schedules until one goes wrong.
func TestSimulation(t *testing.T) {
	t.Parallel()
	if *seed != 0 {
		var story strings.Builder
		err := play(t, *seed, &story).violation
		t.Log("\n" + story.String())
		if err != nil {
			t.Errorf("seed %d: %v", *seed, err)
		}
		return
	}
	var total tally
	const workers = 4
	var all sync.WaitGroup
	for i := range workers {
		all.Go(func() {
			for s := *firstSeed + uint64(i); s < *firstSeed+uint64(*schedules) && !total.failed(); s += workers {
				total.add(s, play(t, s, nil))
			}
		})
	}
	all.Wait()
	if total.violation != nil {
		t.Fatalf("after %d schedules, seed %d: %v\nreplay: go test ./functions/simulation -run TestSimulation -v -seed %d",
			total.played, total.seed, total.violation, total.seed)
	}
	t.Logf("%d schedules, %d of them distinct; %d requests, %d messages, %d items, of which %d were swept away before their owner was back",
		total.played, len(total.distinct), total.requests, total.messages, total.items, total.exempt)
	if len(total.distinct) < *schedules*99/100 {
		t.Errorf("only %d of %d schedules are distinct", len(total.distinct), *schedules)
	}
}

// TestReplay: a seed always tells the same story.
func TestReplay(t *testing.T) {
	t.Parallel()
	for s := uint64(1); s <= 50; s++ {
		var stories [2]strings.Builder
		for i := range stories {
			play(t, s, &stories[i])
		}
		if stories[0].String() != stories[1].String() || stories[0].Len() == 0 {
			t.Fatalf("seed %d tells two stories:\n%s\n%s", s, stories[0].String(), stories[1].String())
		}
	}
}

// play plays one schedule. Where code waits before it tries again, that takes no time: see testing/synctest.
func play(t *testing.T, seed uint64, story io.Writer) (w *world) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		w = newWorld(ctx, seed, story)
		w.violation = w.play()
		for _, p := range w.running { // of a schedule that was cut short
			p.run(true)
		}
	})
	return w
}

// tally is what all schedules come to.
type tally struct {
	mu                                        sync.Mutex
	distinct                                  map[uint64]bool
	played, requests, messages, items, exempt int
	seed                                      uint64
	violation                                 error
}

func (t *tally) failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.violation != nil
}

func (t *tally) add(seed uint64, w *world) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.distinct == nil {
		t.distinct = map[uint64]bool{}
	}
	t.played++
	t.distinct[w.choices] = true
	t.requests += w.started
	t.messages += w.queue.added
	t.items += len(w.births)
	t.exempt += w.exempt
	if w.violation != nil && t.violation == nil {
		t.seed, t.violation = seed, w.violation
	}
}

package simulation_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory/memoryitems"
	"rental.example/adapters/memory/memoryusers"
	"rental.example/adapters/snssqs"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/user"
	"rental.example/functions/itemsync"
	"rental.example/functions/republish"
	"rental.example/functions/userevents"
)

// world is the system of one schedule.
type world struct {
	ctx       context.Context
	random    *rand.Rand
	digest    uint64 // of all choices: it identifies the schedule
	clock     time.Time
	faults    bool          // calls may fail, processes may be killed
	lossy     bool          // messages of the topic, and all owners, may be lost
	faultless bool          // no faults, and one owner deletes and recreates the profile repeatedly
	clockLag  time.Duration // of the clocks that set the creation times of items; negative: ahead
	trace     io.Writer

	started int
	ids     uint64 // that randomBits made
	running []*process
	clients []*client

	users  users
	items  items
	owners *owners

	directory  *user.Directory
	catalog    *item.Catalog
	userevents *userevents.Function
	itemsync   *itemsync.Function
	republish  *republish.Function

	stream stream
	queue  queue
	expectedState
}

// newWorld returns the system as wired by functions/*/bootstrap, with stores in memory.
func newWorld(ctx context.Context, seed uint64, trace io.Writer) *world {
	w := &world{
		ctx: ctx, random: rand.New(rand.NewPCG(seed, 0)), digest: 14695981039346656037, trace: trace,
		clock: time.Date(2100, 1, 1, 12, 0, 0, 0, time.UTC), faults: true, expectedState: newExpectedState(),
	}
	w.faultless = w.chance(10)
	w.faults = !w.faultless
	w.lossy = w.faults && w.chance(8)
	w.clockLag = []time.Duration{0, 0, 0, 0, 0, 0, time.Second, -time.Second}[w.choose(8)]
	w.users = users{memoryusers.New(), w}
	w.users.OnChange(w.recordChange)
	w.items = items{memoryitems.NewItems(), w}
	w.items.PauseRefresh()
	w.owners = &owners{world: w}
	w.loseOwners()

	logger := slog.New(slog.DiscardHandler)
	metrics := cloudwatch.NewMetrics(io.Discard, "rental", "simulation", w.now)
	topic := snssqs.NewTopic(topic{w}, "arn:aws:sns:us-east-1:123456789012:UserEventsTopic")
	w.directory = user.NewDirectory(w.users)
	w.catalog = item.NewCatalog(w.items, w.items, w.owners, w.randomBits)
	w.userevents = userevents.New(topic, deadLetters{w}, userevents.Config{Now: w.now, Logger: logger, Metrics: metrics})
	w.itemsync = itemsync.New(item.NewRegistry(w.owners, w.items, itemsync.GracePeriod, w.now), itemsync.Config{Logger: logger, Metrics: metrics})
	w.republish = republish.New(w.users, topic, republish.Config{Now: w.now, Logger: logger, Metrics: metrics})
	w.addClients()
	return w
}

func (w *world) now() time.Time { return w.clock }

// randomBits returns other bits at each call, the same in each run of a schedule.
func (w *world) randomBits() (b [10]byte) {
	w.ids++
	binary.BigEndian.PutUint64(b[:], w.ids)
	return b
}

// choose returns a random number below n.
func (w *world) choose(n int) int {
	i := w.random.IntN(n)
	w.digest = (w.digest ^ uint64(n<<16|i)) * 1099511628211 // FNV-1a
	return i
}

// chance is true once in n times.
func (w *world) chance(n int) bool { return w.choose(n) == 0 }

func (w *world) log(format string, args ...any) {
	if w.trace != nil {
		fmt.Fprintf(w.trace, "%s  "+format+"\n", append([]any{w.clock.Format("15:04:05.000000")}, args...)...)
	}
}

func (w *world) chooseOutcome() outcome {
	if !w.faults {
		return succeeds
	}
	switch w.choose(40) {
	case 0:
		return fails
	case 1:
		return losesResponse
	case 2, 3:
		return losesResponseAndRetries
	}
	return succeeds
}

// run runs until all requests are done, and then without faults until the system is idle.
func (w *world) run() error {
	for w.violation == nil && w.clientsBusy() {
		w.step()
	}
	w.faults = false
	w.log("no more faults")
	if w.lossy {
		w.startRepublish()
	}
	const maxSteps = 20_000 // a few hundred are usual
	for steps := 0; w.violation == nil && !w.idle(); steps++ {
		if steps == maxSteps {
			return fmt.Errorf("the system does not become idle: %d messages, %d dead letters", len(w.queue.messages), len(w.queue.deadLetters))
		}
		w.step()
	}
	if w.violation == nil {
		w.checkFinalState()
	}
	if w.faultless && w.queue.deadLettered > 0 {
		w.violate("%d dead letters without a fault", w.queue.deadLettered)
	}
	return w.violation
}

func (w *world) idle() bool {
	return len(w.running) == 0 && w.stream.next == len(w.stream.records) && len(w.queue.messages) == 0 && len(w.queue.deadLetters) == 0
}

// step takes one random action and advances the clock.
func (w *world) step() {
	w.clock = w.clock.Add(time.Duration(1+w.random.IntN(3)) * time.Microsecond)
	var actions []func()
	for i, p := range w.running {
		actions = append(actions, func() {
			if p.run(w.faults && w.chance(60)) {
				w.running = append(w.running[:i], w.running[i+1:]...)
			}
		})
	}
	actions = append(actions, w.clientActions()...)
	if w.stream.ready() {
		actions = append(actions, w.startUserEvents)
	}
	if w.queue.ready(w.clock) {
		actions = append(actions, w.startItemSync, w.startItemSync)
	}
	if len(actions) == 0 || w.faults && w.chance(12) {
		actions = append(actions, w.rareActions(len(actions) == 0)...)
	}
	actions[w.choose(len(actions))]()
}

// rareActions returns the actions besides requests. If there are no others, the clock must advance.
func (w *world) rareActions(idle bool) []func() {
	actions := []func(){w.redrive, w.advanceClock}
	if !idle {
		actions = append(actions, w.refresh, w.startRepublish)
		if w.lossy {
			actions = append(actions, w.loseOwners)
		}
	}
	return actions
}

// advanceClock advances the clock by up to a function's timeout, or the visibility timeout of a message.
func (w *world) advanceClock() {
	steps := []time.Duration{time.Millisecond, 300 * time.Millisecond, 3 * time.Second, 11 * time.Second, 25 * time.Second, 100 * time.Second, 200 * time.Second}
	w.clock = w.clock.Add(steps[w.choose(len(steps))])
}

// refresh is the periodic refresh of the engine.
func (w *world) refresh() { _ = w.items.Items.Refresh(w.ctx) } // fails only if the context is done

// loseOwners deletes all owners, as if their index were lost.
func (w *world) loseOwners() {
	w.log("all owners are lost")
	w.owners.memory = memoryitems.NewOwners()
	w.owners.memory.OnMerge(func(ctx context.Context) { _ = processOf(ctx).pause() })
	clear(w.applied)
	w.ownerLosses++
}

func (w *world) startRepublish() {
	w.start("republish", 15*time.Minute, func() {}, func(ctx context.Context) {
		request := republish.Request{BumpVersions: w.chance(3)}
		for {
			result, err := w.republish.Handle(ctx, request)
			w.log("republish: %+v, %v", result, err)
			if err != nil || result.Next == "" {
				return
			}
			request.After = result.Next
		}
	})
}

var ownerIDs = [...]domain.UserID{"11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"}

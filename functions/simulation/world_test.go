package simulation_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/memory"
	"rental.example/adapters/snssqs"
	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/functions/itemsync"
	"rental.example/functions/republish"
	"rental.example/functions/userevents"
)

// world is everything that runs in one schedule, and what decides about it.
type world struct {
	ctx     context.Context
	random  *rand.Rand
	choices uint64 // a digest of all that was decided: which schedule this is
	clock   time.Time
	faults  bool          // things go wrong
	lossy   bool          // messages of the topic get lost for good, and once all that is known of owners
	calm    bool          // nothing goes wrong, and one owner deletes the profile and makes it again, over and over
	lag     time.Duration // of the clocks of those who list items; negative: they are ahead
	story   io.Writer

	started int
	running []*process
	clients []*client

	users  users
	items  items
	owners *owners

	catalog    *item.Catalog
	userevents *userevents.Function
	itemsync   *itemsync.Function
	republish  *republish.Function

	stream stream
	queue  queue
	truth
}

// newWorld is the system as functions/*/bootstrap wire it, over memory.
func newWorld(ctx context.Context, seed uint64, story io.Writer) *world {
	w := &world{
		ctx: ctx, random: rand.New(rand.NewPCG(seed, 0)), choices: 14695981039346656037, story: story,
		clock: time.Date(2100, 1, 1, 12, 0, 0, 0, time.UTC), faults: true, truth: newTruth(),
	}
	w.calm = w.chance(10)
	w.faults = !w.calm
	w.lossy = w.faults && w.chance(8)
	w.lag = []time.Duration{0, 0, 0, 0, 0, 0, time.Second, -time.Second}[w.choose(8)]
	w.users = users{memory.NewUsers(), w}
	w.users.OnChange(w.noteChange)
	w.items = items{memory.NewItems(), w}
	w.items.PauseRefresh()
	w.owners = &owners{world: w}
	w.loseOwners()

	logger := slog.New(slog.DiscardHandler)
	metrics := cloudwatch.NewMetrics(io.Discard, "rental", "simulation", w.now)
	topic := snssqs.NewTopic(topic{w}, "arn:aws:sns:us-east-1:123456789012:UserEventsTopic")
	w.catalog = item.NewCatalog(w.items, w.items, w.owners)
	w.userevents = userevents.New(topic, deadLetters{w}, userevents.Config{Now: w.now, Logger: logger, Metrics: metrics})
	w.itemsync = itemsync.New(item.NewRegistry(w.owners, w.items, itemsync.GracePeriod, w.now), itemsync.Config{Logger: logger, Metrics: metrics})
	w.republish = republish.New(w.users, topic, republish.Config{Now: w.now, Logger: logger, Metrics: metrics})
	w.addClients()
	return w
}

func (w *world) now() time.Time { return w.clock }

// choose decides between n things.
func (w *world) choose(n int) int {
	i := w.random.IntN(n)
	w.choices = (w.choices ^ uint64(n<<16|i)) * 1099511628211 // FNV-1a
	return i
}

// chance is true once in n times.
func (w *world) chance(n int) bool { return w.choose(n) == 0 }

func (w *world) log(format string, args ...any) {
	if w.story != nil {
		fmt.Fprintf(w.story, "%s  "+format+"\n", append([]any{w.clock.Format("15:04:05.000000")}, args...)...)
	}
}

// fate is what becomes of a request.
func (w *world) fate() int {
	if !w.faults {
		return answered
	}
	switch w.choose(40) {
	case 0:
		return refused
	case 1:
		return unanswered
	case 2, 3:
		return repeated
	}
	return answered
}

// play runs until the clients have done all that they want, and everything has come to rest after that.
func (w *world) play() error {
	for w.truth.violation == nil && w.busyClients() {
		w.turn()
	}
	w.faults = false
	w.log("from here on, nothing goes wrong any more")
	if w.lossy {
		w.startRepublish()
	}
	const restless = 20_000 // turns; a few hundred are usual
	for turns := 0; w.truth.violation == nil && !w.atRest(); turns++ {
		if turns == restless {
			return fmt.Errorf("it does not come to rest: %d messages, %d dead letters", len(w.queue.messages), len(w.queue.dead))
		}
		w.turn()
	}
	if w.truth.violation == nil {
		w.checkEnd()
	}
	if w.calm && w.queue.given > 0 {
		w.violate("nothing went wrong, and %d messages became dead letters", w.queue.given)
	}
	return w.truth.violation
}

func (w *world) atRest() bool {
	return len(w.running) == 0 && w.stream.read == len(w.stream.records) && len(w.queue.messages) == 0 && len(w.queue.dead) == 0
}

// turn has one thing happen. Time passes with each.
func (w *world) turn() {
	w.clock = w.clock.Add(time.Duration(1+w.random.IntN(3)) * time.Microsecond)
	var able []func()
	for i, p := range w.running {
		able = append(able, func() {
			if p.run(w.faults && w.chance(60)) {
				w.running = append(w.running[:i], w.running[i+1:]...)
			}
		})
	}
	able = append(able, w.clientTurns()...)
	if w.stream.ready() {
		able = append(able, w.startUserEvents)
	}
	if w.queue.ready(w.clock) {
		able = append(able, w.startItemSync, w.startItemSync)
	}
	if len(able) == 0 || w.faults && w.chance(12) {
		able = append(able, w.rareTurns(len(able) == 0)...)
	}
	able[w.choose(len(able))]()
}

// rareTurns are what happens beside the requests. Where there are none, time has to go on.
func (w *world) rareTurns(idle bool) []func() {
	turns := []func(){w.redrive, w.wait}
	if !idle {
		turns = append(turns, w.refresh, w.startRepublish)
		if w.lossy {
			turns = append(turns, w.loseOwners)
		}
	}
	return turns
}

// wait has time pass: mostly little, sometimes as much as a function may take, or until a message is due.
func (w *world) wait() {
	steps := []time.Duration{time.Millisecond, 300 * time.Millisecond, 3 * time.Second, 11 * time.Second, 25 * time.Second, 100 * time.Second, 200 * time.Second}
	w.clock = w.clock.Add(steps[w.choose(len(steps))])
}

// refresh is the engine's own, each second or so.
func (w *world) refresh() { _ = w.items.Items.Refresh(w.ctx) } // fails only when the context is over

// loseOwners loses all that is known of owners, as an index can get lost.
func (w *world) loseOwners() {
	w.log("nothing is known of owners")
	w.owners.memory = memory.NewOwners()
	w.owners.memory.OnMerge(func(ctx context.Context) { _ = processOf(ctx).step() }) // the write then fails by itself
	clear(w.applied)
	w.losses++
}

func (w *world) startRepublish() {
	w.start("republish", 15*time.Minute, func() {}, func(ctx context.Context) {
		order := republish.Request{Raise: w.chance(3)}
		for {
			report, err := w.republish.Handle(ctx, order)
			w.log("republish: %+v, %v", report, err)
			if err != nil || report.Next == "" {
				return
			}
			order.After = report.Next
		}
	})
}

var ownerIDs = [...]domain.UserID{"11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"}

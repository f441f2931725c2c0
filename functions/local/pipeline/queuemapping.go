package pipeline

import (
	"context"
	"sync"
	"time"

	"rental.example/functions/local/template"
)

// queueConsumer invokes a function with the messages of a queue, like an event source mapping of Lambda.
type queueConsumer struct {
	template.QueueMapping
	queue  *Queue
	invoke invoker
	state  *mappingState
}

func (p *Pipeline) newQueueConsumer(m template.QueueMapping) *queueConsumer {
	m.Window = p.config.shorter(m.Window)
	queue, _ := p.Queue(m.Queue)
	return &queueConsumer{QueueMapping: m, queue: queue, invoke: p.invoker(m.Function), state: newMappingState(m.Enabled)}
}

func (c *queueConsumer) mapping() Mapping {
	d := c.queue.Depth()
	return Mapping{Function: c.Function, Source: c.Queue, Waiting: d.Visible + d.InFlight + d.Delayed, Oldest: d.Oldest}
}

func (c *queueConsumer) mappingState() *mappingState { return c.state }

func (c *queueConsumer) run(ctx context.Context) {
	var pollers sync.WaitGroup
	for range c.MaxConcurrency {
		pollers.Go(func() {
			for c.state.wait(ctx) {
				if batch := c.batch(ctx); len(batch) > 0 {
					c.process(ctx, batch)
				}
			}
		})
	}
	pollers.Wait()
}

// batch waits for messages, and for more of them until the window ends. It returns none if the mapping is disabled or
// ctx is done first.
func (c *queueConsumer) batch(ctx context.Context) []message {
	ctx, cancel := c.state.whileEnabled(ctx)
	defer cancel()
	var batch, more []message
	var changed <-chan struct{}
	var next time.Time
	var windowEnd <-chan time.Time
	for {
		enabled := c.state.ifEnabled(func() { more, changed, next = c.queue.receive(c.BatchSize - len(batch)) })
		if !enabled {
			return batch
		}
		batch = append(batch, more...)
		if len(batch) > 0 && windowEnd == nil {
			windowEnd = time.After(c.Window)
		}
		if len(batch) == c.BatchSize || len(batch) > 0 && c.Window == 0 {
			return batch
		}
		if !awaitMessages(ctx, changed, next, windowEnd) {
			return batch
		}
	}
}

// awaitMessages waits for a change of the queue or the time next, unless that is zero. It returns false if ctx is done
// or the window ends first.
func awaitMessages(ctx context.Context, changed <-chan struct{}, next time.Time, windowEnd <-chan time.Time) bool {
	var visible <-chan time.Time
	if !next.IsZero() {
		timer := time.NewTimer(time.Until(next))
		defer timer.Stop()
		visible = timer.C
	}
	select {
	case <-ctx.Done():
		return false
	case <-windowEnd:
		return false
	case <-changed:
	case <-visible:
	}
	return true
}

// process invokes the function with a batch and deletes the messages that succeeded. The others become visible when
// their visibility timeout ends.
func (c *queueConsumer) process(ctx context.Context, batch []message) {
	event, err := newSQSEvent(c.queue.Name(), batch)
	if err != nil {
		return // strings always encode
	}
	response, err := c.invoke(ctx, event)
	if err != nil {
		return // the sandbox has logged it
	}
	ids := make([]string, len(batch))
	for i, m := range batch {
		ids[i] = m.id
	}
	if !c.ReportsFailures {
		response = nil
	}
	failed, err := failedItems(response, ids)
	if err != nil {
		return
	}
	var done []string
	for i, m := range batch {
		if !failed[i] {
			done = append(done, m.receipt)
		}
	}
	c.queue.remove(done...)
}

package pipeline

import (
	"context"
	"sync"
	"time"
)

// queueConsumer invokes a function with the messages of a queue, like an event source mapping of Lambda.
type queueConsumer struct {
	queueMapping
	queue  *Queue
	invoke invoker
	state  *mappingState
}

// run invokes the function until ctx is done, then waits for the invocations in flight.
func (c *queueConsumer) run(ctx context.Context) {
	var pollers sync.WaitGroup
	for range c.maxConcurrency {
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
		enabled := c.state.ifEnabled(func() { more, changed, next = c.queue.receive(c.batchSize - len(batch)) })
		if !enabled {
			return batch
		}
		batch = append(batch, more...)
		if len(batch) > 0 && windowEnd == nil {
			windowEnd = time.After(c.window)
		}
		if len(batch) == c.batchSize || len(batch) > 0 && c.window == 0 {
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
	if !c.reportsFailures {
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

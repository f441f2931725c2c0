package pipeline

import (
	"context"
	"sync"
	"time"
)

// queueConsumer feeds a function from a queue, as an event source mapping of Lambda does.
type queueConsumer struct {
	queueMapping
	queue  *Queue
	invoke invoker
	gate   *gate
}

// run feeds the function until ctx is done, and then lets it finish what it has begun.
func (c *queueConsumer) run(ctx context.Context) {
	var workers sync.WaitGroup
	for range c.maxConcurrency {
		workers.Go(func() { c.work(ctx) })
	}
	workers.Wait()
}

func (c *queueConsumer) work(ctx context.Context) {
	for c.gate.pass(ctx) {
		batch := c.batch(ctx)
		if len(batch) > 0 {
			c.process(ctx, batch)
		}
	}
}

// batch waits for messages, and the window for more of them. It returns none when the function is stopped
// or ctx is done.
func (c *queueConsumer) batch(ctx context.Context) []message {
	ctx, cancel := c.gate.whileOpen(ctx)
	defer cancel()
	var batch, more []message
	var changed <-chan struct{}
	var next time.Time
	var full <-chan time.Time
	for {
		open := c.gate.ifOpen(func() { more, changed, next = c.queue.receive(c.batchSize - len(batch)) })
		if !open {
			return batch
		}
		batch = append(batch, more...)
		if len(batch) > 0 && full == nil {
			full = time.After(c.window)
		}
		if len(batch) == c.batchSize || len(batch) > 0 && c.window == 0 {
			return batch
		}
		if !awaitChange(ctx, changed, next, full) {
			return batch
		}
	}
}

// awaitChange waits for the first of its arguments; it reports false when that is the end of ctx, or full.
func awaitChange(ctx context.Context, changed <-chan struct{}, next time.Time, full <-chan time.Time) bool {
	var due <-chan time.Time
	if !next.IsZero() {
		timer := time.NewTimer(time.Until(next))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
		return false
	case <-full:
		return false
	case <-changed:
	case <-due:
	}
	return true
}

// process has the function handle a batch, and deletes what succeeded. What failed comes back by itself,
// after its visibility timeout.
func (c *queueConsumer) process(ctx context.Context, batch []message) {
	event, err := newSQSEvent(c.queue.Name(), batch)
	if err != nil {
		return // strings always encode
	}
	answer, err := c.invoke(ctx, event)
	if err != nil {
		return // told by the sandbox
	}
	ids, receipts := make([]string, len(batch)), make([]string, len(batch))
	for i, m := range batch {
		ids[i], receipts[i] = m.id, m.receipt
	}
	if !c.reportsFailures {
		answer = nil
	}
	failed, err := failures(answer, ids)
	if err != nil {
		return
	}
	done := receipts[:0]
	for i, receipt := range receipts {
		if !failed[i] {
			done = append(done, receipt)
		}
	}
	c.queue.remove(done...)
}

package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// A function that fails is left alone for a while that doubles each time. AWS says that it does so and not
// how long; these are about what was observed.
const (
	firstBackoff = time.Second
	maxBackoff   = time.Minute
)

// streamConsumer feeds a function from a table's stream, as an event source mapping of Lambda does: in
// order, and never beyond what has failed.
// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
type streamConsumer struct {
	streamMapping
	source    Source
	invoke    invoker
	positions *Queue
	gate      *gate
	speed     int

	mu   sync.Mutex
	held map[string][]Record // read and not done with yet, by shard
}

// invoker has the mapping's function handle an event.
type invoker func(ctx context.Context, event []byte) (answer []byte, err error)

// segment is a part of a batch that is tried as one.
type segment struct {
	records []Record
	retries int   // so many attempts have failed
	pauses  int   // since anything went well
	err     error // of the last attempt; nil when it reported items
}

// run feeds the function until ctx is done, and then lets it finish what it has begun.
func (c *streamConsumer) run(ctx context.Context) { c.source.Follow(ctx, c.feed) }

func (c *streamConsumer) feed(ctx context.Context, shard Shard) {
	for c.gate.pass(ctx) {
		batch, err := c.batch(ctx, shard)
		c.process(ctx, shard, batch)
		if errors.Is(err, io.EOF) {
			return
		}
	}
}

// batch reads until it is full, or the window over.
func (c *streamConsumer) batch(ctx context.Context, shard Shard) ([]Record, error) {
	ctx, cancel := c.gate.whileOpen(ctx)
	defer cancel()
	batch, err := shard.Read(ctx, c.batchSize)
	ctx, over := context.WithTimeout(ctx, c.window)
	defer over()
	for err == nil && len(batch) < c.batchSize && c.window > 0 {
		var more []Record
		more, err = shard.Read(ctx, c.batchSize-len(batch))
		batch = append(batch, more...)
		if ctx.Err() != nil {
			err = nil // the window is over
			break
		}
	}
	return batch, err
}

// process has the function handle a batch, however often it fails, until ctx is done.
func (c *streamConsumer) process(ctx context.Context, shard Shard, batch []Record) {
	pending := []segment{{records: batch}}
	for c.hold(shard, pending) && c.gate.pass(ctx) {
		first := pending[0]
		if first.pauses > 0 && !sleep(ctx, c.backoff(first.pauses)) {
			return
		}
		pending = append(c.try(ctx, shard, first), pending[1:]...)
	}
}

// hold notes what is not done with, and reports whether there is any.
func (c *streamConsumer) hold(shard Shard, pending []segment) bool {
	var held []Record
	for _, s := range pending {
		held = append(held, s.records...)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held[shard.ID()] = held
	return len(held) > 0
}

// try has the function handle s, and returns what has to be tried next in its place. What is too old, or
// was tried too often, only leaves its position.
func (c *streamConsumer) try(ctx context.Context, shard Shard, s segment) []segment {
	if old := c.expired(s.records); old > 0 {
		c.discard(shard, s, old, "RecordAgeExceeded")
		s.records = s.records[old:]
		return remaining(s)
	}
	done, err := c.attempt(ctx, s.records)
	switch {
	case done == len(s.records):
		return nil
	case done > 0:
		s = segment{records: s.records[done:]}
	case err != nil && c.bisect && len(s.records) > 1: // a split is no retry
		half := len(s.records) / 2
		return []segment{
			{records: s.records[:half], retries: s.retries, pauses: s.pauses + 1, err: err},
			{records: s.records[half:], retries: s.retries, err: err},
		}
	}
	s.retries, s.pauses, s.err = s.retries+1, s.pauses+1, err
	if c.maxRetries != Infinite && s.retries > c.maxRetries {
		c.discard(shard, s, len(s.records), "RetryAttemptsExhausted")
		return nil
	}
	return []segment{s}
}

func remaining(s segment) []segment {
	if len(s.records) == 0 {
		return nil
	}
	return []segment{s}
}

// attempt returns how many of the records, from the first one, need not be tried again.
func (c *streamConsumer) attempt(ctx context.Context, records []Record) (done int, err error) {
	event := struct{ Records []json.RawMessage }{make([]json.RawMessage, len(records))}
	ids := make([]string, len(records))
	for i, r := range records {
		event.Records[i], ids[i] = r.Data, r.Sequence
	}
	data, err := json.Marshal(event)
	if err != nil {
		return 0, fmt.Errorf("stream event: %w", err)
	}
	answer, err := c.invoke(ctx, data)
	if err != nil {
		return 0, err
	}
	if !c.reportsFailures {
		return len(records), nil
	}
	failed, err := failures(answer, ids)
	if err != nil {
		return 0, err
	}
	for done < len(records) && !failed[done] {
		done++
	}
	return done, nil
}

// expired counts the records, from the first one, that are older than the stream or the mapping keeps them.
func (c *streamConsumer) expired(records []Record) (n int) {
	limit := streamRetention
	if c.maxAge != Infinite {
		limit = min(limit, c.maxAge)
	}
	for n < len(records) && time.Since(records[n].Arrived) > limit {
		n++
	}
	return n
}

func (c *streamConsumer) backoff(failures int) time.Duration {
	pause := firstBackoff
	for range failures - 1 {
		pause = min(2*pause, maxBackoff)
	}
	return pause / time.Duration(c.speed)
}

// sleep reports false when ctx was done first.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// waiting is how many records are not done with, and since when the first one is there.
func (c *streamConsumer) waiting() (n int, since time.Time) {
	n, since = c.source.Waiting()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, records := range c.held {
		n += len(records)
		if len(records) > 0 && (since.IsZero() || records[0].Arrived.Before(since)) {
			since = records[0].Arrived
		}
	}
	return n, since
}

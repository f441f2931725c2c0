package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"rental.example/functions/local/template"
)

// The backoff after a failure doubles up to a maximum. AWS does not document the times; these are about the observed ones.
const (
	firstBackoff = time.Second
	maxBackoff   = time.Minute
)

// streamConsumer invokes a function with the records of a table's stream, like an event source mapping of Lambda: in
// order, and never past a record that failed.
// https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
type streamConsumer struct {
	template.StreamMapping
	source       Source
	invoke       invoker
	failureQueue *Queue // nil: none
	state        *mappingState
	config       Config

	mu          sync.Mutex
	unprocessed map[string][]Record // records that were read and are not processed yet, by shard
}

// invoker invokes the mapping's function with an event.
type invoker func(ctx context.Context, event []byte) (response []byte, err error)

// segment is a part of a batch that is processed in one invocation.
type segment struct {
	records  []Record
	retries  int   // failed attempts
	failures int   // consecutive failures, which decide the backoff
	err      error // of the last attempt; nil if it reported items
}

func (p *Pipeline) newStreamConsumer(m template.StreamMapping, source Source) *streamConsumer {
	m.Window = p.config.shorter(m.Window)
	queue, _ := p.Queue(m.OnFailure)
	return &streamConsumer{
		StreamMapping: m, source: source, invoke: p.invoker(m.Function), failureQueue: queue,
		state: newMappingState(m.Enabled), config: p.config, unprocessed: map[string][]Record{},
	}
}

func (c *streamConsumer) mappingState() *mappingState { return c.state }

func (c *streamConsumer) run(ctx context.Context) { c.source.Follow(ctx, c.consume) }

func (c *streamConsumer) consume(ctx context.Context, shard Shard) {
	for c.state.wait(ctx) {
		batch, err := c.batch(ctx, shard)
		c.process(ctx, shard, batch)
		if errors.Is(err, io.EOF) {
			return
		}
	}
}

// batch reads records until the batch is full or the window ends.
func (c *streamConsumer) batch(ctx context.Context, shard Shard) ([]Record, error) {
	ctx, cancel := c.state.whileEnabled(ctx)
	defer cancel()
	batch, err := shard.Read(ctx, c.BatchSize)
	ctx, cancelWindow := context.WithTimeout(ctx, c.Window)
	defer cancelWindow()
	for err == nil && len(batch) < c.BatchSize && c.Window > 0 {
		var more []Record
		more, err = shard.Read(ctx, c.BatchSize-len(batch))
		batch = append(batch, more...)
		if ctx.Err() != nil {
			err = nil // the window has ended
			break
		}
	}
	return batch, err
}

// process invokes the function until it has processed the batch or ctx is done.
func (c *streamConsumer) process(ctx context.Context, shard Shard, batch []Record) {
	pending := []segment{{records: batch}}
	for c.setUnprocessed(shard, pending) && c.state.wait(ctx) {
		first := pending[0]
		if first.failures > 0 && !sleep(ctx, c.backoff(first.failures)) {
			return
		}
		pending = append(c.processSegment(ctx, shard, first), pending[1:]...)
	}
}

// setUnprocessed stores the records of the segments, and reports whether there are any.
func (c *streamConsumer) setUnprocessed(shard Shard, segments []segment) bool {
	var records []Record
	for _, s := range segments {
		records = append(records, s.records...)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unprocessed[shard.ID()] = records
	return len(records) > 0
}

// processSegment invokes the function with s once, and returns the segments to process in its place. Records that are
// too old or were retried too often are discarded.
func (c *streamConsumer) processSegment(ctx context.Context, shard Shard, s segment) []segment {
	if old := c.expired(s.records); old > 0 {
		c.discard(shard, s, old, "RecordAgeExceeded")
		if s.records = s.records[old:]; len(s.records) == 0 {
			return nil
		}
		return []segment{s}
	}
	done, err := c.attempt(ctx, s.records)
	switch {
	case done == len(s.records):
		return nil
	case done > 0:
		s = segment{records: s.records[done:]}
	case err != nil && c.Bisect && len(s.records) > 1: // a split does not count as a retry
		half := len(s.records) / 2
		return []segment{
			{records: s.records[:half], retries: s.retries, failures: s.failures + 1, err: err},
			{records: s.records[half:], retries: s.retries, err: err},
		}
	}
	s.retries, s.failures, s.err = s.retries+1, s.failures+1, err
	if c.MaxRetries != template.Infinite && s.retries > c.MaxRetries {
		c.discard(shard, s, len(s.records), "RetryAttemptsExhausted")
		return nil
	}
	return []segment{s}
}

// attempt returns how many of the first records are processed.
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
	response, err := c.invoke(ctx, data)
	if err != nil {
		return 0, err
	}
	if !c.ReportsFailures {
		return len(records), nil
	}
	failed, err := failedItems(response, ids)
	if err != nil {
		return 0, err
	}
	for done < len(records) && !failed[done] {
		done++
	}
	return done, nil
}

// expired returns how many of the first records are older than the retention of the stream or the maximum age of the
// mapping.
func (c *streamConsumer) expired(records []Record) (n int) {
	limit := streamRetention
	if c.MaxAge != template.Infinite {
		limit = min(limit, c.MaxAge)
	}
	for n < len(records) && time.Since(records[n].Arrived) > limit {
		n++
	}
	return n
}

func (c *streamConsumer) backoff(failures int) time.Duration {
	d := firstBackoff
	for range failures - 1 {
		d = min(2*d, maxBackoff)
	}
	return c.config.shorter(d)
}

// sleep returns false if ctx is done first.
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

func (c *streamConsumer) mapping() Mapping {
	n, since := c.waiting()
	m := Mapping{Function: c.Function, Source: c.Table, Waiting: n}
	if n > 0 {
		m.Oldest = time.Since(since)
	}
	return m
}

// waiting returns how many records are not processed, and when the oldest arrived.
func (c *streamConsumer) waiting() (n int, since time.Time) {
	n, since = c.source.Waiting()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, records := range c.unprocessed {
		n += len(records)
		if len(records) > 0 && (since.IsZero() || records[0].Arrived.Before(since)) {
			since = records[0].Arrived
		}
	}
	return n, since
}

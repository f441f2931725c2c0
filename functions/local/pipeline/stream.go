package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"rental.example/functions/local/template"
)

// streamRetention is how long DynamoDB stores a record.
const streamRetention = 24 * time.Hour

// Record is a change of a table in its stream.
type Record struct {
	Sequence string // its position in the shard; a decimal number
	Arrived  time.Time
	Data     json.RawMessage // as Lambda sends it to a function
}

// Shard is a part of a stream: records in order.
type Shard interface {
	ID() string
	// Read waits for the next records and returns 1 to limit. It returns ctx.Err() once ctx is done, and io.EOF after
	// the last record of a shard that has ended.
	Read(ctx context.Context, limit int) ([]Record, error)
}

// Source is the stream of a table.
type Source interface {
	ARN() string
	// Follow calls consume for each shard, for children after their parents, until ctx is done and every consume has
	// returned.
	Follow(ctx context.Context, consume func(context.Context, Shard))
	// Waiting returns how many known records were not read yet, and when the oldest arrived.
	Waiting() (n int, since time.Time)
}

// Stream is the stream of a table in memory, with one shard.
type Stream struct {
	table string // its name
	newID func() string

	mu      sync.Mutex
	n       int
	readers []*reader
}

// reader is a Stream as one mapping reads it.
type reader struct {
	stream  *Stream
	records []Record      // unread
	changed chan struct{} // closed at the next change
}

var (
	_ Source = (*reader)(nil)
	_ Shard  = (*reader)(nil)
)

func newStream(table string, newID func() string) *Stream { return &Stream{table: table, newID: newID} }

// newReader returns a reader of the records to come.
func (s *Stream) newReader() *reader {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &reader{stream: s, changed: make(chan struct{})}
	s.readers = append(s.readers, r)
	return r
}

// Put appends the record that newRecord returns for an event id and a sequence number. Every mapping of the table gets it.
func (s *Stream) Put(newRecord func(eventID, sequence string) (json.RawMessage, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	sequence := fmt.Sprintf("1%020d", s.n) // as long as the service's, and all of one length
	data, err := newRecord(strings.ReplaceAll(s.newID(), "-", ""), sequence)
	if err != nil {
		return fmt.Errorf("stream record: %w", err)
	}
	for _, r := range s.readers {
		r.records = append(r.records, Record{Sequence: sequence, Arrived: time.Now(), Data: data})
		close(r.changed)
		r.changed = make(chan struct{})
	}
	return nil
}

// ARN implements Source.
func (r *reader) ARN() string {
	return template.ARN("dynamodb", "table/"+r.stream.table+"/stream/2026-01-01T00:00:00.000")
}

// ID implements Shard.
func (r *reader) ID() string { return "shardId-00000000000000000001-00000001" }

// Follow implements Source.
func (r *reader) Follow(ctx context.Context, consume func(context.Context, Shard)) { consume(ctx, r) }

// Read implements Shard.
func (r *reader) Read(ctx context.Context, limit int) ([]Record, error) {
	for {
		records, changed := r.take(limit)
		if len(records) > 0 {
			return records, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (r *reader) take(limit int) ([]Record, <-chan struct{}) {
	r.stream.mu.Lock()
	defer r.stream.mu.Unlock()
	n := min(limit, len(r.records))
	records := r.records[:n:n]
	r.records = r.records[n:]
	return records, r.changed
}

// Waiting implements Source.
func (r *reader) Waiting() (int, time.Time) {
	r.stream.mu.Lock()
	defer r.stream.mu.Unlock()
	if len(r.records) == 0 {
		return 0, time.Time{}
	}
	return len(r.records), r.records[0].Arrived
}

package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"
)

// streamRetention is how long DynamoDB stores a record.
const streamRetention = day

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

// Stream is the stream of a table in memory, with one shard and one reader.
type Stream struct {
	table string
	newID func() string

	mu      sync.Mutex
	n       int
	records []Record      // unread
	changed chan struct{} // closed at the next change
}

var (
	_ Source = (*Stream)(nil)
	_ Shard  = (*Stream)(nil)
)

// NewStream returns the empty stream of the users table.
func NewStream(newID func() string) *Stream {
	return &Stream{table: UsersTable, newID: newID, changed: make(chan struct{})}
}

// Put appends the record that newRecord returns for an event id and a sequence number.
func (s *Stream) Put(newRecord func(eventID, sequence string) (json.RawMessage, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	sequence := fmt.Sprintf("1%020d", s.n) // as long as the service's, and all of one length
	data, err := newRecord(strings.ReplaceAll(s.newID(), "-", ""), sequence)
	if err != nil {
		return fmt.Errorf("stream record: %w", err)
	}
	s.records = append(s.records, Record{Sequence: sequence, Arrived: time.Now(), Data: data})
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

// ARN implements Source.
func (s *Stream) ARN() string {
	return arn("dynamodb", "table/"+s.table+"/stream/2026-01-01T00:00:00.000")
}

// ID implements Shard.
func (s *Stream) ID() string { return "shardId-00000000000000000001-00000001" }

// Follow implements Source.
func (s *Stream) Follow(ctx context.Context, consume func(context.Context, Shard)) { consume(ctx, s) }

// Read implements Shard.
func (s *Stream) Read(ctx context.Context, limit int) ([]Record, error) {
	for {
		records, changed := s.take(limit)
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

func (s *Stream) take(limit int) ([]Record, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(limit, len(s.records))
	records := s.records[:n:n]
	s.records = s.records[n:]
	return records, s.changed
}

// Waiting implements Source.
func (s *Stream) Waiting() (int, time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.records) == 0 {
		return 0, time.Time{}
	}
	return len(s.records), s.records[0].Arrived
}

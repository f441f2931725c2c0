package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// What Redrive refuses.
var (
	ErrNoQueue   = errors.New("no such queue")
	ErrPositions = errors.New("it holds positions in the stream, not records: invoke RepublishFunction, then purge it")
	ErrNoSource  = errors.New("it is no dead-letter queue")
)

// Redriven is what came of it.
type Redriven struct {
	To    string // a queue or, of records, a function
	Moved int
	Stay  int // records that the function failed on again
}

// Redrive sends what is in a dead-letter queue back: messages to the queue that they came from, records of
// the stream to the function that could not publish them. What arrives meanwhile stays.
func (p *Pipeline) Redrive(ctx context.Context, name string) (Redriven, error) {
	q, ok := p.Queue(name)
	switch {
	case !ok:
		return Redriven{}, ErrNoQueue
	case name == UserEventsDeadLetterQueue:
		return p.replay(ctx, q)
	case name == p.topology.stream.onFailure:
		return Redriven{}, ErrPositions
	}
	source, ok := p.topology.source(name)
	if !ok {
		return Redriven{}, ErrNoSource
	}
	return Redriven{To: source, Moved: q.moveTo(p.mustQueue(source))}, nil
}

// replay sends each record by itself to the function that the stream feeds.
func (p *Pipeline) replay(ctx context.Context, q *Queue) (Redriven, error) {
	done := Redriven{To: p.topology.stream.function}
	invoke := p.invoker(done.To)
	for range q.Depth().Visible {
		batch, _, _ := q.receive(1)
		if len(batch) == 0 || ctx.Err() != nil {
			break
		}
		if err := replayRecord(ctx, invoke, batch[0].body); err != nil {
			done.Stay++
			continue
		}
		q.remove(batch[0].receipt)
		done.Moved++
	}
	q.release()
	return done, ctx.Err()
}

func replayRecord(ctx context.Context, invoke invoker, record string) error {
	event, err := json.Marshal(struct{ Records []json.RawMessage }{[]json.RawMessage{json.RawMessage(record)}})
	if err != nil {
		return fmt.Errorf("the message is no record: %w", err)
	}
	answer, err := invoke(ctx, event)
	if err != nil {
		return err
	}
	var read struct {
		Dynamodb struct{ SequenceNumber string } `json:"dynamodb"`
	}
	_ = json.Unmarshal([]byte(record), &read) // what cannot be read has no number to be reported by
	failed, err := failures(answer, []string{read.Dynamodb.SequenceNumber})
	if err == nil && len(failed) > 0 {
		err = errors.New("the record failed again")
	}
	return err
}

package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Errors of Redrive.
var (
	ErrNoQueue        = errors.New("no such queue")
	ErrFailureRecords = errors.New("it holds positions in the stream, not records: invoke RepublishFunction, then purge it")
	ErrNoSource       = errors.New("it is no dead-letter queue")
)

// RedriveResult is the result of Redrive.
type RedriveResult struct {
	To     string // a queue or, for records, a function
	Moved  int
	Failed int // records on which the function failed
}

// Redrive moves what is in a dead-letter queue back: messages to their source queue, records of the stream to the
// function that could not publish them. What arrives meanwhile stays.
func (p *Pipeline) Redrive(ctx context.Context, name string) (RedriveResult, error) {
	q, ok := p.Queue(name)
	switch {
	case !ok:
		return RedriveResult{}, ErrNoQueue
	case name == UserEventsDeadLetterQueue:
		return p.redriveRecords(ctx, q)
	case name == p.topology.stream.onFailure:
		return RedriveResult{}, ErrFailureRecords
	}
	source, ok := p.topology.source(name)
	if !ok {
		return RedriveResult{}, ErrNoSource
	}
	return RedriveResult{To: source, Moved: q.moveTo(p.mustQueue(source))}, nil
}

// redriveRecords invokes the stream's function with each record alone.
func (p *Pipeline) redriveRecords(ctx context.Context, q *Queue) (RedriveResult, error) {
	result := RedriveResult{To: p.topology.stream.function}
	invoke := p.invoker(result.To)
	for range q.Depth().Visible {
		batch, _, _ := q.receive(1)
		if len(batch) == 0 || ctx.Err() != nil {
			break
		}
		if err := redriveRecord(ctx, invoke, batch[0].body); err != nil {
			result.Failed++
			continue
		}
		q.remove(batch[0].receipt)
		result.Moved++
	}
	q.makeVisible()
	return result, ctx.Err()
}

func redriveRecord(ctx context.Context, invoke invoker, record string) error {
	event, err := json.Marshal(struct{ Records []json.RawMessage }{[]json.RawMessage{json.RawMessage(record)}})
	if err != nil {
		return fmt.Errorf("malformed record: %w", err)
	}
	response, err := invoke(ctx, event)
	if err != nil {
		return err
	}
	var r struct {
		Dynamodb struct{ SequenceNumber string } `json:"dynamodb"`
	}
	_ = json.Unmarshal([]byte(record), &r) // a malformed record has no sequence number to report
	failed, err := failedItems(response, []string{r.Dynamodb.SequenceNumber})
	if err == nil && len(failed) > 0 {
		err = errors.New("the record failed again")
	}
	return err
}

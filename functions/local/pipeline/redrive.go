package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"rental.example/functions/local/template"
)

// Errors of Redrive.
var (
	ErrNoQueue        = errors.New("no such queue")
	ErrFailureRecords = errors.New("it holds positions in a stream, not records: have the state published again, then purge it")
	ErrNoSource       = errors.New("it is no dead-letter queue")
)

// RedriveResult is the result of Redrive.
type RedriveResult struct {
	To     string // a queue or, for records, a function
	Moved  int
	Failed int // records on which the function failed
}

// Redrive moves what is in a dead-letter queue back: messages to the queue from which they came, records of a stream to the
// function that could not process them. What arrives meanwhile stays. To is one of the queues if there are several.
func (p *Pipeline) Redrive(ctx context.Context, name string) (RedriveResult, error) {
	q, ok := p.Queue(name)
	if !ok {
		return RedriveResult{}, ErrNoQueue
	}
	if i := slices.IndexFunc(p.queues, func(source *Queue) bool { return source.deadLetters == q }); i >= 0 {
		return RedriveResult{To: p.queues[i].Name(), Moved: q.redrive(p.queues[i])}, nil
	}
	if slices.ContainsFunc(p.template.StreamMappings, func(m template.StreamMapping) bool { return m.OnFailure == name }) {
		return RedriveResult{}, ErrFailureRecords
	}
	function, ok := p.recordsFrom(name)
	if !ok {
		return RedriveResult{}, ErrNoSource
	}
	return p.redriveRecords(ctx, q, function)
}

// recordsFrom returns the function that sends records of a stream to a queue by itself: a variable of its environment
// refers to the queue, and no mapping reads that.
func (p *Pipeline) recordsFrom(queue string) (function string, ok bool) {
	if slices.ContainsFunc(p.template.QueueMappings, func(m template.QueueMapping) bool { return m.Queue == queue }) {
		return "", false
	}
	for _, f := range p.template.Functions {
		reads := slices.ContainsFunc(p.template.StreamMappings, func(m template.StreamMapping) bool { return m.Function == f.Name })
		_, runs := p.functions[f.Name]
		if reads && runs && slices.Contains(slices.Collect(maps.Values(f.References)), queue) {
			return f.Name, true
		}
	}
	return "", false
}

// redriveRecords invokes the function with each record alone.
func (p *Pipeline) redriveRecords(ctx context.Context, q *Queue, function string) (RedriveResult, error) {
	result := RedriveResult{To: function}
	invoke := p.invoker(function)
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

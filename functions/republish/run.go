package republish

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"rental.example/adapters/lambdafn"
	"rental.example/adapters/snssqs"
	"rental.example/domain"
	"rental.example/domain/user"
)

const (
	pageSize = 1000 // records, fewer where they fill a page of the store
	inFlight = snssqs.InFlight
	// pageTime has to be left of the function's time for another page to be begun: many times what one
	// takes when all is well. When it is not, the run ends with an error, in time.
	pageTime = time.Minute
	// A call that fails is retried until no call of the run has succeeded for as long as patience. A run can
	// use up the account's quota of messages, so that some batch is throttled many times while others succeed.
	patience = 10 * time.Second
	backoff  = 200 * time.Millisecond // what domain.Backoff begins with, doubled
	doubled  = 3                      // times at most
)

// run is one invocation.
type run struct {
	*Function
	logger *slog.Logger
	id     string // the invocation's
	// order is what is left to do. After is the end of the last page of which every batch is published, so it
	// needs no record of which batches of a later page are.
	order Request

	mu         sync.Mutex // guards what batches in flight change
	report     Result
	changed    int // records that others have written before they could be raised
	unreadable int
	succeeded  time.Time // when a call did last
}

// all publishes page after page until the end of the table or until the time is too short for another.
func (r *run) all(ctx context.Context) error {
	for {
		page, err := r.scan(ctx)
		if err != nil {
			return err
		}
		if err := r.publishPage(ctx, page.Records); err != nil {
			return err
		}
		for _, id := range page.Unreadable {
			r.leaveOut(id)
		}
		r.order.After = page.Next
		if end, ok := ctx.Deadline(); page.Next == "" || ok && time.Until(end) < pageTime {
			return nil
		}
	}
}

// publishPage publishes the batches of a page, several at once. When one fails, no other is begun, and those in
// flight end by themselves: each call has a timeout, and retries end with ctx or with the run's patience.
func (r *run) publishPage(ctx context.Context, states []user.Record) error {
	batches := make(chan []user.Record, len(states)/snssqs.MaxBatch+1)
	for batch := range slices.Chunk(states, snssqs.MaxBatch) {
		batches <- batch
	}
	close(batches)
	workers := min(inFlight, max(len(batches), 1))
	failures := make(chan error, workers)
	work := func() {
		for batch := range batches {
			if err := lambdafn.Recover(func() error { return r.publishStates(ctx, batch) }); err != nil {
				failures <- err
				for range batches { // so that no worker takes another
				}
			}
		}
	}
	var others sync.WaitGroup
	for range workers - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
	close(failures)
	return <-failures
}

func (r *run) leaveOut(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unreadable++; r.unreadable <= MaxUnreadable {
		r.report.Unreadable = append(r.report.Unreadable, id)
	}
}

func (r *run) scan(ctx context.Context) (page user.ScanPage, err error) {
	err = r.again(ctx, func() (err error) {
		page, err = r.records.Scan(ctx, r.order.After, pageSize)
		return err
	})
	return page, err
}

// publishStates publishes what states are now, raised before where the order says so.
func (r *run) publishStates(ctx context.Context, states []user.Record) error {
	events := make([]user.Event, 0, len(states))
	for _, s := range states {
		present := s
		if e, ok := user.ReplayEvent(s); ok && e.Check(r.config.Now()) != nil {
			r.leaveOut(string(s.ID())) // raised, too, it would be what no profile can have become
			continue
		}
		if r.order.Raise {
			raised, err := r.raise(ctx, s)
			if errors.Is(err, domain.ErrConflict) { // the write that came between has an event of its own
				r.count(&r.changed)
				continue
			}
			if err != nil {
				return err
			}
			present = raised
		}
		if e, ok := user.ReplayEvent(present); ok {
			e.ID = r.eventID(e)
			events = append(events, e)
		}
	}
	return r.publish(ctx, events)
}

func (r *run) raise(ctx context.Context, s user.Record) (raised user.Record, err error) {
	stamp := domain.Stamp{Time: r.config.Now(), RequestID: r.id}
	err = r.again(ctx, func() (err error) {
		raised, err = r.records.BumpVersion(ctx, s, stamp)
		return err
	})
	if err == nil {
		r.count(&r.report.Raised)
	}
	return raised, err
}

// eventID names an invocation, a user and a version. The log tells of it, so the user's id is only hashed.
func (r *run) eventID(e user.Event) string {
	sum := sha256.Sum256([]byte(string(e.UserID) + strconv.FormatInt(int64(e.Version), 10)))
	return "republish:" + r.id + ":" + hex.EncodeToString(sum[:8])
}

// publish tells events until each is told, or can never be.
func (r *run) publish(ctx context.Context, events []user.Event) error {
	return r.again(ctx, func() (err error) {
		var failed []user.Event
		for i, cause := range r.topic.Publish(ctx, events) {
			switch e := events[i]; {
			case cause == nil:
				r.published(ctx, e)
			case errors.Is(cause, user.ErrUnpublishable):
				r.logger.ErrorContext(ctx, "not published", "correlation_id", snssqs.CorrelationID(e.RequestID), "event_id", e.ID, "error", cause.Error())
				r.leaveOut(string(e.UserID))
			default:
				failed, err = append(failed, e), cause
			}
		}
		events = failed
		return err
	})
}

// published tells the log of an event that was told.
func (r *run) published(ctx context.Context, e user.Event) {
	r.count(&r.report.Published)
	r.logger.LogAttrs(ctx, slog.LevelInfo, "published", snssqs.LogAttrs(e)...)
}

// count adds one to a counter of the run. Each stands for a call that has succeeded.
func (r *run) count(n *int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*n++
	r.succeeded = time.Now()
}

// again repeats what is unavailable until the run's patience ends.
func (r *run) again(ctx context.Context, once func() error) error {
	start := time.Now()
	for attempt := 0; ; attempt++ {
		if err := domain.Backoff(ctx, min(attempt, doubled+1), backoff); err != nil {
			return err
		}
		if err := once(); !errors.Is(err, domain.ErrUnavailable) || r.idle(start) > patience {
			return err
		}
	}
}

// idle is how long no call has succeeded, since start at most.
func (r *run) idle(start time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.succeeded.After(start) {
		start = r.succeeded
	}
	return time.Since(start)
}

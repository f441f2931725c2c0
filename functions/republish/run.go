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
	pageSize = 1000 // records; the store may return fewer
	// minPageTime is the remaining time that a run needs to start another page, many times what a page usually takes.
	minPageTime = time.Minute
	// A call is retried until no call of the run has succeeded for maxIdle. A run can use up the account's quota of
	// messages, so that some batches are throttled many times while others succeed.
	maxIdle = 10 * time.Second
	backoff = 200 * time.Millisecond // before the first retry at most; doubled for each one
	// maxBackoff is the number of the retry after which the backoff is not doubled any more.
	maxBackoff = 4
)

// run is the state of one invocation.
type run struct {
	*Function
	logger *slog.Logger
	id     string // of the invocation
	// rest is the request that resumes the run. Its After is the end of the last page of which every batch is
	// published.
	rest Request

	mu          sync.Mutex // guards the fields below
	result      Result
	changed     int // records written by others before their version could be bumped
	unreadable  int
	lastSuccess time.Time // of a call
}

// publishAll publishes all pages, as long as there is time for another one.
func (r *run) publishAll(ctx context.Context) error {
	for {
		var page user.ScanPage
		err := r.retry(ctx, func() (err error) {
			page, err = r.records.Scan(ctx, r.rest.After, pageSize)
			return err
		})
		if err != nil {
			return err
		}
		if err := r.publishPage(ctx, page.Records); err != nil {
			return err
		}
		for _, id := range page.Unreadable {
			r.addUnreadable(id)
		}
		r.rest.After = page.Next
		if deadline, ok := ctx.Deadline(); page.Next == "" || ok && time.Until(deadline) < minPageTime {
			return nil
		}
	}
}

// publishPage publishes the batches of a page concurrently. After an error it starts no other batch, and waits for those
// in flight.
func (r *run) publishPage(ctx context.Context, records []user.Record) error {
	batches := make(chan []user.Record, len(records)/snssqs.MaxBatch+1)
	for batch := range slices.Chunk(records, snssqs.MaxBatch) {
		batches <- batch
	}
	close(batches)
	workers := min(snssqs.InFlight, len(batches))
	failures := make(chan error, workers)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for batch := range batches {
				if err := lambdafn.Recover(func() error { return r.publishBatch(ctx, batch) }); err != nil {
					failures <- err
					for range batches { // drain, so that no worker starts another
					}
				}
			}
		})
	}
	group.Wait()
	close(failures)
	return <-failures
}

// publishBatch publishes the events of records, with new versions if requested.
func (r *run) publishBatch(ctx context.Context, records []user.Record) error {
	events := make([]user.Event, 0, len(records))
	for _, record := range records {
		if e, ok := user.ReplayEvent(record); ok && e.Check(r.config.Now()) != nil {
			r.addUnreadable(string(record.ID()))
			continue
		}
		if r.rest.BumpVersions {
			bumped, err := r.bumpVersion(ctx, record)
			if errors.Is(err, domain.ErrConflict) { // the other write has its own event
				r.count(&r.changed)
				continue
			}
			if err != nil {
				return err
			}
			record = bumped
		}
		if e, ok := user.ReplayEvent(record); ok {
			e.ID = r.eventID(e)
			events = append(events, e)
		}
	}
	return r.publish(ctx, events)
}

func (r *run) bumpVersion(ctx context.Context, record user.Record) (bumped user.Record, err error) {
	stamp := domain.Stamp{Time: r.config.Now(), RequestID: r.id}
	err = r.retry(ctx, func() (err error) {
		bumped, err = r.records.BumpVersion(ctx, record, stamp)
		return err
	})
	if err == nil {
		r.count(&r.result.Bumped)
	}
	return bumped, err
}

// eventID returns an id for the invocation, user and version. It is logged, so the user's id is hashed.
func (r *run) eventID(e user.Event) string {
	sum := sha256.Sum256([]byte(string(e.UserID) + strconv.FormatInt(int64(e.Version), 10)))
	return "republish:" + r.id + ":" + hex.EncodeToString(sum[:8])
}

// publish publishes events, and retries those that failed unless they are unpublishable.
func (r *run) publish(ctx context.Context, events []user.Event) error {
	return r.retry(ctx, func() (err error) {
		var failed []user.Event
		for i, cause := range r.topic.Publish(ctx, events) {
			switch e := events[i]; {
			case cause == nil:
				r.count(&r.result.Published)
				r.logger.LogAttrs(ctx, slog.LevelInfo, "published", snssqs.LogAttrs(e)...)
			case errors.Is(cause, user.ErrUnpublishable):
				r.logger.ErrorContext(ctx, "event not published", "correlation_id", snssqs.CorrelationID(e.RequestID), "event_id", e.ID, "error", cause.Error())
				r.addUnreadable(string(e.UserID))
			default:
				failed, err = append(failed, e), cause
			}
		}
		events = failed
		return err
	})
}

func (r *run) addUnreadable(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unreadable++; r.unreadable <= MaxUnreadable {
		r.result.Unreadable = append(r.result.Unreadable, id)
	}
}

// count increments a counter after a successful call.
func (r *run) count(n *int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*n++
	r.lastSuccess = time.Now()
}

// retry calls f while it fails with domain.ErrUnavailable, until the run is idle for maxIdle.
func (r *run) retry(ctx context.Context, f func() error) error {
	start := time.Now()
	for attempt := 0; ; attempt++ {
		if err := domain.Backoff(ctx, min(attempt, maxBackoff), backoff); err != nil {
			return err
		}
		if err := f(); !errors.Is(err, domain.ErrUnavailable) || r.idle(start) > maxIdle {
			return err
		}
	}
}

// idle returns the time since the last successful call, or since start if that is later.
func (r *run) idle(start time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lastSuccess.After(start) {
		start = r.lastSuccess
	}
	return time.Since(start)
}

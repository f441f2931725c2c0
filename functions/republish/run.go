package republish

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"time"

	"rental.example/adapters/snssqs"
	"rental.example/domain"
	"rental.example/domain/user"
)

const (
	pageSize = 100 // records
	// pageTime has to be left of the function's time for another page to be begun: many times what one
	// takes when all is well. When it is not, the run ends with an error, in time.
	pageTime = time.Minute
	// What fails is tried again for some seconds: one run meets every throttling that there is.
	attempts = 6
	backoff  = 200 * time.Millisecond // what domain.Pause begins with
)

// run is one invocation.
type run struct {
	*Function
	logger     *slog.Logger
	id         string // the invocation's
	order      Order  // what is left to do: After is behind the last page that is done
	report     Report
	changed    int // records that others have written before they could be raised
	unreadable int
}

// all tells page after page until the end of the table or until the time is too short for another.
func (r *run) all(ctx context.Context) error {
	for {
		page, err := r.scan(ctx)
		if err != nil {
			return err
		}
		for states := range slices.Chunk(page.States, snssqs.MaxBatch) {
			if err := r.tell(ctx, states); err != nil {
				return err
			}
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

func (r *run) leaveOut(id string) {
	if r.unreadable++; r.unreadable <= MaxUnreadable {
		r.report.Unreadable = append(r.report.Unreadable, id)
	}
}

func (r *run) scan(ctx context.Context) (page user.Scanned, err error) {
	err = again(ctx, func() (err error) {
		page, err = r.records.Scan(ctx, r.order.After, pageSize)
		return err
	})
	return page, err
}

// tell publishes what states are now, raised before where the order says so.
func (r *run) tell(ctx context.Context, states []user.State) error {
	events := make([]user.Event, 0, len(states))
	for _, s := range states {
		present := s
		if r.order.Raise {
			raised, err := r.raise(ctx, s)
			if errors.Is(err, domain.ErrConflict) { // the write that came between tells of itself
				r.changed++
				continue
			}
			if err != nil {
				return err
			}
			present = raised
		}
		if e, ok := user.Retold(present); ok {
			e.ID = r.eventID(e)
			events = append(events, e)
		}
	}
	return r.publish(ctx, events)
}

func (r *run) raise(ctx context.Context, s user.State) (raised user.State, err error) {
	stamp := domain.Stamp{Time: r.config.Now(), RequestID: r.id}
	err = again(ctx, func() (err error) {
		raised, err = r.records.Raise(ctx, s, stamp)
		return err
	})
	if err == nil {
		r.report.Raised++
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
	return again(ctx, func() (err error) {
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
	r.report.Published++
	r.logger.LogAttrs(ctx, slog.LevelInfo, "published", snssqs.LogAttrs(e)...)
}

// again repeats what is unavailable, a few times.
func again(ctx context.Context, once func() error) (err error) {
	for attempt := range attempts {
		if err := domain.Pause(ctx, attempt, backoff); err != nil {
			return err
		}
		if err = once(); !errors.Is(err, domain.ErrUnavailable) {
			return err
		}
	}
	return err
}

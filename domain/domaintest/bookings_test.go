package domaintest_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"time"

	"rental.example/domain"
)

// booking is the record of an example domain.
type booking struct {
	ID        string
	OwnerID   domain.UserID
	Days      []string
	Note      string
	Version   domain.Version
	CreatedAt time.Time
	RequestID string
}

func newBooking(owner domain.UserID, s domain.Stamp) booking {
	v := domain.VersionAt(s.Time)
	return booking{ID: rand.Text(), OwnerID: owner, Days: []string{"monday", "friday"}, Note: "-", Version: v, CreatedAt: v.Time(),
		RequestID: s.RequestID}
}

// bookingStore is the port of the example domain.
type bookingStore interface {
	Get(ctx context.Context, id string) (booking, error)
	Save(ctx context.Context, b booking, cond domain.Condition) (saved booking, created bool, err error)
	Delete(ctx context.Context, id string, cond domain.Condition, s domain.Stamp) (domain.Version, error)
	// List returns the bookings of an owner by time of creation.
	List(ctx context.Context, owner domain.UserID, limit int, after string) (bookings []booking, next string, err error)
}

// bookings is a bookingStore in memory, with at most one fault: a name in storeFaults.
type bookings struct {
	mu      sync.Mutex
	records map[string]record
	fault   string
}

// record is a booking, or with exists false what remains of one: version and RequestID.
type record struct {
	booking
	exists, created bool
}

func newBookings(fault string) *bookings {
	return &bookings{records: make(map[string]record), fault: fault}
}

func (s *bookings) has(fault string) bool { return s.fault == fault }

// clone returns a copy of b, but for one fault.
func (s *bookings) clone(b booking, sharing string) booking {
	if !s.has(sharing) {
		b.Days = slices.Clone(b.Days)
	}
	return b
}

func (s *bookings) check(ctx context.Context) error {
	if err := ctx.Err(); err != nil && !s.has("context ignored") {
		return fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
	}
	return nil
}

func (s *bookings) Get(ctx context.Context, id string) (booking, error) {
	if err := s.check(ctx); err != nil {
		return booking{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.records[id]
	if !r.exists && !(s.has("deleted record returned") && r.Version > 0) {
		return booking{}, domain.ErrNotFound
	}
	return s.clone(r.booking, "memory shared with results of Get"), nil
}

// isRetry reports whether the last write of r was of the request.
func (s *bookings) isRetry(r record, requestID string, deletes bool) bool {
	switch {
	case s.has("retry unknown"), requestID == "" && !s.has("retry without a RequestID"):
		return false
	case s.has("retry of another write"):
		return r.RequestID == requestID && r.Version > 0
	}
	return r.RequestID == requestID && r.exists != deletes && r.Version > 0
}

// checkCondition returns the error of a write under cond over r.
func (s *bookings) checkCondition(cond domain.Condition, r record) error {
	if versions, ok := cond.Versions(); ok && len(versions) > 1 && s.has("first version of a condition only") {
		cond = domain.MustBe(versions[0])
	}
	if s.has("condition ignored") || s.has("condition of an absent record ignored") && !r.exists {
		return nil
	}
	return cond.Check(r.Version, r.exists || s.has("condition on a tombstone") && r.Version > 0)
}

// pause lets other writers write between the check of a condition and the write.
func (s *bookings) pause() {
	if s.has("check and write apart") {
		s.mu.Unlock()
		time.Sleep(time.Nanosecond)
		s.mu.Lock()
	}
}

func (s *bookings) Save(ctx context.Context, b booking, cond domain.Condition) (saved booking, created bool, err error) {
	if err := s.check(ctx); err != nil {
		return booking{}, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	current := s.records[b.ID]
	if s.isRetry(current, b.RequestID, false) {
		return s.clone(current.booking, ""), current.created && !s.has("retry creates nothing"), nil
	}
	if err := s.checkCondition(cond, current); err != nil {
		if s.has("failed write writes") {
			s.records[b.ID] = record{booking: b, exists: true}
		}
		return booking{}, false, err
	}
	s.pause()
	if !s.has("version of the clock") {
		b.Version = max(b.Version, current.Version+1)
	}
	if b.CreatedAt = b.Version.Time(); current.exists && !s.has("creation forgotten") {
		b.CreatedAt = current.CreatedAt
	}
	stored := record{booking: s.clone(b, "memory shared with arguments"), exists: true, created: !current.exists}
	if s.has("field lost") {
		stored.OwnerID = ""
	}
	if s.has("note of the creation kept") && current.exists {
		stored.Note = current.Note
	}
	s.records[b.ID] = stored
	return s.clone(stored.booking, "memory shared with results of Save"), stored.created || s.has("always created"), nil
}

func (s *bookings) Delete(ctx context.Context, id string, cond domain.Condition, stamp domain.Stamp) (domain.Version, error) {
	if err := s.check(ctx); err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	current := s.records[id]
	switch {
	case s.isRetry(current, stamp.RequestID, true):
		return current.Version, nil
	case !current.exists && s.has("deletion of nothing"):
		return current.Version, nil
	case !current.exists:
		return 0, domain.ErrNotFound
	}
	if err := s.checkCondition(cond, current); err != nil && !s.has("condition of a deletion ignored") {
		return 0, err
	}
	s.pause()
	tombstone := record{booking: booking{ID: id, Version: current.Version.Next(stamp.Time), RequestID: stamp.RequestID}}
	if s.has("version of a deletion") {
		tombstone.Version = current.Version
	}
	if s.has("deleted record listed") {
		tombstone.booking = current.booking
	}
	if s.records[id] = tombstone; s.has("tombstone forgotten") {
		delete(s.records, id)
	}
	return tombstone.Version, nil
}

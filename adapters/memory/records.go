package memory

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rental.example/domain"
	"rental.example/domain/user"
)

var _ user.RecordStore = (*Users)(nil)

// Scan implements user.RecordStore, in the order of IDs. No record is unreadable.
func (u *Users) Scan(ctx context.Context, after string, limit int) (user.ScanPage, error) {
	if err := ctxErr(ctx); err != nil {
		return user.ScanPage{}, err
	}
	last, isCursor := strings.CutPrefix(after, cursorPrefix)
	u.mu.RLock()
	defer u.mu.RUnlock()
	i, found := slices.BinarySearch(u.ids, domain.UserID(last))
	switch {
	case after == "":
	case isCursor && found:
		i++
	default:
		return user.ScanPage{}, fmt.Errorf("memory: malformed scan cursor: %w", domain.ErrInvalid)
	}
	rest := u.ids[i:]
	page := user.ScanPage{}
	for _, id := range rest[:min(limit, len(rest))] {
		page.Records = append(page.Records, cloneRecord(u.records[id]))
	}
	if len(rest) > limit {
		page.Next = cursorPrefix + string(rest[limit-1])
	}
	return page, nil
}

// cursorPrefix distinguishes a ScanPage.Next from an ID.
const cursorPrefix = "after:"

// BumpVersion implements user.RecordStore.
func (u *Users) BumpVersion(ctx context.Context, r user.Record, stamp domain.Stamp) (user.Record, error) {
	if err := ctxErr(ctx); err != nil {
		return user.Record{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	current, bumped := u.records[r.ID()], r.Bumped(stamp)
	switch {
	case current.Version() == 0:
		return user.Record{}, errChanged
	case current.Version() == r.Version():
		bumped.LastDeleted, bumped.Deletions = current.LastDeleted, current.Deletions
		u.set(r.ID(), bumped)
		return cloneRecord(bumped), nil
	case current.Version() == bumped.Version() && stamp.RequestID != "" && current.RequestID() == stamp.RequestID:
		return bumped, nil
	}
	return user.Record{}, errChanged
}

var errChanged = fmt.Errorf("memory: the record has changed: %w", domain.ErrConflict)

// cloneRecord returns a deep copy of r.
func cloneRecord(r user.Record) user.Record {
	if r.Profile != nil {
		p := *r.Profile
		r.Profile = &p
	}
	if r.Tombstone != nil {
		t := *r.Tombstone
		r.Tombstone = &t
	}
	return r
}

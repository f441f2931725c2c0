package memoryusers

import (
	"context"
	"fmt"
	"strings"

	"rental.example/domain"
	"rental.example/domain/user"
)

var _ user.RecordStore = (*Store)(nil)

// Scan implements user.RecordStore, in the order of IDs. No record is unreadable.
func (s *Store) Scan(ctx context.Context, after string, limit int) (user.ScanPage, error) {
	last, isCursor := strings.CutPrefix(after, cursorPrefix)
	known := after == ""
	found, more, err := s.records.Page(ctx, limit, func(r *user.Record) bool {
		known = known || isCursor && string(r.ID()) == last // a record stays, once written
		return string(r.ID()) > last
	}, nil)
	if err == nil && !known {
		err = fmt.Errorf("memory: malformed scan cursor: %w", domain.ErrInvalid)
	}
	if err != nil {
		return user.ScanPage{}, err
	}
	page := user.ScanPage{}
	for _, r := range found {
		page.Records = append(page.Records, clone(*r))
	}
	if more {
		page.Next = cursorPrefix + string(found[limit-1].ID())
	}
	return page, nil
}

// cursorPrefix distinguishes a ScanPage.Next from an ID.
const cursorPrefix = "after:"

// BumpVersion implements user.RecordStore.
func (s *Store) BumpVersion(ctx context.Context, r user.Record, stamp domain.Stamp) (user.Record, error) {
	bumped := r.Bumped(stamp)
	err := s.records.Write(ctx, r.ID(), func(stored *user.Record) (*user.Record, error) {
		current := valueOf(stored)
		switch {
		case stored == nil:
			return nil, errChanged
		case current.Version() == r.Version():
			bumped.LastDeleted, bumped.Deletions = current.LastDeleted, current.Deletions
			after := clone(bumped)
			return &after, nil
		case current.Version() == bumped.Version() && stamp.RequestID != "" && current.RequestID() == stamp.RequestID:
			return stored, nil
		}
		return nil, errChanged
	})
	if err != nil {
		return user.Record{}, err
	}
	return bumped, nil
}

var errChanged = fmt.Errorf("memory: the record has changed: %w", domain.ErrConflict)

// clone returns a deep copy of r.
func clone(r user.Record) user.Record {
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

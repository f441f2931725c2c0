package memory

import (
	"context"
	"encoding/base64"
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
	last, ok := parseCursor(after)
	if !ok {
		return user.ScanPage{}, fmt.Errorf("memory: malformed scan cursor: %w", domain.ErrInvalid)
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	i, found := slices.BinarySearch(u.ids, last)
	if found {
		i++
	}
	rest := u.ids[i:]
	page := user.ScanPage{}
	for _, id := range rest[:min(limit, len(rest))] {
		page.Records = append(page.Records, cloneState(u.states[id]))
	}
	if len(rest) > limit {
		page.Next = cursor(rest[limit-1])
	}
	return page, nil
}

const cursorPrefix = "after "

// cursor returns the Next of a page that ends with id.
func cursor(id domain.UserID) string {
	return base64.RawURLEncoding.EncodeToString([]byte(cursorPrefix + string(id)))
}

// parseCursor is the inverse of cursor. An empty text is the cursor before all IDs.
func parseCursor(text string) (id domain.UserID, ok bool) {
	if text == "" {
		return "", true
	}
	data, err := base64.RawURLEncoding.DecodeString(text)
	id = domain.UserID(strings.TrimPrefix(string(data), cursorPrefix))
	return id, err == nil && id != "" && cursor(id) == text
}

// BumpVersion implements user.RecordStore.
func (u *Users) BumpVersion(ctx context.Context, s user.Record, stamp domain.Stamp) (user.Record, error) {
	if err := ctxErr(ctx); err != nil {
		return user.Record{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	present, raised := u.states[s.ID()], s.Bumped(stamp)
	switch {
	case present.Version() == 0:
		return user.Record{}, errChanged
	case present.Version() == s.Version():
		raised.LastDeleted, raised.Deletions = present.LastDeleted, present.Deletions
		u.set(s.ID(), raised)
		return cloneState(raised), nil
	case present.Version() == raised.Version() && stamp.RequestID != "" && present.RequestID() == stamp.RequestID:
		return raised, nil
	}
	return user.Record{}, errChanged
}

var errChanged = fmt.Errorf("memory: the record has changed: %w", domain.ErrConflict)

// cloneState returns a deep copy of s.
func cloneState(s user.Record) user.Record {
	if s.Profile != nil {
		p := *s.Profile
		s.Profile = &p
	}
	if s.Tombstone != nil {
		t := *s.Tombstone
		s.Tombstone = &t
	}
	return s
}

package domaintest_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rental.example/domain"
)

// cursorOf returns the position after b.
func cursorOf(b booking) string { return fmt.Sprintf("%d/%s", b.CreatedAt.UnixMicro(), b.ID) }

func compareCursors(a, b string) int {
	timeOfA, idOfA, _ := strings.Cut(a, "/")
	timeOfB, idOfB, _ := strings.Cut(b, "/")
	return cmp.Or(cmp.Compare(timeOfA, timeOfB), cmp.Compare(idOfA, idOfB)) // times have the same number of digits
}

func (s *bookings) List(ctx context.Context, owner domain.UserID, limit int, after string) ([]booking, string, error) {
	if err := s.check(ctx); err != nil {
		return nil, "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.ownedBy(owner)
	i := s.positionAfter(all, after)
	if s.has("one too many") {
		limit++
	}
	end := min(i+limit, len(all))
	page := slices.Clone(all[i:end])
	next := ""
	switch {
	case end == len(all) && !s.has("cursor on the last page"), len(page) == 0:
	case s.has("cursor is an index"):
		next = strconv.Itoa(end)
	case s.has("one skipped"):
		next = cursorOf(all[min(end, len(all)-1)])
	case s.has("cursor by time alone"):
		next = fmt.Sprintf("%d/~", all[end-1].CreatedAt.UnixMicro())
	default:
		next = cursorOf(all[end-1])
	}
	return page, next, nil
}

// ownedBy returns the bookings of an owner in the order of the list.
func (s *bookings) ownedBy(owner domain.UserID) (all []booking) {
	for _, r := range s.records {
		if (r.exists || s.has("deleted record listed") && r.Version > 0) && (r.OwnerID == owner || s.has("others' listed")) {
			all = append(all, s.clone(r.booking, "memory shared with lists"))
		}
	}
	slices.SortFunc(all, func(a, b booking) int {
		switch {
		case s.has("order of ids"):
			return cmp.Compare(a.ID, b.ID)
		case s.has("order of versions"):
			return cmp.Compare(a.Version, b.Version)
		}
		return compareCursors(cursorOf(a), cursorOf(b))
	})
	return all
}

// positionAfter returns the index of the first booking after a cursor.
func (s *bookings) positionAfter(all []booking, after string) int {
	if after == "" {
		return 0
	}
	if s.has("cursor is an index") {
		i, _ := strconv.Atoi(after)
		return min(i, len(all))
	}
	i := slices.IndexFunc(all, func(b booking) bool {
		order := compareCursors(cursorOf(b), after)
		return order > 0 && !s.has("cursor of an existing record") || order == 0 && s.has("one repeated")
	})
	switch {
	case s.has("cursor of an existing record"):
		return 1 + slices.IndexFunc(all, func(b booking) bool { return cursorOf(b) == after })
	case i < 0:
		return len(all)
	}
	return i
}

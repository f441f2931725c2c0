// Package memory keeps records in the memory of one process, for local runs and tests. Records is what all stores share;
// each package below it has the stores of one bounded context.
package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"rental.example/domain"
)

// Records is a set of records, each under its key. It is safe for concurrent use. A record must not be modified after it
// was written, since readers, snapshots and OnChange share it. A done context fails every call with
// domain.ErrUnavailable; no other call fails with that error.
type Records[K cmp.Ordered, R any] struct {
	mu       sync.RWMutex
	entries  []entry[K, R] // by key
	onChange func(before, after *R)
}

type entry[K cmp.Ordered, R any] struct {
	key    K
	record *R
}

// NewRecords returns an empty set.
func NewRecords[K cmp.Ordered, R any]() *Records[K, R] {
	return &Records[K, R]{onChange: func(_, _ *R) {}}
}

// OnChange sets the function that is called with the record before and after each write, nil for none, in the order of
// the writes. Each write waits for it. It must not call the Records.
func (r *Records[K, R]) OnChange(f func(before, after *R)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.onChange = f
}

// Get returns the record of key, or domain.ErrNotFound.
func (r *Records[K, R]) Get(ctx context.Context, key K) (*R, error) {
	if err := check(ctx); err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if i, found := r.find(key); found {
		return r.entries[i].record, nil
	}
	return nil, domain.ErrNotFound
}

// Write replaces the record of key by the one that change returns: nil deletes it, and current itself leaves it. current
// is nil if there is no record. An error of change is returned, and nothing is written. Writes do not overlap; change must
// not call the Records.
func (r *Records[K, R]) Write(ctx context.Context, key K, change func(current *R) (*R, error)) error {
	if err := check(ctx); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var before *R
	i, found := r.find(key)
	if found {
		before = r.entries[i].record
	}
	after, err := change(before)
	switch {
	case err != nil:
		return err
	case after == before:
		return nil
	case !found:
		r.entries = slices.Insert(r.entries, i, entry[K, R]{key, after})
	case after == nil:
		r.entries = slices.Delete(r.entries, i, i+1)
	default:
		r.entries[i].record = after
	}
	r.onChange(before, after)
	return nil
}

// Page returns the first limit records that match, in the order of compare, and whether there are more. For the next page,
// match must skip those of the earlier ones. A nil compare orders records by key.
func (r *Records[K, R]) Page(ctx context.Context, limit int, match func(*R) bool, compare func(a, b *R) int) (page []*R, more bool, err error) {
	err = r.Each(ctx, func(record *R) bool {
		if match(record) {
			page = append(page, record)
		}
		return compare != nil || len(page) <= limit
	})
	if compare != nil {
		slices.SortFunc(page, compare)
	}
	return page[:min(limit, len(page))], len(page) > limit, err
}

// Each calls visit with the records in the order of their keys, until it returns false. visit must not call the Records.
func (r *Records[K, R]) Each(ctx context.Context, visit func(*R) bool) error {
	if err := check(ctx); err != nil {
		return err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, e := range r.entries {
		if !visit(e.record) {
			break
		}
	}
	return nil
}

// Snapshot returns a copy without OnChange, which later writes do not change.
func (r *Records[K, R]) Snapshot(ctx context.Context) (*Records[K, R], error) {
	if err := check(ctx); err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	snapshot := NewRecords[K, R]()
	snapshot.entries = slices.Clone(r.entries)
	return snapshot, nil
}

// find returns the place of key in entries, and whether it is there.
func (r *Records[K, R]) find(key K) (int, bool) {
	return slices.BinarySearchFunc(r.entries, key, func(e entry[K, R], key K) int { return cmp.Compare(e.key, key) })
}

// check returns domain.ErrUnavailable if ctx is done.
func check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
	}
	return nil
}

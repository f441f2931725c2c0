package dynamo

import (
	"context"
	"sync"
)

// QueryMerged reads one page of the merged results of several queries: their first limit records in the order of compare,
// in which each query must return its records. It reads a list that is sharded over several partitions, since one
// partition supports at most 1,000 writes a second.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-sharding.html
//
// It ignores the queries' Limit. If there are more records, Next is the last one of the page, from which
// the caller derives the queries of the next page.
//
// It sends the first requests of all queries concurrently, and cancels them if one fails. Each requests about twice its
// even share of the page, since records beyond the page are paid for in vain. A query with more records sends
// further requests as the merge reaches them.
func (t *Table[T]) QueryMerged(ctx context.Context, queries []Query[T], limit int, compare func(a, b T) int) (Page[T], error) {
	readers := make([]*reader[T], len(queries))
	for i, q := range queries {
		q.Limit = limit
		var err error
		if readers[i], err = t.newReader(q, share(limit, len(queries))); err != nil {
			return Page[T]{}, err
		}
	}
	if err := prefetch(ctx, readers); err != nil {
		return Page[T]{}, err
	}
	records := make([]T, 0, min(limit, maxRequested)+1)
	for len(records) <= limit {
		first, err := minReader(ctx, readers, compare)
		if err != nil {
			return Page[T]{}, err
		}
		if first == nil {
			return Page[T]{Records: records}, nil
		}
		record, _, _ := first.next(ctx) // in its buffer, so no error
		records = append(records, record)
	}
	return Page[T]{Records: records[:limit], Next: &records[limit-1]}, nil
}

// share returns the number of records per request of each of n queries: twice the mean, and a few more so that small pages
// need one round. Up to 4 KB cost the same.
func share(limit, n int) int {
	return min(limit, 2*limit/n+8)
}

// prefetch sends the first requests of all readers concurrently and waits for them. An error cancels the others.
func prefetch[T any](ctx context.Context, readers []*reader[T]) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		group sync.WaitGroup
		once  sync.Once
		first error
	)
	for _, r := range readers {
		group.Go(func() {
			if _, _, err := r.peek(ctx); err != nil {
				once.Do(func() {
					first = err
					cancel()
				})
			}
		})
	}
	group.Wait()
	return first
}

// minReader returns the reader with the lowest next record, nil if no reader has one.
func minReader[T any](ctx context.Context, readers []*reader[T], compare func(a, b T) int) (*reader[T], error) {
	var (
		first *reader[T]
		least T
	)
	for _, r := range readers {
		record, ok, err := r.peek(ctx)
		if err != nil {
			return nil, err
		}
		if ok && (first == nil || compare(record, least) < 0) {
			first, least = r, record
		}
	}
	return first, nil
}

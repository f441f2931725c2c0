package dynamo

import (
	"context"
	"sync"
)

// QueryMerged reads one page of what many queries find together: the first limit of all their records
// in the order of compare, in which each query's records must already come. It is how a list is read
// whose partition was split into shards, since one partition takes 1,000 writes a second at most.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-sharding.html
//
// The Limit and Requests of the queries do not count. Where there is more, the page's Next is its last
// record: the caller knows what that means for each of the next page's queries. Queries with a Filter
// are read on until the page is full, they end, or the context does.
//
// The first request of every query is made at once; if one fails, the others are given up. Each asks
// for about twice its even share of the page, which a hash hardly ever exceeds, rather than for a
// whole page: that would be paid for and thrown away. A query with more than its share is asked again
// when its turn comes.
func (t *Table[T]) QueryMerged(ctx context.Context, queries []Query[T], limit int, compare func(a, b T) int) (Page[T], error) {
	readers := make([]*reader[T], len(queries))
	for i, q := range queries {
		q.Limit, q.Requests = limit, 0
		var err error
		if readers[i], err = t.newReader(q, share(limit, len(queries))); err != nil {
			return Page[T]{}, err
		}
	}
	if err := fill(ctx, readers); err != nil {
		return Page[T]{}, err
	}
	records := make([]T, 0, min(limit, maxRequested)+1)
	for len(records) <= limit {
		first, err := foremost(ctx, readers, compare)
		if err != nil {
			return Page[T]{}, err
		}
		if first == nil {
			return Page[T]{Records: records}, nil
		}
		record, _, _ := first.next(ctx) // from its buffer
		records = append(records, record)
	}
	return Page[T]{Records: records[:limit], Next: &records[limit-1]}, nil
}

// share is how many records each of n queries is asked for at a time. A few more than twice the mean
// keep a small page from needing a second round; up to 4 KB cost the same anyway.
func share(limit, n int) int {
	return min(limit, 2*limit/n+8)
}

// fill makes the first request of all readers at once, and waits for them. The first error ends the
// others' requests.
func fill[T any](ctx context.Context, readers []*reader[T]) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		all   sync.WaitGroup
		once  sync.Once
		first error
	)
	for _, r := range readers {
		all.Go(func() {
			if _, _, err := r.peek(ctx); err != nil {
				once.Do(func() {
					first = err
					cancel()
				})
			}
		})
	}
	all.Wait()
	return first
}

// foremost is the reader whose next record comes first of all, nil when none has any.
func foremost[T any](ctx context.Context, readers []*reader[T], compare func(a, b T) int) (*reader[T], error) {
	var (
		first *reader[T]
		best  T
	)
	for _, r := range readers {
		record, ok, err := r.peek(ctx)
		if err != nil {
			return nil, err
		}
		if ok && (first == nil || compare(record, best) < 0) {
			first, best = r, record
		}
	}
	return first, nil
}

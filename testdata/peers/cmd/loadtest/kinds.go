package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// kind is one kind of request, over a few records, and how long those took that were sent.
type kind struct {
	name     string
	requests []request
	sent     int
	elapsed  time.Duration // all clients at once
	took     []time.Duration
}

// kinds signs the demo users in and gives each a profile, so that all requests find what they ask for.
func (r *runner) kinds(ctx context.Context) ([]*kind, error) {
	read, write := &kind{name: "GET /user"}, &kind{name: "POST /user"}
	for _, email := range []string{"renter@example.com", "rentee@example.com", "admin@example.com"} {
		token, err := r.signIn(ctx, email)
		if err != nil {
			return nil, err
		}
		headers := map[string]string{"Authorization": "Bearer " + token, "Content-Type": "application/json"}
		body := fmt.Sprintf(`{"name":"john","email":%q,"ratings":25.0,"userType":"renter"}`, email)
		save := request{method: "POST", path: "/user", body: body, headers: headers}
		if err := r.call(ctx, save, nil); err != nil {
			return nil, err
		}
		write.requests = append(write.requests, save)
		read.requests = append(read.requests, request{method: "GET", path: "/user", headers: headers})
	}
	search := &kind{name: "GET /items, a search"}
	for _, query := range []string{"q=dril&lat=52.52&lng=13.40&radiusKm=25&sort=distance", "tag=outdoor&sort=price", "q=tent"} {
		search.requests = append(search.requests, request{method: "GET", path: "/items?" + query})
	}
	return []*kind{read, write, search}, nil
}

// block is how many requests of a kind are sent before it is another's turn.
const block = 1000

// send sends n requests in turns of kinds, and returns the first error.
func (r *runner) send(ctx context.Context, kinds []*kind, n, clients int) error {
	for turn := 0; n > 0; turn++ {
		size := min(n, block)
		if err := r.sendBlock(ctx, kinds[turn%len(kinds)], size, clients); err != nil {
			return err
		}
		n -= size
	}
	return nil
}

func (r *runner) sendBlock(ctx context.Context, k *kind, n, clients int) error {
	took, failed := make([]time.Duration, n), make([]error, clients)
	var all sync.WaitGroup
	begin := time.Now()
	for c := range clients {
		all.Go(func() {
			for i := c; i < n && failed[c] == nil; i += clients {
				start := time.Now()
				failed[c] = r.call(ctx, k.requests[i%len(k.requests)], nil)
				took[i] = time.Since(start)
			}
		})
	}
	all.Wait()
	k.elapsed += time.Since(begin)
	k.sent += n
	k.took = append(k.took, took...)
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

// String is a row of the table.
func (k *kind) String() string {
	slices.Sort(k.took)
	at := func(percent int) time.Duration { return k.took[len(k.took)*percent/100].Round(10 * time.Microsecond) }
	return fmt.Sprintf("| %s | %.0f | %v | %v |", k.name, float64(k.sent)/k.elapsed.Seconds(), at(50), at(99))
}

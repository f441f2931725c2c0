package main

import (
	"context"
	"fmt"
	"time"

	"rental.example/testdata/peers/lab"
)

// series are the samples of each contestant, one a round.
type series map[string][]float64

func (s series) add(stack string, value float64) { s[stack] = append(s[stack], value) }

// results are all that was measured: processor time in microseconds, memory and sizes in bytes.
type results struct {
	inside, allocations, bytes series // an invocation of POST /user inside of a process
	start, write, peak         series // a process that writes
	search                     series // a process that searches
	zip                        map[string]int64
}

// Of the thousand writes after which memory is looked at, those that connections, caches and the collector
// need to settle are not measured.
const (
	warmWrites, writes     = 250, 750
	warmSearches, searches = 150, 450
)

// measure takes at least one round, and begins none after the deadline.
func measure(ctx context.Context, f functions, rounds int, deadline time.Time, progress func(string)) (results, error) {
	r := results{
		inside: series{}, allocations: series{}, bytes: series{}, start: series{}, write: series{}, peak: series{}, search: series{},
		zip: map[string]int64{},
	}
	binaries := map[string]string{seedsPlain: f.seedPlain}
	for stack, function := range f.users {
		binaries[stack] = function.Binary
	}
	for stack, binary := range binaries {
		size, err := lab.ZipSize(binary)
		if err != nil {
			return r, err
		}
		r.zip[stack] = size
	}
	for round := range rounds {
		if round > 0 && time.Now().After(deadline) {
			break
		}
		progress(fmt.Sprintf("round %d of %d", round+1, rounds))
		if err := r.round(ctx, f, round); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (r *results) round(ctx context.Context, f functions, round int) error {
	save, search := lab.Save(lab.Profile), lab.Search(lab.Nearby())
	for _, stack := range rotated([]string{ours, seeds, gins, raws, hellos}, round) {
		c, err := measureInside(ctx, stack, save)
		if err != nil {
			return err
		}
		r.inside.add(stack, microseconds(c.CPU))
		r.allocations.add(stack, c.Allocations)
		r.bytes.add(stack, c.Bytes)
	}
	for _, stack := range rotated([]string{ours, seeds, gins, raws, hellos, hellosOne}, round) {
		usage, err := run(ctx, f.users[stack], save, warmWrites, writes)
		if err != nil {
			return err
		}
		r.start.add(stack, microseconds(usage.Start))
		r.write.add(stack, microseconds(usage.Invocation))
		r.peak.add(stack, float64(usage.Peak))
	}
	for _, stack := range rotated([]string{ours, seeds, gins, raws}, round) {
		usage, err := run(ctx, f.items[stack], search, warmSearches, searches)
		if err != nil {
			return err
		}
		r.search.add(stack, microseconds(usage.Invocation))
	}
	return nil
}

func run(ctx context.Context, f lab.Function, event []byte, warm, measured int) (lab.Usage, error) {
	usage, err := f.Run(ctx, event, warm, measured)
	if err == nil && !accepted(usage.Answer) {
		err = fmt.Errorf("%s answers %s", f.Binary, usage.Answer)
	}
	return usage, err
}

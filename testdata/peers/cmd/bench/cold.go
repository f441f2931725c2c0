package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"rental.example/testdata/peers/lab"
)

const (
	delay = 4 * time.Millisecond // before each response of a service
	nexts = 4                    // how many events follow the first, at the sizes whose next responses are in the table
)

// sizes are the memory sizes that first responses are measured at, in MB; deployed is that of template.yaml.
var sizes = []int{128, deployed, 512, 1024}

const deployed = 256

// coldSeries are the samples of cold starts at one memory size, in milliseconds.
type coldSeries struct {
	startCPU, firstCPU series // before the first event, and in the first invocation
	first, whole       series // walls of the first response: from the event, and from the start without what is between
	next, reconnect    series // walls of the next responses, and of the one after connections were closed
}

func newColdSeries() coldSeries {
	return coldSeries{startCPU: series{}, firstCPU: series{}, first: series{}, whole: series{}, next: series{}, reconnect: series{}}
}

func (s coldSeries) add(stack string, u lab.ColdUsage) {
	s.startCPU.add(stack, milliseconds(u.Start.CPU))
	s.firstCPU.add(stack, milliseconds(u.First.CPU))
	s.first.add(stack, milliseconds(u.First.Wall))
	s.whole.add(stack, milliseconds(u.Start.Wall+u.First.Wall))
	for _, next := range u.Next {
		s.next.add(stack, milliseconds(next.Wall))
	}
	if u.Reconnect.Wall > 0 {
		s.reconnect.add(stack, milliseconds(u.Reconnect.Wall))
	}
}

func milliseconds(d time.Duration) float64 { return microseconds(d) / 1000 }

// coldResults are all that was measured of cold starts.
type coldResults struct {
	users map[int]coldSeries // by memory size
	items coldSeries         // at deployed
}

// coldBench measures cold starts of functions.
type coldBench struct {
	users, items map[string]lab.Function
	services     lab.Engines
	throttle     *lab.Throttle
	results      coldResults
}

// benchCold measures cold starts, and prints their tables.
func benchCold(ctx context.Context, f functions, folder string, o options, out io.Writer, progress func(string)) (err error) {
	trust, err := lab.NewTrust(filepath.Join(folder, "trust"))
	if err != nil {
		return err
	}
	directories, err := ourDirectories(ctx)
	if err != nil {
		return err
	}
	b := coldBench{services: lab.StartServices(trust, delay), throttle: lab.NewThrottle(), results: coldResults{map[int]coldSeries{}, newColdSeries()}}
	defer b.services.Close()
	defer func() { err = errors.Join(err, b.throttle.Close()) }()
	for _, size := range sizes {
		b.results.users[size] = newColdSeries()
	}
	b.users, b.items = b.functions(f.users, trust, directories), b.functions(f.items, trust, directories)
	trusted := b.users[hellocalls]
	trusted.Environment = b.users[ours].Environment
	b.users[hellocallsTrust] = trusted
	rounds, err := b.measure(ctx, o.rounds, time.Now().Add(o.limit), progress)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nCold starts: %d rounds; throttled from the first event on %s; ours has SSL_CERT_DIR=%s\n\n", rounds, b.throttle, directories)
	b.results.print(out)
	return nil
}

// ourDirectories is the SSL_CERT_DIR that template.yaml gives the functions, so that both cannot differ.
func ourDirectories(ctx context.Context) (string, error) {
	root, err := lab.Root(ctx, "rental.example")
	if err != nil {
		return "", err
	}
	template, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	return lab.GlobalVariable(template, "SSL_CERT_DIR"), err
}

// functions are those of all stacks with the services in the place of AWS. Peers read their roots as Lambda has them by
// default.
func (b *coldBench) functions(built map[string]lab.Function, trust *lab.Trust, directories string) map[string]lab.Function {
	environment := append(environmentOf(b.services, "es"), "GOMAXPROCS=1")
	with := make(map[string]lab.Function, len(built))
	for stack, f := range built {
		roots := trust.Environment("")
		if stack == ours {
			roots = trust.Environment(directories)
		}
		with[stack] = lab.Function{Binary: f.Binary, Environment: slices.Concat(environment, roots)}
	}
	return with
}

// measure takes at least one round, begins none after the deadline, and returns how many it took.
func (b *coldBench) measure(ctx context.Context, rounds int, deadline time.Time, progress func(string)) (int, error) {
	for round := range rounds {
		if round > 0 && time.Now().After(deadline) {
			return round, nil
		}
		progress(fmt.Sprintf("cold starts, round %d of %d", round+1, rounds))
		if err := b.round(ctx, round); err != nil {
			return round, err
		}
	}
	return rounds, nil
}

func (b *coldBench) round(ctx context.Context, round int) error {
	for i := range sizes {
		size := sizes[(i+round)%len(sizes)]
		stacks := []string{ours, seeds, gins, raws, hellocalls, hellos}
		if size == deployed {
			stacks = append(stacks, hellocallsTrust)
		}
		for _, stack := range rotated(stacks, round) {
			if err := b.run(ctx, b.users, stack, lab.Save(lab.Profile), size, b.results.users[size]); err != nil {
				return err
			}
		}
	}
	for _, stack := range rotated(slices.Sorted(maps.Keys(b.items)), round) {
		if err := b.run(ctx, b.items, stack, lab.Search(lab.Nearby()), deployed, b.results.items); err != nil {
			return err
		}
	}
	return nil
}

// run measures one cold start of a stack.
func (b *coldBench) run(ctx context.Context, functions map[string]lab.Function, stack string, event []byte, size int, into coldSeries) error {
	start := lab.ColdStart{Event: event, Memory: size, Throttle: b.throttle}
	if size == 128 || size == deployed {
		start.Next = nexts
	}
	if size == deployed {
		start.Disconnect = b.services.CloseConnections
	}
	usage, err := functions[stack].Cold(ctx, start)
	if err == nil && !accepted(usage.Response) {
		err = fmt.Errorf("%s responds %s", functions[stack].Binary, usage.Response)
	}
	if err == nil {
		into.add(stack, usage)
	}
	return err
}

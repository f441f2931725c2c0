// Command bench holds the functions against the same job on other stacks, and against a function that does
// nothing, and prints one table:
//
//	go run ./cmd/bench
//
// Processor time is the kernel's, of whole processes: wall time would tell of the machine's other work. Each
// round measures every stack once, in another order, and a ratio is the median of those of the rounds.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"time"

	"rental.example/testdata/peers/lab"
)

func main() {
	rounds := flag.Int("rounds", 25, "how many `rounds` to measure at most")
	limit := flag.Duration("limit", 4*time.Minute, "the `time` after which no more rounds are begun")
	stack := flag.String("invoke", "", "measure the `stack` in this process with the event on standard input")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	if *stack != "" {
		err = invoke(*stack, os.Stdin, os.Stdout)
	} else {
		err = bench(ctx, *rounds, *limit, os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, rounds int, limit time.Duration, out, log io.Writer) error {
	progress := func(what string) { fmt.Fprintln(log, what) }
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	engines := lab.StartEngines()
	defer engines.Close()
	progress("building")
	f, err := build(ctx, folder, engines)
	if err != nil {
		return err
	}
	progress("comparing answers")
	if err := check(ctx, f.users, lab.Save(lab.Profile), refusedSaves()); err != nil {
		return err
	}
	if err := check(ctx, f.items, lab.Search(lab.Nearby()), refusedSearches()); err != nil {
		return err
	}
	r, err := measure(ctx, f, rounds, time.Now().Add(limit), progress)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s, %s/%s, %d processors, %s; medians of %d rounds; an event of %.1f kB\n\n", time.Now().Format(time.DateOnly),
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), len(r.write[ours]), float64(len(lab.Save(lab.Profile)))/1000)
	r.print(out)
	return nil
}

// Command bench holds the functions against the same job on other stacks, and against a function that does
// nothing, and prints one table:
//
//	go run ./cmd/bench
//
// Processor time is the kernel's, of whole processes. Each round measures every stack once, in another order, and a
// ratio is the median of those of the rounds. Wall times, which the first response after a cold start is about, are
// compared by their lower quartiles: the machine's other work only adds to them.
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

// options are what the command line says.
type options struct {
	rounds int
	limit  time.Duration // of each part
	only   string        // a part; "" is both
}

// The parts: requests to functions that run, without TLS, and cold starts, with TLS and throttled.
const (
	warm = "warm"
	cold = "cold"
)

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 25, "how many `rounds` of each part to measure at most")
	flag.DurationVar(&o.limit, "limit", 3*time.Minute, "the `time` after which no more rounds of a part are begun")
	flag.StringVar(&o.only, "only", "", "the `part` to measure, warm or cold, instead of both")
	stack := flag.String("invoke", "", "measure the `stack` in this process with the event on standard input")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	switch {
	case *stack != "":
		err = invoke(*stack, os.Stdin, os.Stdout)
	case o.only != "" && o.only != warm && o.only != cold:
		err = fmt.Errorf("there is no part %q", o.only)
	default:
		err = bench(ctx, o, os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench(ctx context.Context, o options, out, log io.Writer) error {
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
	progress("comparing responses")
	if err := f.check(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s, %s/%s, %d processors, %s; an event of %.1f kB\n", time.Now().Format(time.DateOnly),
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), float64(len(lab.Save(lab.Profile)))/1000)
	if o.only != cold {
		r, err := measure(ctx, f, o.rounds, time.Now().Add(o.limit), progress)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\nRequests: medians of %d rounds\n\n", len(r.write[ours]))
		r.print(out)
	}
	if o.only != warm {
		return benchCold(ctx, f, folder, o, out, progress)
	}
	return nil
}

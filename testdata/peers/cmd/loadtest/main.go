// Command loadtest runs the local runner in a process of its own and sends it requests over the loopback
// interface: profiles read and written, and searches, over the records that the runner starts with.
//
//	go run ./cmd/loadtest
//
// It fails when a request is answered with an error, and when the runner's memory after all requests is more
// than a tenth above that after the first tenth of them.
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

// maxGrowth is how much memory the runner may have at the end, in parts of what it had after a tenth.
const maxGrowth = 1.1

func main() {
	requests := flag.Int("requests", 200_000, "how many `requests` to send")
	clients := flag.Int("clients", 4, "how many `clients` send them, each one after the other")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := load(ctx, *requests, *clients, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "loadtest:", err)
		os.Exit(1)
	}
}

func load(ctx context.Context, requests, clients int, out io.Writer) error {
	r, err := start(ctx)
	if err != nil {
		return err
	}
	defer r.stop()
	kinds, err := r.kinds(ctx)
	if err != nil {
		return err
	}
	if err := r.send(ctx, kinds, requests/10, clients); err != nil {
		return err
	}
	early, err := r.memory(ctx)
	if err != nil {
		return err
	}
	if err := r.send(ctx, kinds, requests-requests/10, clients); err != nil {
		return err
	}
	late, err := r.memory(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s, %s/%s, %d processors, %s; %d requests of %d clients, no error\n\n", time.Now().Format(time.DateOnly),
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), requests, clients)
	fmt.Fprint(out, "| request | a second | p50 | p99 |\n|---|---|---|---|\n")
	for _, k := range kinds {
		fmt.Fprintln(out, k)
	}
	growth := float64(late) / float64(early)
	fmt.Fprintf(out, "\nresident memory: %.1f MB after %d requests, %.1f MB after %d; ratio %.2f, at most %.2f\n",
		float64(early)/1e6, requests/10, float64(late)/1e6, requests, growth, maxGrowth)
	if growth > maxGrowth {
		return fmt.Errorf("memory grows to %.2f times", growth)
	}
	return nil
}

// memory is what the runner has resident once the events of all requests have been worked off, in bytes.
func (r *runner) memory(ctx context.Context) (int64, error) {
	if err := r.settle(ctx); err != nil {
		return 0, err
	}
	return lab.Memory(r.cmd.Process.Pid)
}

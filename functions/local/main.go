// Command local runs the whole system in one process, with nothing installed but Go:
//
//	go run ./functions/local
//
// It sends the very events that AWS would to the very handlers that are deployed. In the place of
// Cognito and API Gateway stand the packages below this one; in the place of the databases stand
// adapters/memory or, by flags, real engines. It is deployed nowhere.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"rental.example/functions/local/gateway"
)

func main() {
	// Without a reader of stdout or stderr, a write fails and nothing else: SIGPIPE would end the requests in flight.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // from then on, Ctrl-C is the system's own
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "local:", err)
		os.Exit(1)
	}
}

const (
	// shutdownTime is how long requests in flight may take once the runner is told to end: a little more
	// than a function behind the API may.
	shutdownTime = 12 * time.Second
	// readTime is how long a client may take to send a request.
	readTime = 30 * time.Second
	// writeTime begins when a request's headers are read: there is its body to come, then the function, then a client
	// that reads slowly. One that never reads would hold its connection for good.
	writeTime = readTime + gateway.IntegrationTimeout + 30*time.Second
	// maxHeaderSize is more than API Gateway's, which the gateway refuses itself.
	maxHeaderSize = 64 << 10
)

// run serves until ctx is done, then finishes the requests and the invocations that it has begun.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	opts, err := parseOptions(args, getenv, stderr)
	if err != nil {
		return err
	}
	listeners, err := listen(opts.addr)
	if err != nil {
		return err
	}
	defer listeners.Close()
	address := publicAddress(listeners[0].Addr())
	sys, err := newSystem(ctx, opts, address, stderr)
	if err != nil {
		return err
	}
	screen := banner{address: address, options: opts, routes: sys.routes()}.String()
	server := newServer(sys.handler(listeners[0].Addr(), screen))
	stopEvents := sys.startEvents()
	served := listeners.serve(server)
	fmt.Fprint(stdout, screen)
	select {
	case err := <-served:
		stopEvents()
		return err
	case <-ctx.Done():
	}
	fmt.Fprintln(stdout, "\nFinishing the requests in flight. Ctrl-C again ends them.")
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	err = server.Shutdown(ending)
	for range listeners {
		<-served
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("some requests were unfinished after %v", shutdownTime)
	}
	stopEvents()
	if err == nil && sys.recorder != nil {
		err = sys.recorder.Err()
	}
	return err
}

// newServer bounds what a client may take: in size, and in time to send a request and to read the response.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler, ReadTimeout: readTime, WriteTimeout: writeTime, MaxHeaderBytes: maxHeaderSize}
}

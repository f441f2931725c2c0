// Command local runs the whole system in one process, with nothing installed but Go:
//
//	go run ./functions/local
//
// It sends the raw events of AWS to the handlers that are deployed. The packages below this one simulate Cognito, API
// Gateway, Lambda and the event sources; adapters/memory or, by flags, real engines are the databases. It is not deployed.
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
	// If nobody reads stdout or stderr, writes must fail, and SIGPIPE must not end the requests in flight.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process
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
	// shutdownTimeout is how long requests in flight may take after a signal: a little more than a function of the API
	// may.
	shutdownTimeout = 12 * time.Second
	// readTimeout is how long a client may take to send a request.
	readTimeout = 30 * time.Second
	// writeTimeout begins when the headers are read. It includes the body, the function, and a client that reads slowly; one
	// that never reads must not keep its connection.
	writeTimeout = readTimeout + gateway.IntegrationTimeout + 30*time.Second
	// maxHeaderSize is more than the limit of API Gateway, which the gateway checks itself.
	maxHeaderSize = 64 << 10
)

func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	return runFunctions(ctx, constructors(), args, getenv, stdout, stderr)
}

// runFunctions serves until ctx is done, then waits for the requests and invocations in flight.
func runFunctions(ctx context.Context, functions map[string]constructor, args []string, getenv func(string) string,
	stdout, stderr io.Writer) error {
	opts, err := parseOptions(args, getenv, stderr)
	if err != nil {
		return err
	}
	listeners, err := listen(opts.addr)
	if err != nil {
		return err
	}
	defer listeners.Close()
	address := listeners.publicAddress()
	sys, err := newSystem(ctx, opts, functions, address, stderr)
	if err != nil {
		return err
	}
	text := banner{address: address, options: opts}.String()
	server := newServer(sys.handler(listeners.loopback(), text))
	stopEvents := sys.startEvents()
	served := listeners.serve(server)
	fmt.Fprint(stdout, text)
	select {
	case err := <-served:
		stopEvents()
		return err
	case <-ctx.Done():
	}
	fmt.Fprintln(stdout, "\nFinishing the requests in flight. Ctrl-C again ends them.")
	shutdownCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	err = server.Shutdown(shutdownCtx)
	for range listeners {
		<-served
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("some requests were unfinished after %v", shutdownTimeout)
	}
	stopEvents()
	if err == nil && sys.recorder != nil {
		err = sys.recorder.Err()
	}
	return err
}

// newServer returns a server that limits the size of a request and the time to send it and to read the response.
func newServer(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, MaxHeaderBytes: maxHeaderSize}
}

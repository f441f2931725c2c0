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
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
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
	// maxHeaderSize is more than API Gateway's, which the gateway refuses itself.
	maxHeaderSize = 64 << 10
)

// run serves until ctx is done, then finishes the requests and the invocations that it has begun.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	opts, err := parseOptions(args, getenv, stderr)
	if err != nil {
		return err
	}
	listener, err := listen(opts.addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	sys, err := newSystem(ctx, opts, publicAddress(listener.Addr()), stderr)
	if err != nil {
		return err
	}
	address := publicAddress(listener.Addr())
	screen := banner{address: address, options: opts, routes: sys.routes()}.String()
	server := &http.Server{Handler: sys.handler(listener.Addr(), screen), ReadTimeout: readTime, MaxHeaderBytes: maxHeaderSize}
	stopEvents := sys.startEvents()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
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
	<-served
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("some requests were unfinished after %v", shutdownTime)
	}
	stopEvents()
	if err == nil && sys.recorder != nil {
		err = sys.recorder.Err()
	}
	return err
}

// listen says in one line what to do about a port that is taken.
func listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use; choose another address with -addr, such as -addr localhost:8081", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("-addr %s: %w; want a host and a port, such as localhost:8081", addr, err)
	}
	return listener, nil
}

// publicAddress is what clients on this machine call the listener: localhost where that reaches it.
func publicAddress(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return addr.String()
	}
	host := "localhost"
	if !tcp.IP.IsUnspecified() && !tcp.IP.Equal(net.IPv4(127, 0, 0, 1)) && !tcp.IP.Equal(net.IPv6loopback) {
		host = tcp.IP.String()
	}
	return net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}

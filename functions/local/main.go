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
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "local:", err)
		os.Exit(1)
	}
}

// shutdownTime is how long requests in flight may take once the runner is told to end: as long as a
// function may.
const shutdownTime = 12 * time.Second

// run serves until ctx is done, then finishes the requests that it has begun.
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
	server := &http.Server{Handler: sys.handler(listener.Addr()), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	banner{address: publicAddress(listener.Addr()), options: opts, routes: sys.routes()}.write(stdout)
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	fmt.Fprintln(stdout, "\nFinishing the requests in flight.")
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	err = server.Shutdown(ending)
	<-served
	sys.gateway.Wait()
	return err
}

// listen says in one line what to do about a port that is taken.
func listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("%s is in use; choose another address with -addr, such as -addr localhost:8081", addr)
	}
	if err != nil {
		return nil, fmt.Errorf("-addr %s: %w", addr, err)
	}
	return listener, nil
}

// publicAddress is what clients on this machine call the listener: localhost, unless it listens on one
// other address.
func publicAddress(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return addr.String()
	}
	host := "localhost"
	if !tcp.IP.IsLoopback() && !tcp.IP.IsUnspecified() {
		host = tcp.IP.String()
	}
	return net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}

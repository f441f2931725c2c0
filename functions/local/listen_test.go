package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"rental.example/functions/local/gateway"
)

// TestLocalhost: the runner listens on both loopback addresses.
func TestLocalhost(t *testing.T) {
	t.Parallel()
	requireIPv6(t)
	r := start(t)
	_, port, err := net.SplitHostPort(r.address)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range loopbackHosts {
		req := newRequest(t, "GET", "http://"+net.JoinHostPort(host, port)+"/_local/health", "")
		do(t, req, 200)
	}
	r.stop()
	if err := <-r.stopped; err != nil {
		t.Errorf("run failed: %v", err)
	}
}

// requireIPv6 skips the test if the machine has no ::1.
func requireIPv6(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("no ::1 here: %v", err)
	}
	l.Close()
}

// usedPort returns localhost with a port that is in use on ::1 alone; without ::1, the one that is in use on 127.0.0.1.
func usedPort(t *testing.T, taken net.Listener) (addr, port string) {
	t.Helper()
	if l, err := net.Listen("tcp", "[::1]:0"); err == nil {
		t.Cleanup(func() { l.Close() })
		taken = l
	}
	_, port, err := net.SplitHostPort(taken.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort("localhost", port), port
}

// TestAddresses: the forms of -addr, and how many listeners each has.
func TestAddresses(t *testing.T) {
	t.Parallel()
	requireIPv6(t)
	for addr, want := range map[string]int{"localhost:0": 2, "LocalHost:0": 2, "127.0.0.1:0": 1, ":0": 1, "0.0.0.0:0": 1} {
		all, err := listen(addr)
		if err != nil || len(all) != want {
			t.Errorf("%s: %d listeners, %v, want %d", addr, len(all), err, want)
			continue
		}
		if got := all.publicAddress(); !strings.HasPrefix(got, "localhost:") {
			t.Errorf("%s: called %s", addr, got)
		}
		if err := all.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestListenErrors: errors of the system are recognized by their numbers, of Unix and of Windows Sockets.
func TestListenErrors(t *testing.T) {
	t.Parallel()
	const inUse, noAccess, missing = "the address is in use (", "this user may not listen on the address (", "this machine has no such address ("
	for errno, want := range map[syscall.Errno]string{
		syscall.EADDRINUSE: inUse, 10048: inUse,
		syscall.EACCES: noAccess, 10013: noAccess,
		syscall.EADDRNOTAVAIL: missing, syscall.EAFNOSUPPORT: missing, 10049: missing, 10047: missing,
		syscall.EINVAL: "cannot listen (",
	} {
		err := &net.OpError{Op: "listen", Net: "tcp", Err: os.NewSyscallError("bind", errno)}
		if addressInUse(err) != (want == inUse) || addressMissing(err) != (want == missing) {
			t.Errorf("%d: in use %t, missing %t", errno, addressInUse(err), addressMissing(err))
		}
		if got := listenError("localhost:8080", err); !strings.HasPrefix(got.Error(), "-addr localhost:8080: "+want) || !errors.Is(got, errno) {
			t.Errorf("%d: %v, want %s", errno, got, want)
		}
	}
}

// TestServerLimits: the time to write includes the longest request and function, and a client that never reads is
// disconnected.
func TestServerLimits(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	server := newServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<20)
		for {
			if _, err := w.Write(chunk); err != nil {
				ended <- err
				return
			}
		}
	}))
	if needed := server.ReadTimeout + gateway.IntegrationTimeout; server.WriteTimeout <= needed || server.WriteTimeout > 2*needed {
		t.Errorf("WriteTimeout %v, want more than %v", server.WriteTimeout, needed)
	}
	server.WriteTimeout /= 1000
	listening := httptest.NewUnstartedServer(nil)
	listening.Config = server
	listening.Start()
	defer listening.Close()
	conn, err := net.Dial("tcp", listening.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
	select {
	case err := <-ended:
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the response ended with %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Error("a client that never reads is still connected")
	}
}

// TestSIGPIPE: if nobody reads stdout and stderr, a request in flight at SIGTERM is still finished.
func TestSIGPIPE(t *testing.T) {
	t.Parallel()
	p := startProcess(t, "-addr", "localhost:0")
	token := (&runner{address: p.address}).signIn(t, "renter@example.com")
	for _, stream := range []io.Closer{p.stdout, p.stderr} {
		if err := stream.Close(); err != nil {
			t.Fatal(err)
		}
	}
	request := beginPost(t, p.address, token)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Skipf("no SIGTERM here: %v", err)
	}
	refused := time.Now().Add(10 * time.Second)
	for conn, err := net.Dial("tcp", p.address); err == nil; conn, err = net.Dial("tcp", p.address) {
		conn.Close()
		if time.Now().After(refused) {
			t.Fatal("the runner still accepts connections")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if resp := request.finish(t); resp.StatusCode != 201 {
		t.Errorf("status %d", resp.StatusCode)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("run failed: %v", err)
	}
}

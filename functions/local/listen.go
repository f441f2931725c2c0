package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
)

// listeners are all for one host and port.
type listeners []net.Listener

// Close implements io.Closer.
func (all listeners) Close() error {
	var errs []error
	for _, l := range all {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// serve has server answer on each of them. It sends what the first one ends with.
func (all listeners) serve(server *http.Server) <-chan error {
	served := make(chan error, len(all))
	for _, l := range all {
		go func() { served <- server.Serve(l) }()
	}
	return served
}

// loopback are the addresses that localhost stands for (RFC 6761, section 6.3). Which of them a client tries first, and
// whether it tries the other one, depends on the client.
var loopback = []string{"127.0.0.1", "::1"}

// maxPortTries is for port 0: a port that is free on one of the two addresses may be taken on the other.
const maxPortTries = 20

// listen opens addr; localhost on both loopback addresses, or the one that this machine has.
func listen(addr string) (listeners, error) {
	host, port, err := net.SplitHostPort(addr)
	switch {
	case err != nil || strings.Contains(addr, "/"):
		return nil, fmt.Errorf("-addr %s: want a host and a port, such as localhost:8081, or :8081 for all interfaces", addr)
	case !isPort(port):
		return nil, fmt.Errorf("-addr %s: want a port from 0 to 65535, such as localhost:8081", addr)
	case !strings.EqualFold(host, "localhost"):
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return nil, explain(addr, err)
		}
		return listeners{l}, nil
	}
	for range maxPortTries {
		all, err := listenOnLoopback(port)
		if err == nil {
			return all, nil
		}
		if !addressInUse(err) || port != "0" {
			return nil, explain(addr, err)
		}
	}
	return nil, fmt.Errorf("-addr %s: no port is free on both loopback addresses; choose one, such as -addr localhost:8081", addr)
}

// isPort is for numbers; names such as http are for net.Listen to look up.
func isPort(port string) bool {
	n, err := strconv.Atoi(port)
	return port != "" && (err != nil || n >= 0 && n <= 65535)
}

func listenOnLoopback(port string) (all listeners, err error) {
	for _, host := range loopback {
		l, listenErr := net.Listen("tcp", net.JoinHostPort(host, port))
		switch {
		case listenErr == nil:
			all = append(all, l)
			_, port, _ = net.SplitHostPort(l.Addr().String()) // the same for the other one
		case addressMissing(listenErr):
			err = listenErr
		default:
			_ = all.Close()
			return nil, listenErr
		}
	}
	if len(all) == 0 {
		return nil, err
	}
	return all, nil
}

// explain says in one line what to do.
func explain(addr string, err error) error {
	var dns *net.DNSError
	switch {
	case addressInUse(err):
		return fmt.Errorf("%s is in use; choose another address with -addr, such as -addr localhost:8081", addr)
	case isErrno(err, fs.ErrPermission, winAccess):
		return fmt.Errorf("%s may not be listened on by this user; choose another address with -addr, such as -addr localhost:8081", addr)
	case addressMissing(err), errors.As(err, &dns):
		return fmt.Errorf("-addr %s: this machine has no such address (%w); want one of its own, such as localhost:8081, or :8081 for all", addr, err)
	}
	return fmt.Errorf("-addr %s: %w; want a host and a port, such as localhost:8081", addr, err)
}

// What Windows Sockets returns. The constants of syscall are numbers that Go made up there.
// https://learn.microsoft.com/en-us/windows/win32/winsock/windows-sockets-error-codes-2
const (
	winAccess            syscall.Errno = 10013
	winAddressInUse      syscall.Errno = 10048
	winAddressMissing    syscall.Errno = 10049
	winFamilyUnsupported syscall.Errno = 10047
)

func addressInUse(err error) bool { return isErrno(err, syscall.EADDRINUSE, winAddressInUse) }

// addressMissing is for an address that this machine does not have, or of a family that it does not support.
func addressMissing(err error) bool {
	return isErrno(err, syscall.EADDRNOTAVAIL, winAddressMissing) || isErrno(err, syscall.EAFNOSUPPORT, winFamilyUnsupported)
}

func isErrno(err, unix error, windows syscall.Errno) bool {
	return errors.Is(err, unix) || errors.Is(err, windows)
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

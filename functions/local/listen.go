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

// listeners listen on one host and port.
type listeners []net.Listener

// Close implements io.Closer.
func (all listeners) Close() error {
	var errs []error
	for _, l := range all {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// serve serves on all listeners. The channel gets the error of each.
func (all listeners) serve(server *http.Server) <-chan error {
	served := make(chan error, len(all))
	for _, l := range all {
		go func() { served <- server.Serve(l) }()
	}
	return served
}

// loopbackHosts are the addresses of localhost (RFC 6761, section 6.3). Clients differ in which they try first, and in
// whether they try the other one.
var loopbackHosts = []string{"127.0.0.1", "::1"}

// maxPortTries limits the attempts with port 0: a port that is free on one of the two addresses may be in use on the other.
const maxPortTries = 20

// listen listens on addr; for localhost on both loopback addresses, or on the one that this machine has.
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
			return nil, listenError(addr, err)
		}
		return listeners{l}, nil
	}
	for range maxPortTries {
		all, err := listenOnLoopback(port)
		if err == nil {
			return all, nil
		}
		if !addressInUse(err) || port != "0" {
			return nil, listenError(addr, err)
		}
	}
	return nil, fmt.Errorf("-addr %s: no port is free on both loopback addresses; choose one, such as -addr localhost:8081", addr)
}

// isPort also accepts names such as http, which net.Listen resolves.
func isPort(port string) bool {
	n, err := strconv.Atoi(port)
	return port != "" && (err != nil || n >= 0 && n <= 65535)
}

func listenOnLoopback(port string) (all listeners, err error) {
	for _, host := range loopbackHosts {
		l, listenErr := net.Listen("tcp", net.JoinHostPort(host, port))
		switch {
		case listenErr == nil:
			all = append(all, l)
			_, port, _ = net.SplitHostPort(l.Addr().String()) // the same port for the other address
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

// listenError returns the cause in our own words, since those of the systems differ.
func listenError(addr string, err error) error {
	var dns *net.DNSError
	cause := "cannot listen"
	switch {
	case addressInUse(err):
		cause = "the address is in use"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, winAccess):
		cause = "this user may not listen on the address"
	case addressMissing(err), errors.As(err, &dns):
		cause = "this machine has no such address"
	}
	return fmt.Errorf("-addr %s: %s (%w); choose another address, such as -addr localhost:8081 or, for all interfaces, -addr :8081", addr, cause, err)
}

// Errors of Windows Sockets. The constants of syscall are invented numbers there.
// https://learn.microsoft.com/en-us/windows/win32/winsock/windows-sockets-error-codes-2
const (
	winAccess            syscall.Errno = 10013
	winAddressInUse      syscall.Errno = 10048
	winAddressMissing    syscall.Errno = 10049
	winFamilyUnsupported syscall.Errno = 10047
)

func addressInUse(err error) bool {
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, winAddressInUse)
}

// addressMissing reports whether this machine does not have the address or does not support its family.
func addressMissing(err error) bool {
	return errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, winAddressMissing) ||
		errors.Is(err, syscall.EAFNOSUPPORT) || errors.Is(err, winFamilyUnsupported)
}

// addr returns the TCP address of the first listener.
func (all listeners) addr() *net.TCPAddr { return all[0].Addr().(*net.TCPAddr) }

// loopback reports whether only this machine can connect.
func (all listeners) loopback() bool { return all.addr().IP.IsLoopback() }

// publicAddress returns host and port for clients on this machine: localhost if that connects to the listeners.
func (all listeners) publicAddress() string { return publicAddress(all.addr()) }

func publicAddress(addr *net.TCPAddr) string {
	host := "localhost"
	if !addr.IP.IsUnspecified() && !addr.IP.Equal(net.IPv4(127, 0, 0, 1)) && !addr.IP.Equal(net.IPv6loopback) {
		host = addr.IP.String()
	}
	return net.JoinHostPort(host, fmt.Sprint(addr.Port))
}

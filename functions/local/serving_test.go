package main

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"testing"
)

// TestConcurrentCallers: each caller gets the own profile.
func TestConcurrentCallers(t *testing.T) {
	t.Parallel()
	r := start(t)
	var callers sync.WaitGroup
	for _, u := range demoUsers() {
		token := r.signIn(t, u.Email)
		own := []byte(`"email":"` + u.Email + `"`)
		r.call(t, 201, token, "POST", "/user", `{"name":"`+strings.Repeat(u.Email, 4)+`","email":"`+u.Email+`","userType":"renter"}`)
		for range 3 {
			callers.Go(func() {
				for range 150 {
					if got := r.call(t, 200, token, "GET", "/user", ""); !bytes.Contains(got, own) {
						t.Errorf("%s got %s", u.Email, got)
					}
				}
			})
		}
	}
	callers.Wait()
}

func TestPublicAddress(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]string{
		"127.0.0.1": "localhost:80", "::1": "localhost:80", "0.0.0.0": "localhost:80", "::": "localhost:80",
		"127.0.0.2": "127.0.0.2:80", "192.0.2.7": "192.0.2.7:80", "2001:db8::7": "[2001:db8::7]:80",
	} {
		if got := publicAddress(&net.TCPAddr{IP: net.ParseIP(ip), Port: 80}); got != want {
			t.Errorf("%s: %s, want %s", ip, got, want)
		}
	}
}

// TestUncleanPaths: paths are not redirected, like in API Gateway.
func TestUncleanPaths(t *testing.T) {
	t.Parallel()
	r := start(t)
	for path, code := range map[string]string{
		"/users//1": "route_not_found", "/./user": "route_not_found", "/user/../users": "route_not_found",
		"//user": "unauthenticated", "/user/": "unauthenticated", // the same resource as /user
	} {
		status := map[string]int{"route_not_found": 404, "unauthenticated": 401}[code]
		if got := r.call(t, status, "", "GET", path, ""); !bytes.Contains(got, []byte(`"code":"`+code+`"`)) {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := r.call(t, 200, "", "GET", "/", ""); !bytes.Contains(got, []byte("Listening on http://")) {
		t.Errorf("/: %s", got)
	}
}

// TestLargeHeaders: the gateway's limit applies, and not that of net/http's server.
func TestLargeHeaders(t *testing.T) {
	t.Parallel()
	r := start(t)
	for size, want := range map[int]int{9 << 10: 404, 11 << 10: 431, 20 << 10: 431, 100 << 10: 431} {
		req := newRequest(t, "GET", "http://"+r.address+"/items/1", "")
		req.Header.Set("Cookie", strings.Repeat("x", size))
		do(t, req, want)
	}
}

func TestLoopbackOnly(t *testing.T) {
	t.Parallel()
	r := start(t)
	for host, want := range map[string]int{
		r.address: 200, "localhost": 200, "LOCALHOST:80": 200, "app.localhost": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "localhost.": 200,
		"evil.example": 421, "evil.example:8080": 421, "localhost.evil.example": 421, "192.168.1.7": 421, "127.0.0.1.nip.io": 421,
	} {
		req := newRequest(t, "GET", "http://"+r.address+"/_local/health", "")
		req.Host = host
		t.Run(host, func(t *testing.T) { do(t, req, want) })
	}
}

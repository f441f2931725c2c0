package main

import (
	"net"
	"net/http"
	"strings"
)

// requireLoopbackHost rejects requests for other hosts than this machine. It is for listeners on a loopback address: a web
// page can make its own name resolve to 127.0.0.1 (DNS rebinding), and its scripts could then read the responses.
func requireLoopbackHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopbackHost(r.Host) {
			http.Error(w, "This runner accepts the host localhost only; start it with another -addr to use other names.",
				http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopbackHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

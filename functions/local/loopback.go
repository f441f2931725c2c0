package main

import (
	"net"
	"net/http"
	"strings"
)

// loopbackOnly refuses requests for other hosts than this machine while the runner listens on a loopback
// address alone. A web page can have its own name resolve to 127.0.0.1 (DNS rebinding), and the browser
// would then let its scripts talk to the runner as to their own server.
func loopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) {
			http.Error(w, "This runner answers to localhost only; start it with another -addr to reach it by other names.",
				http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopback(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

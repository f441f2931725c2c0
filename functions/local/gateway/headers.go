package gateway

import (
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/functions/local/sandbox"
)

// Headers that the service drops or renames.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
var (
	droppedFromRequest = []string{
		"Connection", "Content-Md5", "Expect", "Keep-Alive", "Max-Forwards", "Proxy-Authenticate", "Server", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade", "Www-Authenticate",
	}
	droppedFromResponse = []string{
		"Content-Length", "Expect", "Host", "Proxy-Authenticate", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Via",
	}
	remappedInResponse = []string{
		"Authorization", "Connection", "Content-Md5", "Date", "Max-Forwards", "Server", "User-Agent", "Www-Authenticate",
	}
)

// headers returns the client's headers with those that the service adds, without those that it drops.
func (g *Gateway) headers(r *http.Request) http.Header {
	h := r.Header.Clone()
	for _, name := range droppedFromRequest {
		h.Del(name)
	}
	if strings.HasPrefix(h.Get("Authorization"), "AWS4-HMAC-SHA256") {
		h.Del("Authorization")
	}
	h.Set("Host", r.Host)
	h.Set("X-Forwarded-Proto", "http")
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		h.Set("X-Forwarded-Port", port)
	}
	h.Set("X-Forwarded-For", strings.Join(append(h.Values("X-Forwarded-For"), sourceIP(r)), ", "))
	if sandbox.TraceHeader(h) == "" {
		h.Set("X-Amzn-Trace-Id", sandbox.NewTrace(g.config.Now(), g.config.NewID()))
	}
	return h
}

// writeHeaders merges both maps; if a name is in both, the list wins. A body without Content-Type gets the service's
// default.
func writeHeaders(h http.Header, resp events.APIGatewayProxyResponse) {
	for name, value := range resp.Headers {
		if name, kept := responseHeader(name); kept {
			h.Set(name, value)
		}
	}
	for name, values := range resp.MultiValueHeaders {
		name, kept := responseHeader(name)
		if !kept {
			continue
		}
		h.Del(name)
		for _, value := range values {
			h.Add(name, value)
		}
	}
	if h.Get("Content-Type") == "" && resp.Body != "" {
		h.Set("Content-Type", "application/json")
	}
}

// responseHeader returns the client's name of a function's header, and whether the client receives it.
func responseHeader(name string) (string, bool) {
	name = http.CanonicalHeaderKey(name)
	if slices.Contains(remappedInResponse, name) {
		return "X-Amzn-Remapped-" + name, true
	}
	return name, !slices.Contains(droppedFromResponse, name)
}

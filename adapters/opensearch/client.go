package opensearch

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"rental.example/adapters/httpclient"
	"rental.example/adapters/storecalls"
)

// The services that requests are signed for.
const (
	ServiceES   = "es"   // a domain of Amazon OpenSearch Service
	ServiceNone = "none" // requests are not signed, for a local engine
)

// Config configures a Client.
type Config struct {
	Endpoint string // a URL without a path
	Service  string // ServiceES or ServiceNone
	// AWS has the region and the credentials for signatures; ServiceNone needs none.
	AWS aws.Config
	// HTTP sends single attempts; nil is a transport with the settings of the AWS SDK's.
	HTTP http.RoundTripper
	// AttemptTimeout limits each attempt; zero is a limit for Lambda functions. Restoring a snapshot and blocking
	// writes take longer.
	AttemptTimeout time.Duration
}

// idleConnections are kept open to the engine: a function sends it few requests at once.
const idleConnections = 10

// Client sends requests to one engine. It is safe for concurrent use.
type Client struct{ transport *transport }

// NewClient returns a Client. It fails only if cfg is invalid, and sends nothing. storecalls counts the attempts of its
// requests.
func NewClient(cfg Config) (*Client, error) {
	server, err := parseServer(cfg.Endpoint)
	if err != nil {
		return nil, err
	}
	sign, err := newSigner(cfg)
	if err != nil {
		return nil, err
	}
	if cfg.HTTP == nil {
		own := httpclient.New(0, idleConnections).GetTransport() // each attempt has its own timeout
		own.DisableCompression = true                            // within a region, a few kB cost less to send than to squeeze
		cfg.HTTP = own
	}
	return &Client{transport: &transport{
		server: server, next: storecalls.NewTransport(storecalls.OpenSearch, cfg.HTTP.RoundTrip), sign: sign,
		timeout: cmp.Or(cfg.AttemptTimeout, attemptTimeout),
	}}, nil
}

// parseServer parses an endpoint, which must have no more than a scheme, a host and a port.
func parseServer(endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" ||
		strings.TrimSuffix(endpoint, "/") != u.Scheme+"://"+u.Host {
		return nil, fmt.Errorf("opensearch: endpoint %q: want a URL of a scheme and a host", endpoint)
	}
	return u, nil
}

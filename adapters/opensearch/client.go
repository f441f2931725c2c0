package opensearch

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

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
	Alias    string // of the index of items; that of their owners is Alias-owners
	Service  string // ServiceES or ServiceNone
	// Shards is the number of primary shards that the index of items is created with; 0 is 1. It cannot change later.
	Shards int
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

// Client sends requests to one engine, for the indices of one alias. It is safe for concurrent use.
type Client struct {
	transport     *transport
	items, owners Index
}

// isAlias reports whether s is a lower-case letter followed by at most 99 lower-case letters, digits, hyphens and
// underscores: an alias becomes part of paths and of names of indices. A regexp would take 0.1 ms of every cold start.
func isAlias(s string) bool {
	return s != "" && len(s) <= 100 && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// NewClient returns a Client. It fails only if cfg is invalid, and sends nothing. storecalls counts the attempts of its
// requests.
func NewClient(cfg Config) (*Client, error) {
	server, err := parseServer(cfg.Endpoint)
	if err != nil {
		return nil, err
	}
	if !isAlias(cfg.Alias) {
		return nil, fmt.Errorf("opensearch: alias %q: want a lower-case letter, then lower-case letters, digits, - or _", cfg.Alias)
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
	return &Client{
		transport: &transport{
			server: server, next: storecalls.NewTransport(storecalls.OpenSearch, cfg.HTTP.RoundTrip), sign: sign,
			timeout: cmp.Or(cfg.AttemptTimeout, attemptTimeout),
		},
		items:  Index{Alias: cfg.Alias, Definition: itemsIndex, Shards: cfg.Shards},
		owners: Index{Alias: cfg.Alias + "-owners", Definition: ownersIndex},
	}, nil
}

// Ping searches for no item. It returns an error if the engine does not respond as it should, or has no index yet: unlike
// other requests it creates none.
func (c *Client) Ping(ctx context.Context) error {
	_, err := doOnce[searchResponse](ctx, c, operation{"ping", NoRetry, opensearchapi.SearchRequest{
		Index: []string{c.items.Alias}, Body: strings.NewReader(`{"size":0,"query":{"match_none":{}}}`),
	}})
	return err
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

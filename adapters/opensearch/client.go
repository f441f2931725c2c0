package opensearch

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/adapters/httpclient"
	"rental.example/adapters/storecalls"
	"rental.example/domain"
)

// What requests are signed for.
const (
	ServiceES   = "es"   // a domain of Amazon OpenSearch Service
	ServiceNone = "none" // nothing is signed: an engine on one's own machine
)

// Config says which engine, and who is asking.
type Config struct {
	Endpoint string // a URL without a path
	Alias    string // of the index of items; that of their owners is called Alias-owners
	Service  string // ServiceES or ServiceNone
	// Shards are the primary shards of the index of items, when it is made: 1 if 0. They cannot change later.
	Shards int
	// AWS holds the region and the credentials that requests are signed with; ServiceNone needs none.
	AWS aws.Config
	// HTTP carries single attempts; nil is a transport with the settings of the AWS SDK's.
	HTTP http.RoundTripper
	// AttemptTimeout is how long one attempt may take; zero is what a function has time for. Restoring a
	// snapshot or blocking writes takes an engine longer.
	AttemptTimeout time.Duration
}

// idleConnections are kept open to the engine: a function sends it few requests at once.
const idleConnections = 10

// Client speaks to one engine about the indices under one alias. It is safe for concurrent use.
type Client struct {
	transport     *transport
	items, owners index
}

// isAlias reports whether s is a small letter and up to 99 small letters, digits, dashes and underscores: an alias becomes
// part of paths and of the names of indices. No regexp: it would take 0.1 ms of every cold start.
func isAlias(s string) bool {
	return s != "" && len(s) <= 100 && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// NewClient makes a Client. It fails for a wrong cfg only: nothing is sent before it is needed. Its attempts are calls of
// storecalls.
func NewClient(cfg Config) (*Client, error) {
	server, err := parseServer(cfg.Endpoint)
	if err != nil {
		return nil, err
	}
	if !isAlias(cfg.Alias) {
		return nil, fmt.Errorf("opensearch: %q cannot be an alias", cfg.Alias)
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
			server: server, next: storecalls.Count(storecalls.OpenSearch, cfg.HTTP.RoundTrip), sign: sign,
			timeout: cmp.Or(cfg.AttemptTimeout, attemptTimeout),
		},
		items:  index{alias: cfg.Alias, definition: itemsIndex, shards: cfg.Shards},
		owners: index{alias: cfg.Alias + "-owners", definition: ownersIndex},
	}, nil
}

// Ping searches for no item. It returns an error if the engine does not respond as it should, or has no index yet: unlike
// other requests it creates none.
func (c *Client) Ping(ctx context.Context) error {
	_, err := once[searchAnswer](ctx, c, "ping", opensearchapi.SearchRequest{
		Index: []string{c.items.alias}, Body: strings.NewReader(`{"size":0,"query":{"match_none":{}}}`),
	})
	return err
}

// parseServer takes an endpoint apart that is a scheme, a host and a port, and no more.
func parseServer(endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" ||
		strings.TrimSuffix(endpoint, "/") != u.Scheme+"://"+u.Host {
		return nil, fmt.Errorf("opensearch: the endpoint %q is no URL of a server", endpoint)
	}
	return u, nil
}

// checked is an answer that may tell of a failure though its status is a success.
type checked interface{ check() error }

// remedies are what the client sees to itself before it sends a request again, each once and in the order in which
// one leads to the next: an index that is being made is still without its shard.
var remedies = []struct {
	symptom error
	mend    func(*Client, context.Context, index) error
}{
	{errNoIndex, (*Client).makeIndex},
	{errNoShard, (*Client).awaitShard},
	{errNoField, (*Client).addFields},
}

// do sends the request that make returns, and decodes its answer. If the answer is that x is missing, or its shard,
// or a field of it, that is seen to, and the request sent again. op names the request in errors.
func do[T any](ctx context.Context, c *Client, op string, x index, make func() opensearchapi.Request) (T, error) {
	out, err := once[T](ctx, c, op, make())
	for _, r := range remedies {
		if !errors.Is(err, r.symptom) {
			continue
		}
		if err := r.mend(c, ctx, x); err != nil {
			return out, err
		}
		out, err = once[T](ctx, c, op, make())
	}
	return out, err
}

func once[T any](ctx context.Context, c *Client, op string, r opensearchapi.Request) (out T, err error) {
	answer, err := r.Do(ctx, c.transport)
	if err != nil {
		return out, fmt.Errorf("opensearch: %s: %w: %w", op, domain.ErrUnavailable, err)
	}
	body := answer.Body.(wholeBody).Bytes()
	if answer.IsError() {
		return out, fmt.Errorf("opensearch: %s: %w", op, classify(answer.StatusCode, body))
	}
	if err := unmarshal(body, &out); err != nil {
		return out, fmt.Errorf("opensearch: %s: %w: %w", op, domain.ErrUnavailable, err)
	}
	if answer, ok := any(&out).(checked); ok {
		if err := answer.check(); err != nil {
			return out, fmt.Errorf("opensearch: %s: %w", op, err)
		}
	}
	return out, nil
}

// unmarshal is json.Unmarshal for what is known to be valid, and so is not read twice more to find that out.
func unmarshal(valid []byte, into any) error {
	if u, ok := into.(json.Unmarshaler); ok {
		return u.UnmarshalJSON(valid)
	}
	return json.Unmarshal(valid, into)
}

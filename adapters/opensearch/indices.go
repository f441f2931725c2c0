package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain"
)

// Index is an index with an alias. Requests for documents use the alias, so that an index of another mapping can take its
// place.
type Index struct {
	Alias      string
	Definition json.RawMessage // settings and mappings
	Shards     int             // primary shards to create it with; 0 means the number of the definition
}

// NewIndex returns an Index. It fails if the alias is invalid: one is part of paths and of names of indices.
func NewIndex(alias string, definition json.RawMessage, shards int) (Index, error) {
	if !isAlias(alias) {
		return Index{}, fmt.Errorf("opensearch: alias %q: want a lower-case letter, then lower-case letters, digits, - or _", alias)
	}
	return Index{Alias: alias, Definition: definition, Shards: shards}, nil
}

// isAlias reports whether s is a lower-case letter followed by at most 99 lower-case letters, digits, hyphens and
// underscores. A regexp would take 0.1 ms of every cold start.
func isAlias(s string) bool {
	return s != "" && len(s) <= 100 && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

// name returns the name of the first index of the alias. functions/ops creates later ones.
func (x Index) name() string { return x.Alias + "-v1" }

type createBody struct {
	Settings struct {
		Index    map[string]any  `json:"index"`
		Analysis json.RawMessage `json:"analysis,omitempty"`
	} `json:"settings"`
	Mappings json.RawMessage     `json:"mappings"`
	Aliases  map[string]struct{} `json:"aliases,omitempty"`
}

// Body returns the body of a request that creates x with aliases.
func (x Index) Body(aliases ...string) (json.RawMessage, error) {
	var body createBody
	if err := json.Unmarshal(x.Definition, &body); err != nil {
		return nil, err
	}
	if x.Shards > 0 {
		body.Settings.Index["number_of_shards"] = x.Shards
	}
	body.Aliases = map[string]struct{}{}
	for _, alias := range aliases {
		body.Aliases[alias] = struct{}{}
	}
	return json.Marshal(body)
}

// Mappings returns the body of a request that adds missing fields of x to an index.
func (x Index) Mappings() (json.RawMessage, error) {
	var body createBody
	err := json.Unmarshal(x.Definition, &body)
	return body.Mappings, err
}

// createIndex creates x with its alias. Concurrent calls are safe. An index that exists gets the alias.
func (c *Client) createIndex(ctx context.Context, x Index) error {
	body, err := x.Body(x.Alias)
	if err != nil {
		return err
	}
	err = c.change(ctx, "create "+x.name(), opensearchapi.IndicesCreateRequest{Index: x.name(), Body: bytes.NewReader(body)})
	if errors.Is(err, errIndexExists) {
		return c.change(ctx, "alias "+x.name(), opensearchapi.IndicesPutAliasRequest{Index: []string{x.name()}, Name: x.Alias})
	}
	return err
}

// awaitShards waits until the primary shards of x are active: an index exists some time before its shards can be read.
// Its status does not show that, since a new index is yellow from the start. Errors wrap domain.ErrUnavailable.
// https://github.com/elastic/elasticsearch/pull/18737
func (c *Client) awaitShards(ctx context.Context, x Index) error {
	_, err := doOnce[struct{}](ctx, c, operation{"health of " + x.Alias, RetryRead, opensearchapi.ClusterHealthRequest{
		Index: []string{x.Alias}, WaitForActiveShards: strconv.Itoa(max(1, x.Shards)), Timeout: c.transport.timeout / 2,
	}})
	if err != nil {
		return fmt.Errorf("opensearch: %s: %w: %w: %v", x.Alias, errNoShard, domain.ErrUnavailable, err)
	}
	return nil
}

// addFields adds the fields that the mapping of x lacks.
func (c *Client) addFields(ctx context.Context, x Index) error {
	mappings, err := x.Mappings()
	if err != nil {
		return err
	}
	return c.change(ctx, "add fields to "+x.Alias, opensearchapi.IndicesPutMappingRequest{
		Index: []string{x.Alias}, Body: bytes.NewReader(mappings),
	})
}

// change changes an index and returns once that is acknowledged.
func (c *Client) change(ctx context.Context, name string, r opensearchapi.Request) error {
	_, err := doOnce[acknowledgement](ctx, c, operation{name, RetryWrite, r})
	return err
}

type acknowledgement struct {
	Acknowledged bool `json:"acknowledged"`
}

// Validate implements validator.
func (a *acknowledgement) Validate() error {
	if !a.Acknowledged {
		return Malformed("not acknowledged")
	}
	return nil
}

package opensearch

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain"
)

//go:embed items.index.json
var itemsIndex []byte

//go:embed owners.index.json
var ownersIndex []byte

// index is an index with an alias. Requests for documents use the alias, so that an index of another mapping can take
// its place.
type index struct {
	alias      string
	definition []byte // settings and mappings, as JSON
	shards     int    // primary shards to create it with; 0 is the number of the definition
}

// name returns the name of the first index of the alias. functions/ops creates later ones.
func (x index) name() string { return x.alias + "-v1" }

type indexBody struct {
	Settings indexSettings       `json:"settings"`
	Mappings json.RawMessage     `json:"mappings"`
	Aliases  map[string]struct{} `json:"aliases,omitempty"`
}

type indexSettings struct {
	Index    map[string]any  `json:"index"`
	Analysis json.RawMessage `json:"analysis,omitempty"`
}

func (x index) body() (b indexBody, err error) {
	if err = json.Unmarshal(x.definition, &b); err != nil {
		return b, err
	}
	if x.shards > 0 {
		b.Settings.Index["number_of_shards"] = x.shards
	}
	b.Aliases = map[string]struct{}{x.alias: {}}
	return b, nil
}

// createIndex creates x with its alias. Concurrent calls are safe. An index that exists gets the alias.
func (c *Client) createIndex(ctx context.Context, x index) error {
	definition, err := x.body()
	if err != nil {
		return err
	}
	body, err := jsonBody(definition)
	if err != nil {
		return err
	}
	err = c.change(ctx, "create "+x.name(), opensearchapi.IndicesCreateRequest{Index: x.name(), Body: body})
	if errors.Is(err, errIndexExists) {
		return c.change(ctx, "alias "+x.name(), opensearchapi.IndicesPutAliasRequest{Index: []string{x.name()}, Name: x.alias})
	}
	return err
}

// awaitShards waits until the primary shards of x are active: an index exists some time before its shards can be read.
// Its status does not show that, since a new index is yellow from the start. Errors wrap domain.ErrUnavailable.
// https://github.com/elastic/elasticsearch/pull/18737
func (c *Client) awaitShards(ctx context.Context, x index) error {
	_, err := doOnce[struct{}](ctx, c, operation{"health of " + x.alias, RetryRead, opensearchapi.ClusterHealthRequest{
		Index: []string{x.alias}, WaitForActiveShards: strconv.Itoa(max(1, x.shards)), Timeout: attemptTimeout / 2,
	}})
	if err != nil {
		return fmt.Errorf("opensearch: %s: %w: %w: %v", x.alias, errNoShard, domain.ErrUnavailable, err)
	}
	return nil
}

// addFields adds the fields that the mapping of x lacks.
func (c *Client) addFields(ctx context.Context, x index) error {
	definition, err := x.body()
	if err != nil {
		return err
	}
	return c.change(ctx, "add fields to "+x.alias, opensearchapi.IndicesPutMappingRequest{
		Index: []string{x.alias}, Body: bytes.NewReader(definition.Mappings),
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

// validate implements validator.
func (a *acknowledgement) validate() error {
	if !a.Acknowledged {
		return malformed("not acknowledged")
	}
	return nil
}

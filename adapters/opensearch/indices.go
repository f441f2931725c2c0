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

// index is an index under an alias. Documents are reached by the alias alone, so that another index, of
// another mapping, can take its place.
type index struct {
	alias      string
	definition []byte // settings and mappings, as JSON
	shards     int    // primary ones, when it is made; 0 leaves the definition's
}

// name is the index's own at first; a later one is made, filled and put behind the alias by hand.
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

// makeIndex makes x behind its alias, which was found missing. Any number may do so at once. An index that
// is there already is put behind the alias as it is.
func (c *Client) makeIndex(ctx context.Context, x index) error {
	body, err := x.body()
	if err != nil {
		return err
	}
	definition, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = once[acknowledgement](ctx, c, "create "+x.name(), opensearchapi.IndicesCreateRequest{
		Index: x.name(), Body: bytes.NewReader(definition),
	})
	if !errors.Is(err, errExists) {
		return err
	}
	_, err = once[acknowledgement](ctx, c, "alias "+x.name(), opensearchapi.IndicesPutAliasRequest{
		Index: []string{x.name()}, Name: x.alias,
	})
	return err
}

// awaitShard waits until x can be read, all shards of it. An index that another is making is there some time before its shard is,
// and has every look-up fail until then. Its status would not tell: that of a new index is yellow from the start.
// Whatever comes of the wait, that x cannot be read stays domain.ErrUnavailable.
// https://github.com/elastic/elasticsearch/pull/18737
func (c *Client) awaitShard(ctx context.Context, x index) error {
	_, err := once[struct{}](ctx, c, "health of "+x.alias, opensearchapi.ClusterHealthRequest{
		Index: []string{x.alias}, WaitForActiveShards: strconv.Itoa(max(1, x.shards)), Timeout: attemptTimeout / 2,
	})
	if err != nil {
		return fmt.Errorf("opensearch: %s: %w: %w: %v", x.alias, errNoShard, domain.ErrUnavailable, err)
	}
	return nil
}

// addFields adds to the mapping of x what its definition has more.
func (c *Client) addFields(ctx context.Context, x index) error {
	body, err := x.body()
	if err != nil {
		return err
	}
	_, err = once[acknowledgement](ctx, c, "add fields to "+x.alias, opensearchapi.IndicesPutMappingRequest{
		Index: []string{x.alias}, Body: bytes.NewReader(body.Mappings),
	})
	return err
}

type acknowledgement struct {
	Acknowledged bool `json:"acknowledged"`
}

func (a *acknowledgement) check() error {
	if !a.Acknowledged {
		return nonsense("does not acknowledge")
	}
	return nil
}

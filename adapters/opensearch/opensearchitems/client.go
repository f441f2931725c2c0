// Package opensearchitems implements the stores of package item in OpenSearch: Items, Owners and Holdings.
// items.index.json and owners.index.json define the two indices.
package opensearchitems

import (
	"context"
	_ "embed"

	"rental.example/adapters/opensearch"
)

//go:embed items.index.json
var itemsIndex []byte

//go:embed owners.index.json
var ownersIndex []byte

// Client sends requests to one engine, for the indices of one alias. It is safe for concurrent use.
type Client struct {
	*opensearch.Client
	items, owners opensearch.Index
}

// NewClient returns a Client. alias is that of the index of items; that of their owners is alias-owners. The index of items
// is created with that number of primary shards, 0 for one, which cannot change later. NewClient fails only if an argument is
// invalid, and sends nothing.
func NewClient(cfg opensearch.Config, alias string, shards int) (*Client, error) {
	client, err := opensearch.NewClient(cfg)
	if err != nil {
		return nil, err
	}
	items, err := opensearch.NewIndex(alias, itemsIndex, shards)
	if err != nil {
		return nil, err
	}
	owners := opensearch.Index{Alias: alias + "-owners", Definition: ownersIndex}
	return &Client{Client: client, items: items, owners: owners}, nil
}

// Indices returns the index of the items and that of their owners.
func (c *Client) Indices() (items, owners opensearch.Index) { return c.items, c.owners }

// Ping searches for no item. It returns an error if the engine does not respond as it should, or has no index yet: unlike
// other requests it creates none.
func (c *Client) Ping(ctx context.Context) error { return c.Documents(c.items).Ping(ctx) }

package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain"
	"rental.example/domain/item"
)

// Holdings is the item.Holdings in the index of items.
type Holdings struct{ client *Client }

var _ item.Holdings = (*Holdings)(nil)

// NewHoldings is what owners hold in client's index of items.
func NewHoldings(client *Client) *Holdings { return &Holdings{client: client} }

// Refresh implements item.Holdings.
// https://docs.opensearch.org/latest/api-reference/index-apis/refresh/
func (s *Holdings) Refresh(ctx context.Context) error {
	x := s.client.items
	_, err := do[coverage](ctx, s.client, "refresh "+x.alias, x, func() opensearchapi.Request {
		return opensearchapi.IndicesRefreshRequest{Index: []string{x.alias}}
	})
	return err
}

// heldSearch is a search for holdings as the engine takes it. Nothing that it asks for is in the documents: their
// texts would take the engine longer to read than the items to remove.
type heldSearch struct {
	Size             int       `json:"size"`
	Timeout          string    `json:"timeout"`
	TrackTotalHits   bool      `json:"track_total_hits"`
	SeqNoPrimaryTerm bool      `json:"seq_no_primary_term"`
	Source           bool      `json:"_source"`
	StoredFields     string    `json:"stored_fields"`
	DocValueFields   []string  `json:"docvalue_fields"`
	Query            clause    `json:"query"`
	Sort             []string  `json:"sort"`
	SearchAfter      []item.ID `json:"search_after,omitempty"`
}

// ListOwned implements item.Holdings.
func (s *Holdings) ListOwned(ctx context.Context, owner domain.UserID, below domain.Version, after item.ID, limit int) ([]item.Holding, error) {
	search := heldSearch{
		Size: limit, Timeout: searchTimeout, SeqNoPrimaryTerm: true,
		StoredFields: "_none_", DocValueFields: []string{"ownerVersion", "createdAt"},
		Query: clause{Bool: &boolClause{Filter: []clause{
			{Term: map[string]string{"ownerId": string(owner)}},
			{Range: map[string]bounds{"ownerVersion": {Below: &below}}},
		}}},
		Sort: []string{"id"},
	}
	if after != "" {
		search.SearchAfter = []item.ID{after}
	}
	body, err := json.Marshal(search)
	if err != nil {
		return nil, fmt.Errorf("opensearch: %w", err)
	}
	x := s.client.items
	found, err := do[heldAnswer](ctx, s.client, "search "+x.alias, x, func() opensearchapi.Request {
		return opensearchapi.SearchRequest{
			Index: []string{x.alias}, Body: bytes.NewReader(body), AllowPartialSearchResults: aws.Bool(false),
		}
	})
	if err != nil {
		return nil, err
	}
	held := make([]item.Holding, 0, len(found.hits))
	for _, h := range found.hits {
		held = append(held, h.holding())
	}
	return held, nil
}

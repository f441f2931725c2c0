package opensearch

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain"
	"rental.example/domain/item"
)

// Holdings implements item.Holdings with the index of items.
type Holdings struct{ client *Client }

var _ item.Holdings = (*Holdings)(nil)

// NewHoldings returns the holdings in client's index of items.
func NewHoldings(client *Client) *Holdings { return &Holdings{client: client} }

// Refresh implements item.Holdings.
// https://docs.opensearch.org/latest/api-reference/index-apis/refresh/
func (s *Holdings) Refresh(ctx context.Context) error {
	x := s.client.items
	_, err := do[shardsResponse](ctx, s.client, x, operation{
		"refresh " + x.Alias, RetryRead, opensearchapi.IndicesRefreshRequest{Index: []string{x.Alias}},
	})
	return err
}

// holdingsBody is the body of a search for holdings. All requested fields are doc values: the engine would need more time
// to load the documents than to delete them.
type holdingsBody struct {
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
	search := holdingsBody{
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
	found, err := doSearch[holdingsResponse](ctx, s.client, search)
	if err != nil {
		return nil, err
	}
	holdings := make([]item.Holding, 0, len(found.Hits.Hits))
	for _, h := range found.Hits.Hits {
		holdings = append(holdings, h.holding())
	}
	return holdings, nil
}

// doSearch searches the items.
func doSearch[T any](ctx context.Context, c *Client, search any) (T, error) {
	body, err := jsonBody(search)
	if err != nil {
		return *new(T), err
	}
	return do[T](ctx, c, c.items, operation{"search " + c.items.Alias, RetryRead, opensearchapi.SearchRequest{
		Index: []string{c.items.Alias}, Body: body, AllowPartialSearchResults: aws.Bool(false),
	}})
}

type holdingsResponse struct {
	shardsResponse
	Hits struct {
		Hits []holdingHit `json:"hits"`
	} `json:"hits"`
}

type holdingHit struct {
	SeqNo       *int      `json:"_seq_no"`
	PrimaryTerm *int      `json:"_primary_term"`
	Sort        []item.ID `json:"sort"`
	Fields      struct {
		OwnerVersion []domain.Version `json:"ownerVersion"`
		CreatedAt    []int64          `json:"createdAt"`
	} `json:"fields"`
}

// validate implements validator.
func (r *holdingsResponse) validate() error {
	if err := r.shardsResponse.validate(); err != nil {
		return err
	}
	if r.Hits.Hits == nil {
		return malformed("no hits")
	}
	for _, h := range r.Hits.Hits {
		if err := h.validate(); err != nil {
			return err
		}
	}
	return nil
}

func (h *holdingHit) validate() error {
	if len(h.Sort) != 1 {
		return malformed("a hit without its sort value")
	}
	if _, err := item.ParseID(string(h.Sort[0])); err != nil {
		return malformed("a hit without an item's id")
	}
	if h.SeqNo == nil || h.PrimaryTerm == nil || len(h.Fields.OwnerVersion) != 1 || len(h.Fields.CreatedAt) != 1 {
		return malformed("a hit without its revision or fields")
	}
	return nil
}

func (h *holdingHit) holding() item.Holding {
	return item.Holding{
		ID: h.Sort[0], OwnerVersion: h.Fields.OwnerVersion[0], CreatedAt: fromMicros(h.Fields.CreatedAt[0]),
		Revision: item.Revision(revision{*h.SeqNo, *h.PrimaryTerm}.String()),
	}
}

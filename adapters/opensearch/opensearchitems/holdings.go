package opensearchitems

import (
	"context"

	"rental.example/adapters/opensearch"
	"rental.example/domain"
	"rental.example/domain/item"
)

// Holdings implements item.Holdings with the index of items.
type Holdings struct{ documents opensearch.Documents }

var _ item.Holdings = (*Holdings)(nil)

// NewHoldings returns the holdings in client's index of items.
func NewHoldings(client *Client) *Holdings {
	return &Holdings{documents: client.Documents(client.items)}
}

// Refresh implements item.Holdings.
func (s *Holdings) Refresh(ctx context.Context) error { return s.documents.Refresh(ctx) }

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
	found, err := opensearch.Search[holdingsResponse](ctx, s.documents, search)
	if err != nil {
		return nil, err
	}
	holdings := make([]item.Holding, 0, len(found.Hits.Hits))
	for _, h := range found.Hits.Hits {
		holdings = append(holdings, h.holding())
	}
	return holdings, nil
}

type holdingsResponse struct {
	opensearch.ShardsResponse
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

// Validate implements opensearch.Validator.
func (r *holdingsResponse) Validate() error {
	if err := r.ShardsResponse.Validate(); err != nil {
		return err
	}
	if r.Hits.Hits == nil {
		return opensearch.Malformed("no hits")
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
		return opensearch.Malformed("a hit without its sort value")
	}
	if _, err := item.ParseID(string(h.Sort[0])); err != nil {
		return opensearch.Malformed("a hit without an item's id")
	}
	if h.SeqNo == nil || h.PrimaryTerm == nil || len(h.Fields.OwnerVersion) != 1 || len(h.Fields.CreatedAt) != 1 {
		return opensearch.Malformed("a hit without its revision or fields")
	}
	return nil
}

func (h *holdingHit) holding() item.Holding {
	return item.Holding{
		ID: h.Sort[0], OwnerVersion: h.Fields.OwnerVersion[0], CreatedAt: fromMicros(h.Fields.CreatedAt[0]),
		Revision: item.Revision(opensearch.Revision{SeqNo: *h.SeqNo, PrimaryTerm: *h.PrimaryTerm}.String()),
	}
}

// Remove implements item.Holdings by one bulk request, and a second one that counts which of the refused documents still
// exist. That also resolves lost responses.
func (s *Holdings) Remove(ctx context.Context, holdings []item.Holding) (changed int, err error) {
	deletions, refused := deletionsOf(holdings)
	if len(deletions) > 0 {
		conflicts, err := opensearch.BulkDelete(ctx, s.documents, deletions)
		if err != nil {
			return 0, err
		}
		refused = append(refused, conflicts...)
	}
	if len(refused) == 0 {
		return 0, nil
	}
	return opensearch.CountExisting(ctx, s.documents, refused)
}

// deletionsOf leaves out invalid ids, which no item can have, and refuses invalid revisions.
func deletionsOf(holdings []item.Holding) (deletions []opensearch.Deletion[item.ID], refused []item.ID) {
	for _, h := range holdings {
		if _, err := item.ParseID(string(h.ID)); err != nil {
			continue
		}
		if base, ok := opensearch.ParseRevision(string(h.Revision)); ok {
			deletions = append(deletions, opensearch.Deletion[item.ID]{ID: h.ID, Base: base})
		} else {
			refused = append(refused, h.ID)
		}
	}
	return deletions, refused
}

package opensearch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opensearch-project/opensearch-go/v2/opensearchapi"

	"rental.example/domain/item"
)

// Search implements item.Search. Positions hold the engine's own sort values.
func (s *Items) Search(ctx context.Context, q item.Query) (item.Results, error) {
	query, err := searchOf(q)
	if err != nil {
		return item.Results{}, err
	}
	body, err := json.Marshal(query)
	if err != nil {
		return item.Results{}, fmt.Errorf("opensearch: %w", err)
	}
	x := s.client.items
	found, err := do[searchAnswer](ctx, s.client, "search "+x.alias, x, func() opensearchapi.Request {
		return opensearchapi.SearchRequest{
			Index: []string{x.alias}, Body: bytes.NewReader(body), AllowPartialSearchResults: aws.Bool(false),
		}
	})
	if err != nil {
		return item.Results{}, err
	}
	return found.results(q)
}

// results is a page of q: it was asked for one more item, which tells whether there is another page.
func (a *searchAnswer) results(q item.Query) (item.Results, error) {
	r := item.Results{
		Total:      item.Total{Value: int(*a.total), Exact: a.relation == "eq"},
		Categories: a.categories, Tags: a.tags,
	}
	hits := a.hits
	if len(hits) > q.Limit {
		hits = hits[:q.Limit]
		last := hits[q.Limit-1]
		r.Next = &item.Position{Key: last.key, ID: item.ID(last.record.ID)}
	}
	r.Items = make([]item.Item, 0, len(hits))
	for _, h := range hits {
		it, err := h.record.item()
		if err != nil {
			return item.Results{}, err
		}
		r.Items = append(r.Items, it)
	}
	return r, nil
}

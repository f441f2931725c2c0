package opensearchitems

import (
	"context"

	"rental.example/adapters/opensearch"
	"rental.example/domain/item"
)

// Search implements item.Search. Positions have the engine's sort values.
func (s *Items) Search(ctx context.Context, q item.Query) (item.Results, error) {
	body, err := newSearchBody(q)
	if err != nil {
		return item.Results{}, err
	}
	found, err := opensearch.Search[searchResponse](ctx, s.documents, body)
	if err != nil {
		return item.Results{}, err
	}
	return found.results(q)
}

// results returns a page of q. The request was for one more item, which shows whether there is another page.
func (r *searchResponse) results(q item.Query) (item.Results, error) {
	results := item.Results{
		Total:      item.Total{Value: int(*r.Total), Exact: r.Relation == "eq"},
		Categories: r.categories, Tags: r.tags,
	}
	hits := r.Hits
	if len(hits) > q.Limit {
		hits = hits[:q.Limit]
		last := hits[q.Limit-1]
		results.Next = &item.Position{Key: last.SortKey, ID: item.ID(last.Source.ID)}
	}
	results.Items = make([]item.Item, 0, len(hits))
	for _, h := range hits {
		i, err := h.Source.item()
		if err != nil {
			return item.Results{}, err
		}
		results.Items = append(results.Items, i)
	}
	return results, nil
}

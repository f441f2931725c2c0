package opensearch

import (
	"context"

	"rental.example/domain/item"
)

// Search implements item.Search. Positions have the engine's sort values.
func (s *Items) Search(ctx context.Context, q item.Query) (item.Results, error) {
	body, err := newSearchBody(q)
	if err != nil {
		return item.Results{}, err
	}
	found, err := doSearch[searchResponse](ctx, s.client, body)
	if err != nil {
		return item.Results{}, err
	}
	return found.results(q)
}

// results returns a page of q. The request was for one more item, which shows whether there is another page.
func (r *searchResponse) results(q item.Query) (item.Results, error) {
	results := item.Results{
		Total:      item.Total{Value: int(*r.total), Exact: r.relation == "eq"},
		Categories: r.categories, Tags: r.tags,
	}
	hits := r.hits
	if len(hits) > q.Limit {
		hits = hits[:q.Limit]
		last := hits[q.Limit-1]
		results.Next = &item.Position{Key: last.key, ID: item.ID(last.record.ID)}
	}
	results.Items = make([]item.Item, 0, len(hits))
	for _, h := range hits {
		i, err := h.record.item()
		if err != nil {
			return item.Results{}, err
		}
		results.Items = append(results.Items, i)
	}
	return results, nil
}

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

// searchAnswer is what the engine found. Pointers tell nothing from zero: an answer without a count of
// failed shards is no answer.
type searchAnswer struct {
	TimedOut bool `json:"timed_out"`
	Shards   *struct {
		Failed int `json:"failed"`
	} `json:"_shards"`
	Hits *struct {
		Total *struct {
			Value    int    `json:"value"`
			Relation string `json:"relation"` // eq, or gte for a lower bound
		} `json:"total"`
		Hits []hit `json:"hits"`
	} `json:"hits"`
	Aggregations map[string]struct {
		Buckets []struct {
			Key   string `json:"key"`
			Count int    `json:"doc_count"`
		} `json:"buckets"`
	} `json:"aggregations"`
}

type hit struct {
	Source itemRecord      `json:"_source"`
	Sort   json.RawMessage `json:"sort"` // the list of its keys, of which only a page's last are needed
}

var errNoPlace = nonsense("has a hit without its place in the order")

// key is the first of the two keys of the order; the second is the id.
func (h hit) key() (string, error) {
	var keys []json.RawMessage
	if err := json.Unmarshal(h.Sort, &keys); err != nil || len(keys) != 2 {
		return "", errNoPlace
	}
	return string(keys[0]), nil
}

// check implements checked: half an answer is none.
func (a *searchAnswer) check() error {
	switch {
	case a.TimedOut:
		return nonsense("is what was found before time was up")
	case a.Shards == nil || a.Shards.Failed > 0:
		return nonsense("is not that of all shards")
	case a.Hits == nil || a.Hits.Total == nil:
		return nonsense("has no hits")
	}
	for _, h := range a.Hits.Hits {
		if len(h.Sort) == 0 {
			return errNoPlace
		}
	}
	return nil
}

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
		Total:      item.Total{Value: a.Hits.Total.Value, Exact: a.Hits.Total.Relation == "eq"},
		Categories: a.facet("category"), Tags: a.facet("tags"),
	}
	hits := a.Hits.Hits
	if len(hits) > q.Limit {
		hits = hits[:q.Limit]
		last := hits[q.Limit-1]
		key, err := last.key()
		if err != nil {
			return item.Results{}, err
		}
		r.Next = &item.Position{Key: key, ID: item.ID(last.Source.ID)}
	}
	r.Items = make([]item.Item, 0, len(hits))
	for _, h := range hits {
		it, err := h.Source.item()
		if err != nil {
			return item.Results{}, err
		}
		r.Items = append(r.Items, it)
	}
	return r, nil
}

func (a *searchAnswer) facet(name string) (facets []item.Facet) {
	for _, b := range a.Aggregations[name].Buckets {
		facets = append(facets, item.Facet{Value: b.Key, Count: b.Count})
	}
	return facets
}

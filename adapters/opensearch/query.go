package opensearch

import (
	"encoding/json"
	"strconv"

	"rental.example/domain"
	"rental.example/domain/item"
)

// searchBody is a search as the engine takes it.
// https://docs.opensearch.org/latest/api-reference/search/
type searchBody struct {
	Size           int                    `json:"size"`
	Timeout        string                 `json:"timeout"`
	TrackTotalHits int                    `json:"track_total_hits"`
	Query          clause                 `json:"query"`
	Sort           []any                  `json:"sort"`
	SearchAfter    []json.RawMessage      `json:"search_after,omitempty"`
	Aggs           map[string]aggregation `json:"aggs,omitempty"`
}

// clause is a query: one of its fields.
type clause struct {
	Bool          *boolClause       `json:"bool,omitempty"`
	DisMax        *disMax           `json:"dis_max,omitempty"`
	ConstantScore *constantScore    `json:"constant_score,omitempty"`
	Match         map[string]match  `json:"match,omitempty"`
	Term          map[string]string `json:"term,omitempty"`
	Range         map[string]bounds `json:"range,omitempty"`
	GeoDistance   *geoDistance      `json:"geo_distance,omitempty"`
}

type boolClause struct {
	Must   []clause `json:"must,omitempty"`
	Filter []clause `json:"filter,omitempty"`
}

type disMax struct {
	Queries []clause `json:"queries"`
}

type constantScore struct {
	Filter clause `json:"filter"`
	Boost  int    `json:"boost"`
}

type match struct {
	Query        string `json:"query"`
	Operator     string `json:"operator"`
	Fuzziness    string `json:"fuzziness,omitempty"`
	PrefixLength int    `json:"prefix_length,omitempty"`
	FuzzyRewrite string `json:"fuzzy_rewrite,omitempty"`
}

type bounds struct {
	From  *item.Money     `json:"gte,omitempty"`
	To    *item.Money     `json:"lte,omitempty"`
	Below *domain.Version `json:"lt,omitempty"`
}

type geoDistance struct {
	Distance string `json:"distance"`
	Location point  `json:"location"`
}

type aggregation struct {
	Terms terms `json:"terms"`
}

type terms struct {
	Field string `json:"field"`
	Size  int    `json:"size"`
}

// searchTimeout is when the engine gives up; the answer then says so.
const searchTimeout = "2s"

func searchOf(q item.Query) (searchBody, error) {
	body := searchBody{
		Size: q.Limit + 1, Timeout: searchTimeout, TrackTotalHits: item.ExactTotals,
		Query: clause{Bool: &boolClause{Must: words(q.Text), Filter: filters(q)}},
		Sort:  []any{order(q), map[string]string{"id": "asc"}},
	}
	if q.After == nil {
		body.Aggs = map[string]aggregation{
			"category": {terms{Field: "category", Size: item.MaxFacets}},
			"tags":     {terms{Field: "tags", Size: item.MaxFacets}},
		}
		return body, nil
	}
	after, err := searchAfter(q.Sort, *q.After)
	body.SearchAfter = after
	return body, err
}

// words demands each word of text somewhere, for what it is worth at best. A constant for each place
// makes scores small whole numbers that depend on nothing else that is stored: those of BM25 would move
// with every write, and a walk through pages in their order would lose items.
func words(text string) []clause {
	var must []clause
	for _, word := range item.Words(text) {
		must = append(must, clause{DisMax: &disMax{Queries: []clause{
			worth(item.ScoreNameExact, "name", exactly(word)),
			worth(item.ScoreNameFuzzy, "name", nearly(word)),
			worth(item.ScoreDetailsExact, "details", exactly(word)),
			worth(item.ScoreDetailsFuzzy, "details", nearly(word)),
		}}})
	}
	return must
}

func worth(score int, field string, m match) clause {
	return clause{ConstantScore: &constantScore{Boost: score, Filter: clause{Match: map[string]match{field: m}}}}
}

// exactly leaves the folding of word to the field's analyzer, which makes one word of it. It makes none of
// letters that are younger than the engine's edition of Unicode, and more of a word with such in it: those
// match nothing, and only together.
func exactly(word string) match { return match{Query: word, Operator: "and"} }

// nearly is item.MaxEdits in the engine's words. The usual rewrite would look at the 50 most similar words
// only, and fail for many words of a query over many of a shard.
func nearly(word string) match {
	m := exactly(word)
	m.Fuzziness, m.PrefixLength, m.FuzzyRewrite = "AUTO", 1, "constant_score"
	return m
}

func filters(q item.Query) []clause {
	var all []clause
	term := func(field, value string) { all = append(all, clause{Term: map[string]string{field: value}}) }
	if q.Category != "" {
		term("category", q.Category)
	}
	for _, tag := range q.Tags {
		term("tags", tag)
	}
	if q.OwnerID != "" {
		term("ownerId", string(q.OwnerID))
	}
	if q.MinPrice != nil || q.MaxPrice != nil {
		all = append(all, clause{Range: map[string]bounds{"priceCents": {From: q.MinPrice, To: q.MaxPrice}}})
	}
	if q.Near != nil {
		all = append(all, clause{GeoDistance: &geoDistance{
			Distance: strconv.FormatFloat(q.Near.RadiusKm, 'f', -1, 64) + "km", Location: pointOf(q.Near.Place),
		}})
	}
	return all
}

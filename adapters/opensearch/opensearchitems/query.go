package opensearchitems

import (
	"encoding/json"
	"strconv"

	"rental.example/domain"
	"rental.example/domain/item"
)

// searchBody is the body of a search for items.
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

// clause is a query. One of its fields is set.
type clause struct {
	Bool          *boolClause         `json:"bool,omitempty"`
	DisMax        *disMax             `json:"dis_max,omitempty"`
	ConstantScore *constantScore      `json:"constant_score,omitempty"`
	Match         map[string]match    `json:"match,omitempty"`
	Term          map[string]string   `json:"term,omitempty"`
	Terms         map[string][]string `json:"terms,omitempty"`
	Range         map[string]bounds   `json:"range,omitempty"`
	GeoDistance   *geoDistance        `json:"geo_distance,omitempty"`
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
	Query    string `json:"query"`
	Operator string `json:"operator"`
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

// searchTimeout is after how long the engine returns partial results, marked as timed out.
const searchTimeout = "2s"

func newSearchBody(q item.Query) (searchBody, error) {
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

// words requires each word of text to match somewhere, and scores its best match by a constant. Scores are then small
// integers that do not depend on other documents: those of BM25 change with every write, so search_after would skip items.
//
// Typing errors match by the terms that item.QueryTerms and item.IndexTerms have in common. Fuzzy queries build an
// automaton for each word, field and segment: 16 words in seven segments took the engine 0.4 s of CPU.
func words(text string) []clause {
	var must []clause
	for _, word := range item.Words(text) {
		matches := []clause{
			scored(item.ScoreNameExact, exactly("name", word)),
			scored(item.ScoreDetailsExact, exactly("details", word)),
		}
		for _, folded := range item.FoldedWords(word) {
			if terms := item.QueryTerms(folded); len(terms) > 1 {
				matches = append(matches,
					scored(item.ScoreNameFuzzy, anyOf("name.misspelled", terms)),
					scored(item.ScoreDetailsFuzzy, anyOf("details.misspelled", terms)))
			}
		}
		must = append(must, clause{DisMax: &disMax{Queries: matches}})
	}
	return must
}

func scored(score int, c clause) clause {
	return clause{ConstantScore: &constantScore{Boost: score, Filter: c}}
}

// exactly matches a word as the field's analyzer folds it. The analyzer drops letters newer than the engine's edition of
// Unicode, and splits words at them: such words match nothing, or all parts must match.
func exactly(field, word string) clause {
	return clause{Match: map[string]match{field: {Query: word, Operator: "and"}}}
}

func anyOf(field string, terms []string) clause {
	return clause{Terms: map[string][]string{field: terms}}
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

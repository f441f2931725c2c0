// Package items is what every comparator of the items function shares: a search as struct tags describe it,
// the requests to OpenSearch, and the answer.
package items

import (
	"fmt"
	"net/url"
	"strconv"

	"rental.example/domain/item"
)

// Query is a search. The rules are those of domain/item, as far as the validator has words for them; gin
// reads them under its own name.
type Query struct {
	Text     string   `form:"q" validate:"max=200" binding:"max=200"`
	Lat      *float64 `form:"lat" validate:"required_with=Lng,omitempty,latitude" binding:"required_with=Lng,omitempty,latitude"`
	Lng      *float64 `form:"lng" validate:"required_with=Lat,omitempty,longitude" binding:"required_with=Lat,omitempty,longitude"`
	RadiusKm float64  `form:"radiusKm,default=200" validate:"gt=0,lte=500" binding:"gt=0,lte=500"`
	Category string   `form:"category" validate:"max=64" binding:"max=64"`
	Tags     []string `form:"tag" validate:"max=10" binding:"max=10"`
	MinPrice *float64 `form:"minPrice" validate:"omitempty,gte=0" binding:"omitempty,gte=0"`
	MaxPrice *float64 `form:"maxPrice" validate:"omitempty,gte=0" binding:"omitempty,gte=0"`
	OwnerID  string   `form:"ownerId" validate:"omitempty,uuid" binding:"omitempty,uuid"`
	Sort     string   `form:"sort" validate:"omitempty,oneof=relevance distance price -price newest" binding:"omitempty,oneof=relevance distance price -price newest"`
	Limit    int      `form:"limit,default=10" validate:"gte=1,lte=50" binding:"gte=1,lte=50"`
}

// Parse reads a query string. What it leaves unchecked, the tags of Query check.
func Parse(values url.Values) (Query, error) {
	q := Query{
		Text: values.Get("q"), RadiusKm: 200, Category: values.Get("category"), Tags: values["tag"],
		OwnerID: values.Get("ownerId"), Sort: values.Get("sort"), Limit: 10,
	}
	for name, into := range map[string]**float64{"lat": &q.Lat, "lng": &q.Lng, "minPrice": &q.MinPrice, "maxPrice": &q.MaxPrice} {
		if !values.Has(name) {
			continue
		}
		number, err := strconv.ParseFloat(values.Get(name), 64)
		if err != nil {
			return Query{}, fmt.Errorf("%s: %w", name, err)
		}
		*into = &number
	}
	var err error
	if text := values.Get("radiusKm"); text != "" {
		if q.RadiusKm, err = strconv.ParseFloat(text, 64); err != nil {
			return Query{}, fmt.Errorf("radiusKm: %w", err)
		}
	}
	if text := values.Get("limit"); text != "" {
		if q.Limit, err = strconv.Atoi(text); err != nil {
			return Query{}, fmt.Errorf("limit: %w", err)
		}
	}
	return q, nil
}

type object = map[string]any

// search is q in the engine's words: the query that adapters/opensearch/opensearchitems makes.
func (q Query) search() object {
	bool := object{}
	if must := words(q.Text); len(must) > 0 {
		bool["must"] = must
	}
	if filter := q.filters(); len(filter) > 0 {
		bool["filter"] = filter
	}
	return object{
		"size": q.Limit + 1, "timeout": "2s", "track_total_hits": 10_000,
		"query": object{"bool": bool},
		"sort":  []any{q.order(), object{"id": "asc"}},
		"aggs": object{
			"category": object{"terms": object{"field": "category", "size": 20}},
			"tags":     object{"terms": object{"field": "tags", "size": 20}},
		},
	}
}

func words(text string) (must []any) {
	for _, word := range item.Words(text) {
		places := []any{worth(8, exactly("name", word)), worth(2, exactly("details", word))}
		for _, folded := range item.FoldedWords(word) {
			terms := item.QueryTerms(folded)
			places = append(places, worth(4, anyOf("name.misspelled", terms)), worth(1, anyOf("details.misspelled", terms)))
		}
		must = append(must, object{"dis_max": object{"queries": places}})
	}
	return must
}

func worth(score int, filter object) object {
	return object{"constant_score": object{"filter": filter, "boost": score}}
}

func exactly(field, word string) object {
	return object{"match": object{field: object{"query": word, "operator": "and"}}}
}

func anyOf(field string, terms []string) object { return object{"terms": object{field: terms}} }

func (q Query) filters() (all []any) {
	term := func(field, value string) { all = append(all, object{"term": object{field: value}}) }
	if q.Category != "" {
		term("category", q.Category)
	}
	for _, tag := range q.Tags {
		term("tags", tag)
	}
	if q.OwnerID != "" {
		term("ownerId", q.OwnerID)
	}
	if q.MinPrice != nil || q.MaxPrice != nil {
		bounds := object{}
		if q.MinPrice != nil {
			bounds["gte"] = int64(*q.MinPrice * 100)
		}
		if q.MaxPrice != nil {
			bounds["lte"] = int64(*q.MaxPrice * 100)
		}
		all = append(all, object{"range": object{"priceCents": bounds}})
	}
	if q.Lat != nil {
		distance := strconv.FormatFloat(q.RadiusKm, 'f', -1, 64) + "km"
		all = append(all, object{"geo_distance": object{"distance": distance, "location": object{"lat": *q.Lat, "lon": *q.Lng}}})
	}
	return all
}

func (q Query) order() object {
	switch {
	case q.Sort == "price":
		return object{"priceCents": "asc"}
	case q.Sort == "-price":
		return object{"priceCents": object{"order": "desc", "missing": "_last"}}
	case q.Sort == "distance", q.Sort == "" && q.Lat != nil:
		return object{"_geo_distance": object{"location": object{"lat": *q.Lat, "lon": *q.Lng}, "order": "asc", "unit": "m"}}
	case q.Sort == "relevance", q.Sort == "" && q.Text != "":
		return object{"_score": "desc"}
	}
	return object{"createdAt": "desc"}
}

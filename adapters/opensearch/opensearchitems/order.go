package opensearchitems

import (
	"encoding/json"
	"math"
	"strconv"

	"rental.example/domain/item"
)

type sortField struct {
	Order   string `json:"order"`
	Missing string `json:"missing,omitempty"`
}

type sortDistance struct {
	Location point  `json:"location"`
	Order    string `json:"order"`
	Unit     string `json:"unit"`
}

// order returns the first sort key of q. Items without a price come last in both directions.
func order(q item.Query) any {
	switch q.Sort {
	case item.ByDistance:
		return map[string]sortDistance{"_geo_distance": {Location: pointOf(q.Near.Place), Order: "asc", Unit: "m"}}
	case item.ByPrice:
		return map[string]sortField{"priceCents": {Order: "asc", Missing: "_last"}}
	case item.ByPriceDesc:
		return map[string]sortField{"priceCents": {Order: "desc", Missing: "_last"}}
	case item.ByNewest:
		return map[string]sortField{"createdAt": {Order: "desc"}}
	}
	return map[string]sortField{"_score": {Order: "desc"}}
}

// maxKey is the length of the longest double that Java writes. The engine fails on a number of 1,000 digits.
const maxKey = len("-2.2250738585072014E-308")

// searchAfter returns the sort values that a page begins after: the key, the JSON of a number that must reach the engine
// unchanged, and the id. It returns item.ErrInvalidPosition for values that the engine cannot have returned, and would
// reject.
func searchAfter(sort item.Sort, p item.Position) ([]json.RawMessage, error) {
	key := []byte(p.Key)
	if len(key) == 0 || len(key) > maxKey || key[0] != '-' && (key[0] < '0' || key[0] > '9') || key[len(key)-1] < '0' || !json.Valid(key) {
		return nil, item.ErrInvalidPosition
	}
	var valid bool
	switch sort {
	case item.ByPrice, item.ByPriceDesc, item.ByNewest:
		_, err := strconv.ParseInt(p.Key, 10, 64)
		valid = err == nil
	case item.ByDistance:
		metres, err := strconv.ParseFloat(p.Key, 64)
		valid = err == nil && metres >= 0 && metres <= math.Pi*item.EarthRadiusKm*1000
	default:
		score, err := strconv.ParseFloat(p.Key, 64)
		valid = err == nil && score >= 0 && score <= item.ScoreNameExact*item.MaxWords
	}
	id, err := item.ParseID(string(p.ID))
	if err != nil || !valid {
		return nil, item.ErrInvalidPosition
	}
	return []json.RawMessage{key, json.RawMessage(strconv.Quote(string(id)))}, nil
}

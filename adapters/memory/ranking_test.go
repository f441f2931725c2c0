package memory

import (
	"errors"
	"testing"

	"rental.example/domain/item"
)

func TestPositionsAreOfTheirOrder(t *testing.T) {
	t.Parallel()
	const id = item.ID("01J00000000000000000000000")
	near := &item.Near{RadiusKm: 5}
	for _, tt := range []struct {
		sort  item.Sort
		key   string
		valid bool
	}{
		{item.ByPrice, "price:0", true},
		{item.ByPrice, "price:1200", true},
		{item.ByPrice, "price:+Inf", true},
		{item.ByPrice, "price:-Inf", false},
		{item.ByPrice, "price:Inf", false},
		{item.ByPrice, "price:NaN", false},
		{item.ByPrice, "price:-1", false},
		{item.ByPrice, "price:-0", false},
		{item.ByPrice, "price:01", false},
		{item.ByPrice, "price:1.5", false},
		{item.ByPrice, "price:", false},
		{item.ByPrice, "price", false},
		{item.ByPrice, "", false},
		{item.ByPrice, "-price:0", false},
		{item.ByPriceDesc, "-price:-1200", true},
		{item.ByPriceDesc, "-price:0", true},
		{item.ByPriceDesc, "-price:1200", false},
		{item.ByPriceDesc, "price:0", false},
		{item.ByNewest, "newest:-1.8e+15", true},
		{item.ByNewest, "newest:+Inf", false},
		{item.ByNewest, "newest:0x1p4", false},
		{item.ByRelevance, "relevance:-2", true},
		{item.ByRelevance, "relevance:-16", true},
		{item.ByRelevance, "relevance:-1", false},
		{item.ByRelevance, "relevance:-17", false},
		{item.ByRelevance, "relevance:-2.5", false},
		{item.ByDistance, "distance:0", true},
		{item.ByDistance, "distance:4.25", true},
		{item.ByDistance, "distance:5.5", false},
		{item.ByDistance, "distance:-1", false},
		{item.ByDistance, "distance:NaN", false},
		{item.ByDistance, "price:1", false},
	} {
		q := item.Query{Text: "two words", Near: near, Sort: tt.sort}
		r, err := parsePosition(item.Position{Key: tt.key, ID: id}, q)
		if tt.valid != (err == nil) || err != nil && !errors.Is(err, item.ErrInvalidPosition) {
			t.Errorf("%s by %s: %v, want valid %v", tt.key, tt.sort, err, tt.valid)
		}
		if err == nil && *positionOf(r, tt.sort) != (item.Position{Key: tt.key, ID: id}) {
			t.Errorf("%s is %+v again", tt.key, positionOf(r, tt.sort))
		}
	}
}

package memoryitems

import (
	"cmp"
	"math"
	"strconv"
	"strings"

	"rental.example/domain"
	"rental.example/domain/item"
)

// rank is the sort value of an item: by key, ties by id. Every key is a number that a float64 holds exactly:
// a distance, cents, microseconds or a score.
type rank struct {
	key float64
	id  item.ID
}

func compareRanks(a, b rank) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
}

// sortKey returns the key of itm in an order. distance and score are those of the query.
func sortKey(itm *item.Item, order item.Sort, distance float64, score int) float64 {
	switch order {
	case item.ByRelevance:
		return float64(-score)
	case item.ByDistance:
		return distance
	case item.ByNewest:
		return float64(-domain.VersionAt(itm.CreatedAt))
	}
	switch {
	case itm.PricePerDay == nil:
		return math.Inf(1)
	case order == item.ByPriceDesc:
		return float64(-*itm.PricePerDay)
	}
	return float64(*itm.PricePerDay)
}

// formatPosition returns the position of r. Its key contains the order, so that it is invalid in another.
func formatPosition(r rank, order item.Sort) *item.Position {
	return &item.Position{Key: string(order) + ":" + strconv.FormatFloat(r.key, 'g', -1, 64), ID: r.id}
}

// parsePosition is the inverse of formatPosition. It returns item.ErrInvalidPosition if no page of q has p.
func parsePosition(p item.Position, q item.Query) (rank, error) {
	number, ok := strings.CutPrefix(p.Key, string(q.Sort)+":")
	key, err := strconv.ParseFloat(number, 64)
	r := rank{key: key, id: p.ID}
	if !ok || err != nil || !isKey(key, q) || *formatPosition(r, q.Sort) != p {
		return rank{}, item.ErrInvalidPosition
	}
	if _, err := item.ParseID(string(p.ID)); err != nil {
		return rank{}, item.ErrInvalidPosition
	}
	return r, nil
}

// isKey reports whether an item in the results of q can have key.
func isKey(key float64, q item.Query) bool {
	whole := key == math.Trunc(key) && !math.IsInf(key, 0)
	if key == 0 && math.Signbit(key) {
		return false // zero has one spelling
	}
	switch q.Sort {
	case item.ByRelevance:
		words := float64(len(item.FoldedWords(q.Text)))
		return whole && -key >= words*item.ScoreDetailsFuzzy && -key <= words*item.ScoreNameExact
	case item.ByDistance:
		return key >= 0 && q.Near != nil && key <= q.Near.RadiusKm
	case item.ByPrice:
		return whole && key >= 0 || math.IsInf(key, 1)
	case item.ByPriceDesc:
		return whole && key <= 0 || math.IsInf(key, 1)
	}
	return whole
}

package memory

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"rental.example/domain"
	"rental.example/domain/item"
)

// rank is where an item stands in an order: the lowest key comes first, then the lowest id. Every key is
// a number that a float64 holds exactly: a distance, cents, microseconds, a score.
type rank struct {
	key float64
	id  item.ID
}

func compareRanks(a, b rank) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
}

// rankOf is where it stands by order, of which distance and score have been measured already.
func rankOf(it *item.Item, order item.Sort, distance float64, score int) rank {
	r := rank{id: it.ID}
	switch order {
	case item.ByRelevance:
		r.key = float64(-score)
	case item.ByDistance:
		r.key = distance
	case item.ByNewest:
		r.key = float64(-domain.VersionAt(it.CreatedAt))
	case item.ByPrice, item.ByPriceDesc:
		switch {
		case it.PricePerDay == nil:
			r.key = math.Inf(1)
		case order == item.ByPrice:
			r.key = float64(*it.PricePerDay)
		default:
			r.key = float64(-*it.PricePerDay)
		}
	}
	return r
}

// positionOf is r for a client to come back with. The key names its order, so that it is none in another.
func positionOf(r rank, order item.Sort) *item.Position {
	return &item.Position{Key: string(order) + ":" + strconv.FormatFloat(r.key, 'g', -1, 64), ID: r.id}
}

// parsePosition is the inverse of positionOf; item.ErrInvalidPosition for what that cannot have made for
// q.
func parsePosition(p item.Position, q item.Query) (rank, error) {
	number, ok := strings.CutPrefix(p.Key, string(q.Sort)+":")
	key, err := strconv.ParseFloat(number, 64)
	r := rank{key: key, id: p.ID}
	if !ok || err != nil || !isKey(key, q) || *positionOf(r, q.Sort) != p {
		return rank{}, item.ErrInvalidPosition
	}
	if _, err := item.ParseID(string(p.ID)); err != nil {
		return rank{}, item.ErrInvalidPosition
	}
	return r, nil
}

// isKey reports whether a rank can have key in the order of q.
func isKey(key float64, q item.Query) bool {
	whole := key == math.Trunc(key) && !math.IsInf(key, 0)
	if key == 0 && math.Signbit(key) {
		return false // zero is written in one way
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

// order is all items by one of the sorts that need no query to be measured. Like list, a sorted slice
// will do; the youngest are kept last, which is where nearly all are added.
type order struct {
	sort  item.Sort
	slots []slot
}

// reversed reports whether o is kept from its last to its first.
func (o *order) reversed() bool { return o.sort == item.ByNewest }

// search returns where r is in o.slots, or would be.
func (o *order) search(r rank, items []entry) (int, bool) {
	return slices.BinarySearchFunc(o.slots, r, func(s slot, r rank) int {
		c := compareRanks(rankOf(&items[s].document.item, o.sort, 0, 0), r)
		if o.reversed() {
			return -c
		}
		return c
	})
}

func (o *order) add(s slot, items []entry) {
	at, _ := o.search(rankOf(&items[s].document.item, o.sort, 0, 0), items)
	o.slots = slices.Insert(o.slots, at, s)
}

func (o *order) remove(s slot, items []entry) {
	if at, found := o.search(rankOf(&items[s].document.item, o.sort, 0, 0), items); found {
		o.slots = slices.Delete(o.slots, at, at+1)
	}
}

// behind returns the first n items behind r, or from the start for nil, in their order.
func (o *order) behind(r *rank, n int, items []entry) []slot {
	if o.reversed() {
		end := len(o.slots)
		if r != nil {
			end, _ = o.search(*r, items)
		}
		part := slices.Clone(o.slots[max(0, end-n):end])
		slices.Reverse(part)
		return part
	}
	start, found := 0, false
	if r != nil {
		start, found = o.search(*r, items)
	}
	if found {
		start++
	}
	return o.slots[start:min(start+n, len(o.slots))]
}

// prices returns the items from one price to another, both included; nil is no bound. o is ByPrice.
func (o *order) prices(from, to *item.Money, items []entry) []slot {
	start, end := 0, 0
	if from != nil {
		start, _ = o.search(rank{key: float64(*from)}, items)
	}
	last := math.MaxFloat64
	if to != nil {
		last = float64(*to)
	}
	end, _ = o.search(rank{key: math.Nextafter(last, math.Inf(1))}, items)
	return o.slots[start:max(start, end)]
}

package memoryitems

import (
	"cmp"
	"context"
	"slices"
	"unicode/utf8"

	"rental.example/domain/item"
)

// Search implements item.Search. It scans all items, which takes milliseconds for ten thousand.
func (i *Items) Search(ctx context.Context, q item.Query) (item.Results, error) {
	var after *rank
	if q.After != nil {
		r, err := parsePosition(*q.After, q)
		if err != nil {
			return item.Results{}, err
		}
		after = &r
	}
	hits, err := i.matches(ctx, q)
	if err != nil {
		return item.Results{}, err
	}
	return page(hits, q, after), nil
}

// hit is an item that matches a query.
type hit struct {
	rank rank
	item *item.Item
}

// matches returns all items that match q, in its order.
func (i *Items) matches(ctx context.Context, q item.Query) ([]hit, error) {
	words := item.FoldedWords(q.Text)
	var hits []hit
	err := i.visible().Each(ctx, func(d *document) bool {
		if r, ok := d.match(q, words); ok {
			hits = append(hits, hit{rank: r, item: &d.item})
		}
		return true
	})
	slices.SortFunc(hits, func(a, b hit) int { return compareRanks(a.rank, b.rank) })
	return hits, err
}

// page returns the page of hits after a rank; the first page for nil.
func page(hits []hit, q item.Query, after *rank) item.Results {
	r := item.Results{Total: item.Total{Value: min(len(hits), item.ExactTotals), Exact: len(hits) <= item.ExactTotals}}
	rest := hits
	if after == nil {
		r.Categories = facets(hits, func(itm *item.Item) []string { return []string{itm.Category} })
		r.Tags = facets(hits, func(itm *item.Item) []string { return itm.Tags })
	} else {
		start, found := slices.BinarySearchFunc(hits, *after, func(h hit, r rank) int { return compareRanks(h.rank, r) })
		if found {
			start++
		}
		rest = hits[start:]
	}
	shown := rest[:min(q.Limit, len(rest))]
	r.Items = make([]item.Item, 0, len(shown))
	for _, h := range shown {
		r.Items = append(r.Items, clone(*h.item))
	}
	if n := len(shown); n > 0 && n < len(rest) {
		r.Next = formatPosition(shown[n-1].rank, q.Sort)
	}
	return r
}

// facets counts the non-empty values of hits and returns the most frequent.
func facets(hits []hit, values func(*item.Item) []string) []item.Facet {
	counts := make(map[string]int)
	for _, h := range hits {
		for _, value := range values(h.item) {
			if value != "" {
				counts[value]++
			}
		}
	}
	all := make([]item.Facet, 0, len(counts))
	for value, n := range counts {
		all = append(all, item.Facet{Value: value, Count: n})
	}
	slices.SortFunc(all, func(a, b item.Facet) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return all[:min(len(all), item.MaxFacets)]
}

// match returns the rank of d in the results of q; ok is false if q does not match d. words are those of
// q.Text, folded.
func (d *document) match(q item.Query, words []string) (r rank, ok bool) {
	itm := &d.item
	if q.Category != "" && itm.Category != q.Category || q.OwnerID != "" && itm.OwnerID != q.OwnerID ||
		!priceWithin(itm.PricePerDay, q.MinPrice, q.MaxPrice) {
		return rank{}, false
	}
	for _, tag := range q.Tags {
		if !slices.Contains(itm.Tags, tag) {
			return rank{}, false
		}
	}
	distance := 0.0
	if q.Near != nil {
		if distance = q.Near.Place.DistanceKm(itm.Place); distance > q.Near.RadiusKm {
			return rank{}, false
		}
	}
	score, ok := d.score(words)
	return rank{key: sortKey(itm, q.Sort, distance, score), id: itm.ID}, ok
}

// priceWithin reports whether price is within the bounds. A nil bound does not limit; with any bound, an item
// without a price does not match.
func priceWithin(price, lowest, highest *item.Money) bool {
	if lowest == nil && highest == nil {
		return true
	}
	return price != nil && (lowest == nil || *lowest <= *price) && (highest == nil || *price <= *highest)
}

// score returns the sum of the scores of words; ok is false if d lacks one of them.
func (d *document) score(words []string) (sum int, ok bool) {
	for _, word := range words {
		best := max(
			bestScore(word, d.name, item.ScoreNameExact, item.ScoreNameFuzzy),
			bestScore(word, d.details, item.ScoreDetailsExact, item.ScoreDetailsFuzzy))
		if best == 0 {
			return 0, false
		}
		sum += best
	}
	return sum, true
}

// bestScore returns exact if word is in text, fuzzy if text has a similar word, else 0.
func bestScore(word string, text []string, exact, fuzzy int) (best int) {
	for _, w := range text {
		if w == word {
			return exact
		}
		if best == 0 && similar(word, w) {
			best = fuzzy
		}
	}
	return best
}

// similar reports whether the query's word differs from w by item.MaxEdits at most, and not in the first
// character.
func similar(word, w string) bool {
	if word[0] != w[0] || max(len(word)-len(w), len(w)-len(word)) > utf8.UTFMax {
		return false // true of most words, and cheap
	}
	a, b := []rune(word), []rune(w)
	return a[0] == b[0] && item.MaxEdits(len(a)) > 0 && oneEdit(a, b)
}

// oneEdit reports whether b is a with one character inserted, deleted or replaced, or two neighbours swapped.
func oneEdit(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0 // length of the common prefix
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch {
	case len(b)-len(a) == 1:
		return slices.Equal(a[i:], b[i+1:])
	case len(a) != len(b) || i == len(a):
		return false
	case slices.Equal(a[i+1:], b[i+1:]):
		return true
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && slices.Equal(a[i+2:], b[i+2:])
}

package memory

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"rental.example/domain/item"
)

// Search implements item.Search. The key of a Position is the order and the number that the order is by.
func (i *Items) Search(ctx context.Context, q item.Query) (item.Results, error) {
	if err := over(ctx); err != nil {
		return item.Results{}, err
	}
	p := page{query: q}
	if q.After != nil {
		after, err := parsePosition(*q.After, q)
		if err != nil {
			return item.Results{}, err
		}
		p.after = &after
	}
	i.mu.RLock()
	defer i.mu.RUnlock()
	if o := i.index.unfiltered(q); o != nil {
		p.browse(i.index, o)
	} else {
		p.search(i.index)
	}
	return p.results(), nil
}

// unfiltered is the order that q asks all items in; nil when q asks for some of them only, or in an
// order of its own.
func (x *itemIndex) unfiltered(q item.Query) *order {
	if q.Text != "" || q.Near != nil || q.Category != "" || len(q.Tags) > 0 ||
		q.MinPrice != nil || q.MaxPrice != nil || q.OwnerID != "" {
		return nil
	}
	for _, o := range x.orders() {
		if o.sort == q.Sort {
			return o
		}
	}
	return nil
}

// filter is what a query asks of an item.
type filter struct {
	query item.Query
	words []similar
}

func (x *itemIndex) filter(q item.Query) filter {
	f := filter{query: q}
	for _, word := range item.FoldedWords(q.Text) {
		f.words = append(f.words, x.words.find(word))
	}
	rarest := func(a, b similar) int { return cmp.Compare(x.words.count(a), x.words.count(b)) }
	slices.SortFunc(f.words, rarest) // what fails, fails soon
	return f
}

// match returns where e stands among what f lets through; false when f does not.
func (f *filter) match(e *entry) (rank, bool) {
	it, q := &e.document.item, &f.query
	if q.Category != "" && it.Category != q.Category || q.OwnerID != "" && it.OwnerID != q.OwnerID {
		return rank{}, false
	}
	if !costs(it.PricePerDay, q.MinPrice, q.MaxPrice) {
		return rank{}, false
	}
	for _, tag := range q.Tags {
		if !slices.Contains(it.Tags, tag) {
			return rank{}, false
		}
	}
	score, ok := f.score(e.words)
	if !ok {
		return rank{}, false
	}
	distance := 0.0
	if q.Near != nil {
		if distance = q.Near.Place.DistanceKm(it.Place); distance > q.Near.RadiusKm {
			return rank{}, false
		}
	}
	return rankOf(it, q.Sort, distance, score), true
}

// costs reports whether price is from least to most; nil is no bound. Any bound asks for a price.
func costs(price, least, most *item.Money) bool {
	if least == nil && most == nil {
		return true
	}
	return price != nil && (least == nil || *least <= *price) && (most == nil || *price <= *most)
}

// score is the sum of what each word of the query is worth in an item of these words; false when one
// is not there.
func (f *filter) score(words []occurrence) (int, bool) {
	sum := 0
	for _, word := range f.words {
		best := 0
		for _, w := range words {
			if same, ok := word[w.term()]; ok {
				best = max(best, worth(same, w.inName()))
			}
			if best == item.ScoreNameExact {
				break
			}
		}
		if best == 0 {
			return 0, false
		}
		sum += best
	}
	return sum, true
}

func worth(same, inName bool) int {
	switch {
	case same && inName:
		return item.ScoreNameExact
	case inName:
		return item.ScoreNameFuzzy
	case same:
		return item.ScoreDetailsExact
	}
	return item.ScoreDetailsFuzzy
}

// source is a way to some items, each once, and about how many those are.
type source struct {
	count int
	items iter.Seq[slot]
}

// candidates returns the fewest items that are quickly found and among which all are that f lets through.
func (x *itemIndex) candidates(f filter) iter.Seq[slot] {
	q := f.query
	sources := []source{{len(x.entries), x.all}}
	add := func(slots []slot) { sources = append(sources, source{len(slots), slices.Values(slots)}) }
	if q.Category != "" {
		add(x.categories[q.Category])
	}
	if q.OwnerID != "" {
		add(x.owners[q.OwnerID])
	}
	for _, tag := range q.Tags {
		add(x.tags[tag])
	}
	if q.MinPrice != nil || q.MaxPrice != nil {
		add(x.cheapest.prices(q.MinPrice, q.MaxPrice, x.entries))
	}
	if len(f.words) > 0 {
		sources = append(sources, x.words.source(f.words, len(x.entries)))
	}
	if q.Near != nil {
		sources = append(sources, x.places.source(*q.Near))
	}
	return slices.MinFunc(sources, func(a, b source) int { return cmp.Compare(a.count, b.count) }).items
}

func (x *itemIndex) all(yield func(slot) bool) {
	for s := range x.entries {
		if x.entries[s].document != nil && !yield(slot(s)) {
			return
		}
	}
}

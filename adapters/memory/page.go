package memory

import (
	"cmp"
	"slices"

	"rental.example/domain/item"
)

// page is a page of results in the making.
type page struct {
	query      item.Query
	after      *rank // what the page before ended with
	hits       []hit // in order; one more than fits tells that there is another page
	total      int
	categories map[string]int // on the first page only, as tags
	tags       map[string]int
}

type hit struct {
	rank     rank
	document *document
}

// browse fills p from all items, which x has in order and counted.
func (p *page) browse(x *itemIndex, o *order) {
	for _, s := range o.behind(p.after, p.query.Limit+1, x.entries) {
		d := x.entries[s].document
		p.hits = append(p.hits, hit{rank: rankOf(&d.item, o.sort, 0, 0), document: d})
	}
	p.total = len(o.slots)
	if p.after == nil {
		p.categories, p.tags = counts(x.categories), counts(x.tags)
	}
}

// search fills p from the items that its query finds.
func (p *page) search(x *itemIndex) {
	if p.after == nil {
		p.categories, p.tags = make(map[string]int), make(map[string]int)
	}
	f := x.filter(p.query)
	for s := range x.candidates(f) {
		e := &x.entries[s]
		r, ok := f.match(e)
		if !ok {
			continue
		}
		p.total++
		p.add(r, e.document)
		if p.after == nil {
			p.count(&e.document.item)
		}
	}
}

// add puts d among the hits if it belongs to the page.
func (p *page) add(r rank, d *document) {
	if p.after != nil && compareRanks(r, *p.after) <= 0 {
		return
	}
	if len(p.hits) > p.query.Limit {
		last := len(p.hits) - 1
		if compareRanks(r, p.hits[last].rank) >= 0 {
			return
		}
		p.hits = p.hits[:last]
	}
	at, _ := slices.BinarySearchFunc(p.hits, r, func(h hit, r rank) int { return compareRanks(h.rank, r) })
	p.hits = slices.Insert(p.hits, at, hit{rank: r, document: d})
}

func (p *page) count(it *item.Item) {
	if it.Category != "" {
		p.categories[it.Category]++
	}
	for i, tag := range it.Tags {
		if !slices.Contains(it.Tags[:i], tag) {
			p.tags[tag]++
		}
	}
}

func (p *page) results() item.Results {
	shown := p.hits[:min(p.query.Limit, len(p.hits))]
	r := item.Results{
		Items: make([]item.Item, 0, len(shown)),
		Total: item.Total{Value: min(p.total, item.ExactTotals), Exact: p.total <= item.ExactTotals},
	}
	for _, h := range shown {
		r.Items = append(r.Items, copied(h.document.item))
	}
	if n := len(shown); n > 0 && n < len(p.hits) {
		r.Next = positionOf(shown[n-1].rank, p.query.Sort)
	}
	if p.after == nil {
		r.Categories, r.Tags = facets(p.categories), facets(p.tags)
	}
	return r
}

// facets are the most frequent values.
func facets(counts map[string]int) []item.Facet {
	all := make([]item.Facet, 0, len(counts))
	for value, n := range counts {
		all = append(all, item.Facet{Value: value, Count: n})
	}
	slices.SortFunc(all, func(a, b item.Facet) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
	})
	return slices.Clone(all[:min(len(all), item.MaxFacets)])
}

func counts(all map[string]postings) map[string]int {
	n := make(map[string]int, len(all))
	for value, items := range all {
		n[value] = len(items)
	}
	return n
}

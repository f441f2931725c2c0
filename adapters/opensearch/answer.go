package opensearch

import "rental.example/domain/item"

// searchAnswer is what the engine found.
type searchAnswer struct {
	coverage
	total            *int64 // nil: it is not told
	relation         string // eq, or gte for a lower bound
	hits             []hit
	categories, tags []item.Facet
}

// hit is an item and its place in the order, which is two keys: that of the search's order, and the id.
type hit struct {
	record itemRecord
	keys   int    // how many there are
	key    string // the first, as it is written
}

// UnmarshalJSON implements json.Unmarshaler.
func (a *searchAnswer) UnmarshalJSON(data []byte) error {
	d := newDecoder(data)
	for name := range d.members {
		switch string(name) {
		case "hits":
			a.readHits(d)
		case "aggregations":
			for name := range d.members {
				switch string(name) {
				case "category":
					readFacets(d, &a.categories)
				case "tags":
					readFacets(d, &a.tags)
				}
			}
		default:
			a.coverage.read(d, name)
		}
	}
	return d.err()
}

func (a *searchAnswer) readHits(d *decoder) {
	for name := range d.members {
		switch string(name) {
		case "total":
			for name := range d.members {
				switch string(name) {
				case "value":
					d.optional(&a.total)
				case "relation":
					d.text(&a.relation)
				}
			}
		case "hits":
			if d.json.Null() {
				continue
			}
			a.hits = make([]hit, 0, item.DefaultLimit+1)
			for range d.elements {
				var h hit
				h.read(d)
				a.hits = append(a.hits, h)
			}
		}
	}
}

func (h *hit) read(d *decoder) {
	for name := range d.members {
		switch string(name) {
		case "_source":
			h.record.read(d)
		case "sort":
			for range d.elements {
				if h.keys++; h.keys == 1 {
					h.key = d.raw()
				} else {
					d.raw()
				}
			}
		}
	}
}

func readFacets(d *decoder, into *[]item.Facet) {
	for name := range d.members {
		if string(name) != "buckets" {
			continue
		}
		*into = make([]item.Facet, 0, item.MaxFacets)
		for range d.elements {
			*into = append(*into, readFacet(d))
		}
	}
}

func readFacet(d *decoder) item.Facet {
	var value string
	var count int64
	for name := range d.members {
		switch string(name) {
		case "key":
			d.text(&value)
		case "doc_count":
			d.integer(&count)
		}
	}
	return item.Facet{Value: value, Count: int(count)}
}

// check implements checked.
func (a *searchAnswer) check() error {
	if err := a.coverage.check(); err != nil {
		return err
	}
	if a.total == nil || a.hits == nil {
		return nonsense("has no hits")
	}
	for _, h := range a.hits {
		if h.keys != 2 {
			return nonsense("has a hit without its place in the order")
		}
		if h.record.ID == "" {
			return nonsense("has a hit without its document")
		}
	}
	return nil
}

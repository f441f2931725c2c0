package opensearch

import "rental.example/domain/item"

type searchResponse struct {
	shardsResponse
	total            *int64
	relation         string // eq, or gte for a lower bound
	hits             []hit
	categories, tags []item.Facet
}

// hit is an item with its two sort values, the key of the search's order and the id.
type hit struct {
	record itemRecord
	values int    // how many sort values there are
	key    string // the first one, as JSON
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *searchResponse) UnmarshalJSON(data []byte) error {
	d := newDecoder(data)
	for name := range d.members {
		switch string(name) {
		case "timed_out":
			d.boolean(&r.TimedOut)
		case "_shards":
			for name := range d.members {
				if string(name) == "failed" {
					d.optional(&r.Shards.Failed)
				}
			}
		case "hits":
			r.readHits(d)
		case "aggregations":
			for name := range d.members {
				switch string(name) {
				case "category":
					readFacets(d, &r.categories)
				case "tags":
					readFacets(d, &r.tags)
				}
			}
		}
	}
	return d.err()
}

func (r *searchResponse) readHits(d *decoder) {
	for name := range d.members {
		switch string(name) {
		case "total":
			for name := range d.members {
				switch string(name) {
				case "value":
					d.optional(&r.total)
				case "relation":
					d.string(&r.relation)
				}
			}
		case "hits":
			if d.json.Null() {
				continue
			}
			r.hits = make([]hit, 0, item.DefaultLimit+1)
			for range d.elements {
				var h hit
				h.read(d)
				r.hits = append(r.hits, h)
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
				value := d.raw()
				if h.values++; h.values == 1 {
					h.key = value
				}
			}
		}
	}
}

func readFacets(d *decoder, facets *[]item.Facet) {
	for name := range d.members {
		if string(name) != "buckets" {
			continue
		}
		*facets = make([]item.Facet, 0, item.MaxFacets)
		for range d.elements {
			*facets = append(*facets, readFacet(d))
		}
	}
}

func readFacet(d *decoder) (f item.Facet) {
	var count int64
	for name := range d.members {
		switch string(name) {
		case "key":
			d.string(&f.Value)
		case "doc_count":
			d.integer(&count)
		}
	}
	f.Count = int(count)
	return f
}

// validate implements validator.
func (r *searchResponse) validate() error {
	if err := r.shardsResponse.validate(); err != nil {
		return err
	}
	if r.total == nil || r.hits == nil {
		return malformed("no hits")
	}
	for _, h := range r.hits {
		if h.values != 2 {
			return malformed("a hit without its sort values")
		}
		if h.record.ID == "" {
			return malformed("a hit without its document")
		}
	}
	return nil
}

package opensearchitems

import (
	"rental.example/adapters/opensearch"
	"rental.example/domain/item"
)

// searchResponse is the response to a search for items, whose sort values are the key of the order and the id.
type searchResponse struct {
	opensearch.SearchResponse[itemRecord]
	categories, tags []item.Facet
}

// UnmarshalJSON implements json.Unmarshaler.
func (r *searchResponse) UnmarshalJSON(data []byte) error {
	d := opensearch.NewDecoder(data)
	r.Read(d, func(name string) {
		if name != "aggregations" {
			return
		}
		for name := range d.Members {
			switch string(name) {
			case "category":
				readFacets(d, &r.categories)
			case "tags":
				readFacets(d, &r.tags)
			}
		}
	})
	return d.Err()
}

func readFacets(d *opensearch.Decoder, facets *[]item.Facet) {
	for name := range d.Members {
		if string(name) != "buckets" {
			continue
		}
		*facets = make([]item.Facet, 0, item.MaxFacets)
		for range d.Elements {
			*facets = append(*facets, readFacet(d))
		}
	}
}

func readFacet(d *opensearch.Decoder) (f item.Facet) {
	var count int64
	for name := range d.Members {
		switch string(name) {
		case "key":
			d.String(&f.Value)
		case "doc_count":
			d.Integer(&count)
		}
	}
	f.Count = int(count)
	return f
}

// Validate implements opensearch.Validator.
func (r *searchResponse) Validate() error {
	if err := r.SearchResponse.Validate(); err != nil {
		return err
	}
	for _, h := range r.Hits {
		if h.SortValues != 2 {
			return opensearch.Malformed("a hit without its sort values")
		}
		if h.Source.ID == "" {
			return opensearch.Malformed("a hit without its document")
		}
	}
	return nil
}

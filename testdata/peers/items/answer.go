package items

import (
	"math"
	"time"
)

type searchAnswer struct {
	TimedOut bool `json:"timed_out"`
	Shards   struct {
		Failed int `json:"failed"`
	} `json:"_shards"`
	Hits struct {
		Total struct {
			Value    int    `json:"value"`
			Relation string `json:"relation"`
		} `json:"total"`
		Hits []hit `json:"hits"`
	} `json:"hits"`
	Aggregations struct {
		Category buckets `json:"category"`
		Tags     buckets `json:"tags"`
	} `json:"aggregations"`
}

type hit struct {
	Source record `json:"_source"`
	Sort   []any  `json:"sort"`
}

type record struct {
	ID           string   `json:"id"`
	OwnerID      string   `json:"ownerId"`
	OwnerVersion int64    `json:"ownerVersion"`
	Name         string   `json:"name"`
	Details      string   `json:"details"`
	Category     string   `json:"category"`
	Tags         []string `json:"tags"`
	PriceCents   *int64   `json:"priceCents"`
	Location     struct {
		Lat float64 `json:"lat"`
		Lon float64 `json:"lon"`
	} `json:"location"`
	CreatedAt int64 `json:"createdAt"`
	UpdatedAt int64 `json:"updatedAt"`
}

type buckets struct {
	Buckets []struct {
		Key   string `json:"key"`
		Count int    `json:"doc_count"`
	} `json:"buckets"`
}

type owner struct {
	ID      string  `json:"id"`
	Version int64   `json:"version"`
	Name    string  `json:"name"`
	Ratings float64 `json:"ratings"`
	Deleted int64   `json:"deleted"`
}

type ownersAnswer struct {
	Docs []struct {
		ID     string `json:"_id"`
		Found  bool   `json:"found"`
		Source owner  `json:"_source"`
	} `json:"docs"`
}

// Page is the answer to a search.
type Page struct {
	Items  []Item `json:"items"`
	Total  Total  `json:"total"`
	Facets Facets `json:"facets"`
}

// Total is how many items there are on all pages.
type Total struct {
	Value int  `json:"value"`
	Exact bool `json:"exact"`
}

// Facets counts the categories and tags of all pages.
type Facets struct {
	Category []Facet `json:"category"`
	Tags     []Facet `json:"tags"`
}

// Facet is a value and how many items have it.
type Facet struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Item is an item as people see it.
type Item struct {
	ID          string    `json:"id"`
	Owner       Owner     `json:"owner"`
	Name        string    `json:"name"`
	Details     string    `json:"details,omitempty"`
	Category    string    `json:"category,omitempty"`
	Tags        []string  `json:"tags,omitempty"`
	PricePerDay *float64  `json:"pricePerDay,omitempty"`
	Lat         float64   `json:"lat"`
	Lng         float64   `json:"lng"`
	CreatedAt   time.Time `json:"createdAt"`
	UpdatedAt   time.Time `json:"updatedAt"`
	DistanceKm  *float64  `json:"distanceKm,omitempty"`
}

// Owner has a name and ratings once they are known.
type Owner struct {
	ID      string   `json:"id"`
	Name    string   `json:"name,omitempty"`
	Ratings *float64 `json:"ratings,omitempty"`
}

// page shows what was found, without the items whose owner was deleted after they were listed.
func (a searchAnswer) page(q Query, owners map[string]owner) Page {
	p := Page{
		Items: []Item{}, Total: Total{Value: a.Hits.Total.Value, Exact: a.Hits.Total.Relation == "eq"},
		Facets: Facets{Category: a.Aggregations.Category.facets(), Tags: a.Aggregations.Tags.facets()},
	}
	for _, h := range a.Hits.Hits[:min(q.Limit, len(a.Hits.Hits))] {
		o := owners[h.Source.OwnerID]
		if h.Source.OwnerVersion < o.Deleted && (o.Version < o.Deleted || h.Source.CreatedAt <= o.Deleted) {
			continue
		}
		p.Items = append(p.Items, h.item(q, o))
	}
	return p
}

func (h hit) item(q Query, o owner) Item {
	r := h.Source
	it := Item{
		ID: r.ID, Owner: Owner{ID: r.OwnerID}, Name: r.Name, Details: r.Details, Category: r.Category, Tags: r.Tags,
		Lat: r.Location.Lat, Lng: r.Location.Lon,
		CreatedAt: time.UnixMicro(r.CreatedAt).UTC(), UpdatedAt: time.UnixMicro(r.UpdatedAt).UTC(),
	}
	if o.Version > 0 {
		it.Owner.Name, it.Owner.Ratings = o.Name, &o.Ratings
	}
	if r.PriceCents != nil {
		price := float64(*r.PriceCents) / 100
		it.PricePerDay = &price
	}
	if q.Lat != nil {
		km := math.Round(kilometres(*q.Lat, *q.Lng, it.Lat, it.Lng)*1000) / 1000
		it.DistanceKm = &km
	}
	return it
}

// kilometres is the length of a great circle, by the haversine formula.
func kilometres(lat1, lng1, lat2, lng2 float64) float64 {
	const radians, earth = math.Pi / 180, 6371.0087714
	lat, lng := math.Sin((lat2-lat1)*radians/2), math.Sin((lng2-lng1)*radians/2)
	return 2 * earth * math.Asin(math.Sqrt(lat*lat+math.Cos(lat1*radians)*math.Cos(lat2*radians)*lng*lng))
}

func (b buckets) facets() []Facet {
	all := make([]Facet, 0, len(b.Buckets))
	for _, each := range b.Buckets {
		all = append(all, Facet{Value: each.Key, Count: each.Count})
	}
	return all
}

package items

import (
	"context"
	"fmt"
	"net/http"

	"rental.example/adapters/apigateway"
	"rental.example/adapters/cursor"
	"rental.example/domain"
	"rental.example/domain/item"
)

// search returns a page of the items that match a query.
func (s *Service) search(ctx context.Context, req request) (response, error) {
	query, err := parseSearch(req)
	if err != nil {
		return response{}, err
	}
	page, err := s.catalog.Search(ctx, query)
	if err != nil {
		return response{}, err
	}
	view, err := newSearchView(query, page)
	if err != nil {
		return response{}, err
	}
	return apigateway.JSON(http.StatusOK, view)
}

// parseSearch parses the query string of GET /items.
func parseSearch(req request) (item.Query, error) {
	params := apigateway.ParseQuery(req, "q", "lat", "lng", "radiusKm", "category", "tag", "minPrice", "maxPrice",
		"ownerId", "sort", "limit", "cursor")
	query, err := item.NewQuery(item.Params{
		Text: params.OptionalString("q"), Lat: params.OptionalDecimal("lat"), Lng: params.OptionalDecimal("lng"), RadiusKm: params.OptionalDecimal("radiusKm"),
		Category: params.OptionalString("category"), Tags: params.Strings("tag"),
		MinPrice: params.OptionalDecimal("minPrice"), MaxPrice: params.OptionalDecimal("maxPrice"),
		OwnerID: params.OptionalString("ownerId"), Sort: params.OptionalString("sort"),
		Limit: params.OptionalInt("limit", 1, item.MaxLimit),
	})
	dependents := map[string][]string{"lat": {"lng", "radiusKm", "sort"}, "lng": {"lat", "radiusKm", "sort"}, "q": {"sort"}}
	if err != nil && !params.AddProblems(err, dependents) {
		return item.Query{}, err
	}
	text := params.OptionalString("cursor")
	if err := params.Err(); err != nil || text == nil {
		return query, err
	}
	var after positionBody
	if err := cursor.Decode(*text, cursorQuery(query), &after); err != nil {
		return item.Query{}, err
	}
	query.After, err = after.position()
	return query, err
}

// cursorQuery identifies the search that a cursor belongs to: all parameters that affect the items and their order.
func cursorQuery(q item.Query) string {
	q.After, q.Limit = nil, 0
	near, low, high := item.Near{}, item.Money(-1), item.Money(-1)
	if q.Near != nil {
		near = *q.Near
	}
	if q.MinPrice != nil {
		low = *q.MinPrice
	}
	if q.MaxPrice != nil {
		high = *q.MaxPrice
	}
	return fmt.Sprintf("items %q %v %q %q %d %d %q %q", q.Text, near, q.Category, q.Tags, low, high, q.OwnerID, q.Sort)
}

// positionBody is an item.Position in a cursor.
type positionBody struct {
	Key string  `json:"k"`
	ID  item.ID `json:"i"`
}

func (b positionBody) position() (*item.Position, error) {
	id, err := item.ParseID(string(b.ID))
	if err != nil {
		return nil, domain.ErrInvalidCursor
	}
	return &item.Position{Key: b.Key, ID: id}, nil
}

// searchView is the body of GET /items.
type searchView struct {
	Items  []itemView  `json:"items"`
	Total  totalView   `json:"total"`
	Facets *facetsView `json:"facets,omitempty"`
	Next   string      `json:"next,omitempty"`
}

type totalView struct {
	Value int  `json:"value"`
	Exact bool `json:"exact"`
}

type facetsView struct {
	Category []facetView `json:"category"`
	Tags     []facetView `json:"tags"`
}

type facetView struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

func newSearchView(q item.Query, page item.SearchPage) (searchView, error) {
	view := searchView{Items: make([]itemView, 0, len(page.Items)), Total: totalView(page.Total)}
	for i := range page.Items {
		w := &page.Items[i]
		v := newItemView(w)
		if q.Near != nil {
			km := q.Near.DistanceKm(w.Item.Place)
			v.DistanceKm = &km
		}
		view.Items = append(view.Items, v)
	}
	if q.After == nil {
		view.Facets = &facetsView{Category: facetViews(page.Categories), Tags: facetViews(page.Tags)}
	}
	if page.Next == nil {
		return view, nil
	}
	var err error
	view.Next, err = cursor.Encode(cursorQuery(q), positionBody{Key: page.Next.Key, ID: page.Next.ID})
	return view, err
}

func facetViews(facets []item.Facet) []facetView {
	views := make([]facetView, 0, len(facets))
	for _, f := range facets {
		views = append(views, facetView(f))
	}
	return views
}

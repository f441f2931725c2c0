package e2e_test

import (
	"net/url"
	"strings"
	"testing"
)

// filters: each takes away what it says, and all of them together.
func (s *suite) filters(t *testing.T, tag string) {
	t.Helper()
	for query, wanted := range map[string]func(thing) bool{
		"ownerId=" + s.rentee.id:   func(thing) bool { return true },
		"ownerId=" + s.renter.id:   func(thing) bool { return false },
		"category=boxes":           func(itm thing) bool { return itm.category == "boxes" },
		"tag=heavy":                func(itm thing) bool { return itm.heavy },
		"minPrice=7.5&maxPrice=10": func(itm thing) bool { return itm.price != nil && *itm.price >= 7.5 && *itm.price <= 10 },
		"maxPrice=0":               func(thing) bool { return false },
		"q=DRILL+h%C3%B3lds":       func(itm thing) bool { return itm.category == "boxes" },
		"q=chainsaw":               func(thing) bool { return false },
		centre + "&radiusKm=0.5":   func(itm thing) bool { return itm.north == 0 },
		"category=boxes&q=drill&" + centre + "&radiusKm=10&tag=heavy&minPrice=1": func(itm thing) bool {
			return itm.category == "boxes" && itm.heavy && itm.price != nil && float64(itm.north)*kmNorth <= 10
		},
	} {
		last, items := s.walk(t, query+"&limit=50&tag="+tag)
		s.checkFound(t, last, items, wanted)
	}
}

// cursors belong to their search.
func (s *suite) cursors(t *testing.T, tag string) {
	t.Helper()
	first := read[found](t, s.anonymous.call(t, "GET /items?sort=price&limit=5&tag="+tag, nil).want(t, 200))
	if len(first.Items) != 5 || first.Next == "" {
		t.Fatalf("the first page: %+v", first)
	}
	for _, query := range []string{"sort=-price&tag=" + tag, "sort=price&tag=heavy&tag=" + tag, "sort=price"} {
		s.anonymous.call(t, "GET /items?"+query+"&cursor="+first.Next, nil).refused(t, 400, "invalid_cursor")
	}
	for _, cursor := range []string{"x", first.Next + "A", first.Next[:len(first.Next)/2], strings.Repeat("A", 2000)} {
		s.anonymous.call(t, "GET /items?sort=price&tag="+tag+"&cursor="+cursor, nil).refused(t, 400, "invalid_cursor")
	}
}

// wrongSearches: each bad parameter is named, all at once.
func (s *suite) wrongSearches(t *testing.T) {
	t.Helper()
	for query, fields := range map[string]string{
		"limit=0": "limit", "limit=51": "limit", "limit=1e1": "limit", "limit=1&limit=2": "limit", "size=3": "size",
		"lat=91&lng=0": "lat", "lat=52.5": "lng", "lng=13.4": "lat", "lat=52.5abc&lng=13.4": "lat", "lat=NaN&lng=0": "lat",
		"radiusKm=5": "radiusKm", centre + "&radiusKm=0": "radiusKm", centre + "&radiusKm=501": "radiusKm",
		"q=": "q", "q=%21%3F": "q", "q=" + strings.Repeat("a", 201): "q", "q=" + url.QueryEscape(strings.Repeat("a ", 17)): "q",
		"sort=best": "sort", "sort=distance": "sort", "sort=relevance": "sort",
		"minPrice=5&maxPrice=4": "minPrice", "maxPrice=1.001": "maxPrice", "category=Power+Tools": "category", "tag=": "tag", "ownerId=me": "ownerId",
		"limit=x&sort=best&lat=1&tag=A&page=2": "limit sort lng tag page",
	} {
		s.anonymous.call(t, "GET /items?"+query, nil).refused(t, 400, "invalid_parameter", strings.Fields(fields)...)
	}
}

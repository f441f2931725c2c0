package e2e_test

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
)

// found is the response of a search.
type found struct {
	Items []item
	Total struct {
		Value int
		Exact bool
	}
	Facets *struct{ Category, Tags []facet }
	Next   string
}

type facet struct {
	Value string
	Count int
}

// thing is an item that the searches look for.
type thing struct {
	name, details, category string
	heavy                   bool
	price                   *float64
	north                   int // hundredths of a degree from the centre, each 1.112 km
}

const (
	centre  = "lat=52.5&lng=13.4"
	kmNorth = 6371.0087714 * math.Pi / 180 / 100
)

// stock is enough for pages: of each kind a third, every fifth without a price, and several at each.
func stock() (all []thing) {
	for i := range 24 {
		itm := thing{category: "power-tools", heavy: i%2 == 0, north: i}
		switch i % 3 {
		case 0:
			itm.name, itm.details = fmt.Sprintf("Drill %02d", i), "cordless"
		case 1:
			itm.name, itm.details = fmt.Sprintf("Drills %02d", i), "a set of bits"
		case 2:
			itm.name, itm.details, itm.category = fmt.Sprintf("Toolbox %02d", i), "holds a drill", "boxes"
		}
		if i%5 > 0 {
			price := 5 + 2.5*float64(i%4)
			itm.price = &price
		}
		all = append(all, itm)
	}
	return all
}

// search looks for the stock in every way, among whatever else there is.
func (s *suite) search(t *testing.T) {
	tag := newTag()
	s.fill(t, tag)
	s.eventually(t, "all of the stock is found", func() (bool, any) {
		got := read[found](t, s.anonymous.call(t, "GET /items?tag="+tag, nil).want(t, 200))
		return got.Total.Value == len(stock()), got.Total
	})
	s.searchesNear(t, tag)
	s.sorts(t, tag)
	s.filters(t, tag)
	s.cursors(t, tag)
	s.wrongSearches(t)
}

// fill lists the stock, a few at once, since each response may wait for the index. Idempotency keys make retries safe.
func (s *suite) fill(t *testing.T, tag string) {
	t.Helper()
	things := stock()
	responses, errs := make([]*response, len(things)), make([]error, len(things))
	var workers sync.WaitGroup
	const width = 6
	for worker := range width {
		workers.Go(func() {
			for i := worker; i < len(things); i += width {
				responses[i], errs[i] = s.rentee.send("POST /items", s.draftOf(things[i], tag), "Idempotency-Key", tag+things[i].name)
			}
		})
	}
	workers.Wait()
	for i := range responses {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		if responses[i].status != 200 { // that of a repetition
			responses[i].want(t, 201)
		}
		responses[i].checkHeaders(t, s.target)
	}
}

func (s *suite) draftOf(itm thing, tag string) object {
	draft := s.draft(itm.name, tag)
	if itm.heavy {
		draft = s.draft(itm.name, tag, "heavy")
	}
	draft["details"], draft["category"], draft["lat"] = itm.details, itm.category, 52.5+float64(itm.north)/100
	if itm.price != nil {
		draft["pricePerDay"] = *itm.price
	}
	return draft
}

// searchesNear: with a typing error, near a place.
func (s *suite) searchesNear(t *testing.T, tag string) {
	t.Helper()
	a := s.anonymous.call(t, "GET /items?q=dril&"+centre+"&radiusKm=10&limit=50&tag="+tag, nil).want(t, 200)
	got := read[found](t, a)
	near := func(itm thing) bool {
		return !strings.HasPrefix(itm.name, "Drills") && float64(itm.north)*kmNorth <= 10
	}
	s.checkFound(t, a, got.Items, near)
	boxes, heavy, all := 0, 0, 0
	for _, itm := range stock() {
		if near(itm) {
			all, boxes, heavy = all+1, boxes+one(itm.category == "boxes"), heavy+one(itm.heavy)
		}
	}
	if got.Total.Value != all || !got.Total.Exact || got.Facets == nil || got.Next != "" {
		t.Fatalf("want %d in all, with facets\n%s", all, a)
	}
	want := map[string]int{"power-tools": all - boxes, "boxes": boxes, s.tag: all, tag: all, "heavy": heavy}
	facets := append(slices.Clone(got.Facets.Category), got.Facets.Tags...)
	for _, f := range facets {
		if want[f.Value] != f.Count {
			t.Errorf("facet %s: %d, want %d\n%s", f.Value, f.Count, want[f.Value], a)
		}
	}
	if len(facets) != len(want) {
		t.Errorf("facets %v, want %v\n%s", facets, want, a)
	}
	for _, itm := range got.Items {
		if want := (itm.Lat - 52.5) * 100 * kmNorth; itm.DistanceKm == nil || math.Abs(*itm.DistanceKm-want) > 0.002 {
			t.Errorf("%s: want a distance of %.3f km\n%s", itm.Name, want, a)
		}
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// sorts follows every order through pages.
func (s *suite) sorts(t *testing.T, tag string) {
	t.Helper()
	rank := func(itm item) int {
		return slices.Index([]string{"Drill", "Drills", "Toolbox"}, strings.Fields(itm.Name)[0])
	}
	price := func(itm item, without float64) float64 {
		if itm.PricePerDay == nil {
			return without
		}
		return *itm.PricePerDay
	}
	for query, order := range map[string]func(a, b item) int{
		"sort=newest":             func(a, b item) int { return b.CreatedAt.Compare(a.CreatedAt) },
		"sort=price":              func(a, b item) int { return cmp.Compare(price(a, math.MaxFloat64), price(b, math.MaxFloat64)) },
		"sort=-price":             func(a, b item) int { return cmp.Compare(price(b, -1), price(a, -1)) },
		"sort=distance&" + centre: func(a, b item) int { return cmp.Compare(*a.DistanceKm, *b.DistanceKm) },
		"sort=relevance&q=drill":  func(a, b item) int { return cmp.Compare(rank(a), rank(b)) },
	} {
		last, items := s.walk(t, query+"&limit=9&tag="+tag)
		s.checkFound(t, last, items, func(thing) bool { return true })
		if !slices.IsSortedFunc(items, order) {
			t.Errorf("%s: not in order: %+v", query, items)
		}
	}
}

// walk follows the cursors of a search. Facets are on the first page, and nowhere else.
func (s *suite) walk(t *testing.T, query string) (last *response, items []item) {
	t.Helper()
	for next, page := "", 1; ; page++ {
		a := s.anonymous.call(t, "GET /items?"+query+next, nil).want(t, 200)
		got := read[found](t, a)
		items = append(items, got.Items...)
		switch {
		case (got.Facets != nil) != (page == 1):
			t.Fatalf("facets on page %d: %t\n%s", page, got.Facets != nil, a)
		case got.Next == "":
			return a, items
		case page == 10:
			t.Fatalf("there is still a next page\n%s", a)
		}
		next = "&cursor=" + got.Next
	}
}

// checkFound: of the stock, what is wanted was met once, and nothing else.
func (s *suite) checkFound(t *testing.T, a *response, items []item, wanted func(thing) bool) {
	t.Helper()
	var got, want []string
	for _, itm := range items {
		got = append(got, itm.Name)
	}
	for _, itm := range stock() {
		if wanted(itm) {
			want = append(want, itm.name)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q; at last\n%s", got, want, a)
	}
}

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

// found is the answer of a search.
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
		it := thing{category: "power-tools", heavy: i%2 == 0, north: i}
		switch i % 3 {
		case 0:
			it.name, it.details = fmt.Sprintf("Drill %02d", i), "cordless"
		case 1:
			it.name, it.details = fmt.Sprintf("Drills %02d", i), "a set of bits"
		case 2:
			it.name, it.details, it.category = fmt.Sprintf("Toolbox %02d", i), "holds a drill", "boxes"
		}
		if i%5 > 0 {
			price := 5 + 2.5*float64(i%4)
			it.price = &price
		}
		all = append(all, it)
	}
	return all
}

// search looks for the stock in every way, among whatever else there is.
func (s *suite) search(t *testing.T) {
	tag := newTag()
	s.fill(t, tag)
	s.eventually(t, "all of the stock is found", func() (bool, any) {
		got := read[found](t, s.nobody.call(t, "GET /items?tag="+tag, nil).want(t, 200))
		return got.Total.Value == len(stock()), got.Total
	})
	s.searchesNear(t, tag)
	s.sorts(t, tag)
	s.filters(t, tag)
	s.cursors(t, tag)
	s.wrongSearches(t)
}

// fill lists the stock, a few at once: each answer may wait for the index. With their keys, they may be repeated.
func (s *suite) fill(t *testing.T, tag string) {
	t.Helper()
	things := stock()
	answers, errs := make([]*answer, len(things)), make([]error, len(things))
	var workers sync.WaitGroup
	const width = 6
	for worker := range width {
		workers.Go(func() {
			for i := worker; i < len(things); i += width {
				answers[i], errs[i] = s.rentee.send("POST /items", s.draftOf(things[i], tag), "Idempotency-Key", tag+things[i].name)
			}
		})
	}
	workers.Wait()
	for i := range answers {
		if errs[i] != nil {
			t.Fatal(errs[i])
		}
		if answers[i].status != 200 { // that of a repetition
			answers[i].want(t, 201)
		}
		answers[i].checkHeaders(t, s.target)
	}
}

func (s *suite) draftOf(it thing, tag string) object {
	draft := s.draft(it.name, tag)
	if it.heavy {
		draft = s.draft(it.name, tag, "heavy")
	}
	draft["details"], draft["category"], draft["lat"] = it.details, it.category, 52.5+float64(it.north)/100
	if it.price != nil {
		draft["pricePerDay"] = *it.price
	}
	return draft
}

// searchesNear: with a typing error, near a place.
func (s *suite) searchesNear(t *testing.T, tag string) {
	t.Helper()
	a := s.nobody.call(t, "GET /items?q=dril&"+centre+"&radiusKm=10&limit=50&tag="+tag, nil).want(t, 200)
	got := read[found](t, a)
	near := func(it thing) bool { return !strings.HasPrefix(it.name, "Drills") && float64(it.north)*kmNorth <= 10 }
	s.checkFound(t, a, got.Items, near)
	boxes, heavy, all := 0, 0, 0
	for _, it := range stock() {
		if near(it) {
			all, boxes, heavy = all+1, boxes+one(it.category == "boxes"), heavy+one(it.heavy)
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
	for _, it := range got.Items {
		if want := (it.Lat - 52.5) * 100 * kmNorth; it.DistanceKm == nil || math.Abs(*it.DistanceKm-want) > 0.002 {
			t.Errorf("%s: want a distance of %.3f km\n%s", it.Name, want, a)
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
	rank := func(it item) int {
		return slices.Index([]string{"Drill", "Drills", "Toolbox"}, strings.Fields(it.Name)[0])
	}
	price := func(it item, without float64) float64 {
		if it.PricePerDay == nil {
			return without
		}
		return *it.PricePerDay
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
func (s *suite) walk(t *testing.T, query string) (last *answer, items []item) {
	t.Helper()
	for next, page := "", 1; ; page++ {
		a := s.nobody.call(t, "GET /items?"+query+next, nil).want(t, 200)
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
func (s *suite) checkFound(t *testing.T, a *answer, items []item, wanted func(thing) bool) {
	t.Helper()
	var got, want []string
	for _, it := range items {
		got = append(got, it.Name)
	}
	for _, it := range stock() {
		if wanted(it) {
			want = append(want, it.name)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q; at last\n%s", got, want, a)
	}
}

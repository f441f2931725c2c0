package memory

import (
	"cmp"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"rental.example/domain"
	"rental.example/domain/item"
	"rental.example/domain/item/itemtest"
)

// shelf searches by looking at every item: what Items must find, said as plainly as can be.
type shelf map[item.ID]shelved

// shelved is an item with its words.
type shelved struct {
	item          item.Item
	name, details []string
}

func (s shelf) put(it item.Item) {
	s[it.ID] = shelved{item: it, name: tokens(it.Name), details: tokens(it.Details)}
}

// placed is an item that a query finds, and what it is sorted by.
type placed struct {
	item item.Item
	key  float64
}

// search returns all that q finds, in order.
func (s shelf) search(q item.Query) []placed {
	var found []placed
	wanted := tokens(q.Text)
	for _, on := range s {
		if p, ok := on.look(q, wanted); ok {
			found = append(found, p)
		}
	}
	slices.SortFunc(found, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.key, b.key), strings.Compare(string(a.item.ID), string(b.item.ID)))
	})
	return found
}

// cut is the page of that number of what q finds.
func cut(found []placed, q item.Query, page int) item.Results {
	var r item.Results
	for _, p := range found[min(len(found), page*q.Limit):min(len(found), (page+1)*q.Limit)] {
		r.Items = append(r.Items, p.item)
	}
	r.Total = item.Total{Value: min(len(found), item.ExactTotals), Exact: len(found) <= item.ExactTotals}
	if page == 0 {
		r.Categories = tally(found, func(it item.Item) []string { return []string{it.Category} })
		r.Tags = tally(found, func(it item.Item) []string { return it.Tags })
	}
	return r
}

func tally(found []placed, values func(item.Item) []string) []item.Facet {
	var facets []item.Facet
	for _, p := range found {
		for _, value := range values(p.item) {
			i := slices.IndexFunc(facets, func(f item.Facet) bool { return f.Value == value })
			switch {
			case value == "":
			case i < 0:
				facets = append(facets, item.Facet{Value: value, Count: 1})
			default:
				facets[i].Count++
			}
		}
	}
	slices.SortFunc(facets, func(a, b item.Facet) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Value, b.Value))
	})
	return facets[:min(len(facets), item.MaxFacets)]
}

// look is where q places s; false when q does not find it.
func (s shelved) look(q item.Query, wanted []string) (placed, bool) {
	it := s.item
	price, distance := math.Inf(1), 0.0
	if it.PricePerDay != nil {
		price = float64(*it.PricePerDay)
	}
	if q.Near != nil {
		distance = q.Near.Place.DistanceKm(it.Place)
	}
	ok := (q.Near == nil || distance <= q.Near.RadiusKm) &&
		(q.Category == "" || q.Category == it.Category) && (q.OwnerID == "" || q.OwnerID == it.OwnerID) &&
		(q.MinPrice == nil || price >= float64(*q.MinPrice) && price < math.Inf(1)) &&
		(q.MaxPrice == nil || price <= float64(*q.MaxPrice))
	for _, tag := range q.Tags {
		ok = ok && slices.Contains(it.Tags, tag)
	}
	if !ok {
		return placed{}, false
	}
	score, ok := s.relevance(wanted)
	return placed{item: it, key: keyOf(it, q.Sort, price, distance, score)}, ok
}

func keyOf(it item.Item, sort item.Sort, price, distance float64, score int) float64 {
	switch sort {
	case item.ByRelevance:
		return -float64(score)
	case item.ByDistance:
		return distance
	case item.ByNewest:
		return -float64(it.CreatedAt.UnixMicro())
	case item.ByPriceDesc:
		if it.PricePerDay != nil {
			return -price
		}
	}
	return price
}

var (
	mark = regexp.MustCompile("[\u0300-\u036f]")
	word = regexp.MustCompile(`\p{M}*[\p{L}\p{N}][\p{L}\p{N}\p{M}]*`) // marks alone are none
)

func tokens(text string) (found []string) {
	for _, w := range word.FindAllString(mark.ReplaceAllString(text, ""), -1) {
		found = append(found, item.FoldedWords(w)...) // none for marks alone
	}
	return found
}

func (s shelved) relevance(text []string) (int, bool) {
	sum := 0
	for _, wanted := range text {
		best := 0
		for _, w := range s.name {
			best = max(best, likeness(wanted, w)*item.ScoreNameFuzzy)
		}
		for _, w := range s.details {
			best = max(best, likeness(wanted, w)*item.ScoreDetailsFuzzy)
		}
		if best == 0 {
			return 0, false
		}
		sum += best
	}
	return sum, true
}

// likeness is 2 for the same word, 1 for one with typing errors, else 0: each score is twice the next.
func likeness(wanted, w string) int {
	a, b := []rune(wanted), []rune(w)
	switch {
	case wanted == w:
		return 2
	case a[0] == b[0] && itemtest.Alignment(a, b) <= item.MaxEdits(utf8.RuneCountInString(wanted)):
		return 1
	}
	return 0
}

// market makes items and queries that have much to do with one another, the same ones for a seed.
type market struct{ *rand.Rand }

func (m market) pick(from ...string) string { return from[m.IntN(len(from))] }

func (m market) word() string {
	return m.pick("drill", "drills", "dril", "Bohrmaschine", "bohrmaschinen", "säge", "sage", "Straße", "strasse",
		"crème", "creme", "kayak", "kajak", "kayaks", "ab", "a", "abc", "abd", "acb", "ca", "наконец", "наконеч",
		"東京", "東京都", "18v", "٣", "\U00010400bc", "\U00010428b", "œuvre", "oeuvres", "İstanbul")
}

func (m market) words(n int) string {
	var words []string
	for range n {
		words = append(words, m.word())
	}
	return strings.Join(words, m.pick(" ", ", ", " - ", "/"))
}

func (m market) place() item.Place {
	near := [][2]float64{{52.5, 13.4}, {52.5, 13.4}, {90, 0}, {-90, 50}, {0, 180}, {65, -180}, {-17, 179.9}, {89.3, 120}, {0, 0}}
	at := near[m.IntN(len(near))]
	p := item.Place{Lat: at[0], Lng: at[1]}
	if m.IntN(4) > 0 {
		spread := math.Pow(10, 2-5*m.Float64())
		p.Lat += spread * (m.Float64() - 0.5)
		p.Lng += spread * (m.Float64() - 0.5)
	}
	p.Lat = min(max(p.Lat, -90), 90)
	if p.Lng > 180 {
		p.Lng -= 360
	} else if p.Lng < -180 {
		p.Lng += 360
	}
	return p
}

func (m market) price() *item.Money {
	if m.IntN(4) == 0 {
		return nil
	}
	price := item.Money(m.IntN(12) * 100)
	return &price
}

func (m market) owner() domain.UserID { return domain.UserID(m.pick("o1", "o2", "o3", "o4")) }

func (m market) tags() []string {
	var tags []string
	for i := range m.IntN(4) {
		tags = append(tags, m.pick("red", "new", "heavy")+m.pick("", "", "-2", "-3", "-4", "-5", "-6", "-7", "-8")+"x"[:i%2])
	}
	slices.Sort(tags)
	return slices.Compact(tags)
}

// item makes one of a few ids, so that it often replaces another.
func (m market) item() item.Item {
	created := time.Date(2030, 1, 1, 0, 0, m.IntN(30), 0, time.UTC)
	return item.Item{
		ID:      item.NewID(time.UnixMilli(int64(m.IntN(500))), [10]byte{}),
		OwnerID: m.owner(), Name: m.words(1 + m.IntN(3)), Details: m.words(m.IntN(8)),
		Category: m.pick("", "tools", "boats", "music"), Tags: m.tags(), PricePerDay: m.price(), Place: m.place(),
		CreatedAt: created, Version: domain.Version(m.IntN(1000)),
	}
}

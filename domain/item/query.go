package item

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"rental.example/domain"
)

// Limits of a search.
const (
	MaxTextLength   = 200 // characters
	MaxWords        = 16
	MaxWordLength   = 64 // characters
	MaxRadiusKm     = 500.0
	DefaultRadiusKm = 200.0
	MaxLimit        = 50
	DefaultLimit    = 10
	MaxFacets       = 20 // values of each facet
	ExactTotals     = 10_000
)

// Sort is an order of results. Any of them ends with the id, so that it is total.
type Sort string

// The orders. Items without a price come last in both orders of price.
const (
	ByRelevance Sort = "relevance" // the best first; needs words
	ByDistance  Sort = "distance"  // the nearest first; needs a place
	ByPrice     Sort = "price"     // the cheapest first
	ByPriceDesc Sort = "-price"    // the dearest first
	ByNewest    Sort = "newest"    // the youngest first
)

// Sorts are all orders.
func Sorts() []Sort { return []Sort{ByRelevance, ByDistance, ByPrice, ByPriceDesc, ByNewest} }

// Relevance: what one word of a query is worth where it is found best; an item's score is their sum.
const (
	ScoreNameExact    = 8
	ScoreNameFuzzy    = 4
	ScoreDetailsExact = 2
	ScoreDetailsFuzzy = 1
)

// Query asks for one page of living items. One made by NewQuery is valid.
type Query struct {
	Text     string // every word of it must occur in name or details; empty: any item
	Near     *Near
	Category string
	Tags     []string // all of them
	MinPrice *Money
	MaxPrice *Money
	OwnerID  domain.UserID
	Sort     Sort
	Limit    int
	After    *Position // where the previous page ended; nil means from the start
}

// Near is a circle on the earth.
type Near struct {
	Place    Place
	RadiusKm float64
}

// Position is a place in the results of a query: behind the item of this id with this key to the query's
// order. What a key is, its Search alone knows.
type Position struct {
	Key string
	ID  ID
}

// Params is a search as a client wants it, unchecked. Nil and empty are absent.
type Params struct {
	Text     *string
	Lat, Lng *float64
	RadiusKm *float64
	Category *string
	Tags     []string
	MinPrice *float64
	MaxPrice *float64
	OwnerID  *string
	Sort     *string
	Limit    int // 0: DefaultLimit
}

// NewQuery makes a query of p. All problems come together as a *domain.ValidationError.
func NewQuery(p Params) (Query, error) {
	var problems domain.Problems
	q := Query{Limit: p.Limit}
	if q.Limit == 0 {
		q.Limit = DefaultLimit
	}
	if p.Text != nil {
		q.Text = *p.Text
		checkText(&problems, q.Text)
	}
	q.Near = near(&problems, p)
	if p.Category != nil {
		q.Category = *p.Category
		checkSlug(&problems, "category", q.Category, false)
	}
	q.Tags = wantedTags(&problems, p.Tags)
	q.MinPrice, q.MaxPrice = checkPrice(&problems, "minPrice", p.MinPrice), checkPrice(&problems, "maxPrice", p.MaxPrice)
	if q.MinPrice != nil && q.MaxPrice != nil && *q.MinPrice > *q.MaxPrice {
		problems.Add("minPrice", domain.CodeOutOfRange, "must not be above maxPrice")
	}
	if p.OwnerID != nil {
		id, err := domain.ParseUserID(*p.OwnerID)
		if q.OwnerID = id; err != nil {
			problems.Add("ownerId", domain.CodeInvalid, "must be a user's id")
		}
	}
	q.Sort = order(&problems, p.Sort, q)
	return q, problems.Err()
}

// Words are the words of text, as they are written: runs of letters, numbers and marks. Marks alone are none, such as
// what phones put behind an emoji to have it in colour.
func Words(text string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool { return !isBase(r) && !unicode.IsMark(r) })
	return slices.DeleteFunc(words, func(word string) bool { return !strings.ContainsFunc(word, isBase) })
}

func isBase(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

func checkText(problems *domain.Problems, text string) {
	words := Words(text)
	switch {
	case !utf8.ValidString(text):
		problems.Add("q", domain.CodeInvalid, "must be valid UTF-8")
	case utf8.RuneCountInString(text) > MaxTextLength:
		problems.Add("q", domain.CodeTooLong, "must have at most 200 characters")
	case len(words) == 0:
		problems.Add("q", domain.CodeInvalid, "must hold a word")
	case len(words) > MaxWords:
		problems.Add("q", domain.CodeTooLong, "must have at most 16 words")
	case slices.ContainsFunc(words, func(w string) bool { return utf8.RuneCountInString(w) > MaxWordLength }):
		problems.Add("q", domain.CodeTooLong, "must have words of at most 64 characters")
	}
}

// wantedTags returns tags sorted and without repetitions. An item has at most MaxTags: more would find nothing, and
// each costs a look-up.
func wantedTags(problems *domain.Problems, tags []string) []string {
	if len(tags) > MaxTags {
		problems.Add("tag", domain.CodeTooLong, "must be given at most 10 times")
		return nil
	}
	once := slices.Compact(slices.Sorted(slices.Values(tags)))
	for _, tag := range once {
		checkSlug(problems, "tag", tag, false)
	}
	return once
}

func near(problems *domain.Problems, p Params) *Near {
	switch {
	case p.Lat == nil && p.Lng == nil:
		if p.RadiusKm != nil {
			problems.Add("radiusKm", domain.CodeInvalid, "needs lat and lng")
		}
		return nil
	case p.Lat == nil:
		problems.Add("lat", domain.CodeRequired, "must come with lng")
		return nil
	case p.Lng == nil:
		problems.Add("lng", domain.CodeRequired, "must come with lat")
		return nil
	}
	n := &Near{RadiusKm: DefaultRadiusKm, Place: Place{
		Lat: checkDegrees(problems, "lat", *p.Lat, 90), Lng: checkDegrees(problems, "lng", *p.Lng, 180),
	}}
	if p.RadiusKm != nil {
		n.RadiusKm = *p.RadiusKm
		if !(n.RadiusKm > 0 && n.RadiusKm <= MaxRadiusKm) { // NaN is not in any range
			problems.Add("radiusKm", domain.CodeOutOfRange, "must be above 0 and at most 500")
		}
	}
	return n
}

// order is the sort that was asked for, or the best that the query has the means for.
func order(problems *domain.Problems, sort *string, q Query) Sort {
	if sort == nil {
		switch {
		case q.Near != nil:
			return ByDistance
		case q.Text != "":
			return ByRelevance
		}
		return ByNewest
	}
	s := Sort(*sort)
	switch {
	case !slices.Contains(Sorts(), s):
		problems.Add("sort", domain.CodeInvalid, "must be relevance, distance, price, -price or newest")
	case s == ByDistance && q.Near == nil:
		problems.Add("sort", domain.CodeInvalid, "by distance needs lat and lng")
	case s == ByRelevance && q.Text == "":
		problems.Add("sort", domain.CodeInvalid, "by relevance needs q")
	}
	return s
}

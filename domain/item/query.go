package item

import (
	"math"
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
	MaxLimit        = domain.MaxLimit
	DefaultLimit    = domain.DefaultLimit
	MaxFacets       = 20 // values of each facet
	ExactTotals     = 10_000
)

// Sort is an order of results. Items that are otherwise equal are ordered by id.
type Sort string

// The sort orders. Items without a price come last in both orders of price.
const (
	ByRelevance Sort = "relevance" // best first; needs Text
	ByDistance  Sort = "distance"  // nearest first; needs Near
	ByPrice     Sort = "price"     // cheapest first
	ByPriceDesc Sort = "-price"    // most expensive first
	ByNewest    Sort = "newest"    // newest first
)

// Sorts returns all sort orders.
func Sorts() []Sort { return []Sort{ByRelevance, ByDistance, ByPrice, ByPriceDesc, ByNewest} }

// Scores of a query's word at its best match in an item. The item's score is the sum over the words.
const (
	ScoreNameExact    = 8
	ScoreNameFuzzy    = 4
	ScoreDetailsExact = 2
	ScoreDetailsFuzzy = 1
)

// Query selects one page of items. NewQuery returns valid queries.
type Query struct {
	Text     string // every word must match in name or details; empty: any item
	Near     *Near
	Category string
	Tags     []string // an item must have all of them
	MinPrice *Money
	MaxPrice *Money
	OwnerID  domain.UserID
	Sort     Sort
	Limit    int
	After    *Position // the previous page's Next; nil: the first page
}

// Near is a circle on the earth.
type Near struct {
	Place    Place
	RadiusKm float64
}

// DistanceKm returns the distance of the circle's centre to the place of an item as users see it: in kilometres, to the
// metre.
func (n Near) DistanceKm(to Place) float64 { return math.Round(n.Place.DistanceKm(to)*1000) / 1000 }

// Position is the place in the results of a query after the item with this id and sort key. Only the Search that returned
// it can read Key.
type Position struct {
	Key string
	ID  ID
}

// Params is an unchecked query. Nil and empty mean absent.
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
	Limit    *int // nil: DefaultLimit
}

// NewQuery returns the query of p, or a *domain.ValidationError with all problems.
func NewQuery(p Params) (Query, error) {
	var problems domain.Problems
	q := Query{Limit: problems.CheckLimit(p.Limit)}
	if p.Text != nil {
		q.Text = *p.Text
		checkText(&problems, q.Text)
	}
	q.Near = queryNear(&problems, p)
	if p.Category != nil {
		q.Category = *p.Category
		checkSlug(&problems, "category", q.Category, false)
	}
	q.Tags = queryTags(&problems, p.Tags)
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
	q.Sort = querySort(&problems, p.Sort, q)
	return q, problems.Err()
}

// Words returns the words of text: runs of letters, numbers and marks. Marks alone, such as an emoji's variation selector,
// are no word.
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

// queryTags returns tags sorted and without duplicates. More than MaxTags would match no item.
func queryTags(problems *domain.Problems, tags []string) []string {
	if len(tags) > MaxTags {
		problems.Add("tag", domain.CodeTooLong, "must be given at most 10 times")
		return nil
	}
	unique := slices.Compact(slices.Sorted(slices.Values(tags)))
	for _, tag := range unique {
		checkSlug(problems, "tag", tag, false)
	}
	return unique
}

func queryNear(problems *domain.Problems, p Params) *Near {
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
		if !(n.RadiusKm > 0 && n.RadiusKm <= MaxRadiusKm) { // also true for NaN
			problems.Add("radiusKm", domain.CodeOutOfRange, "must be above 0 and at most 500")
		}
	}
	return n
}

// querySort returns the requested sort order; by default distance with Near, else relevance with Text, else newest.
func querySort(problems *domain.Problems, sort *string, q Query) Sort {
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

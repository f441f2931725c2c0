package itemtest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"rental.example/domain/item"
)

const (
	modelItems   = 300
	modelQueries = 200
)

// modelTests run random queries on random items against the search and a model of it: the items, their order, the total.
func modelTests() map[string]func(t trial) {
	tests := map[string]func(t trial){"model/random seed": func(t trial) { matchesModel(t, rand.Uint64()) }}
	for seed := range uint64(3) {
		tests[fmt.Sprintf("model/seed=%d", seed)] = func(t trial) { matchesModel(t, seed) }
	}
	return tests
}

func matchesModel(t trial, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 0))
	items := t.similarItems(rng)
	t.seed(items[:modelItems/3])
	t.seed(items[modelItems/3:])
	for range shorter(modelQueries) {
		q := t.query(randomParams(rng))
		want := expected(q, items)
		if got := t.readAll(q, func(int) {}); !gocmp.Equal(ids(want), ids(got)) {
			t.Fatalf("seed %d: Search(%+v), text %q, near %+v (-want +got):\n%s", seed, q, q.Text, q.Near, gocmp.Diff(ids(want), ids(got)))
		}
		if got := t.search(q).Total; got != (item.Total{Value: len(want), Exact: true}) {
			t.Fatalf("seed %d: Search(%+v): total %+v, want %d", seed, q, got, len(want))
		}
	}
}

func ids(items []item.Item) []string {
	all := []string{}
	for _, itm := range items {
		all = append(all, string(itm.ID)+" "+itm.Name+": "+itm.Details)
	}
	return all
}

// randomWord returns one of many similar words.
func randomWord(rng *rand.Rand) string {
	word := make([]byte, 1+rng.IntN(8))
	for i := range word {
		word[i] = "abc"[rng.IntN(3)]
	}
	return string(word)
}

func randomText(rng *rand.Rand, most int) string {
	var words []string
	for range 1 + rng.IntN(most) {
		words = append(words, randomWord(rng))
	}
	return strings.Join(words, " ")
}

func (t trial) similarItems(rng *rand.Rand) []item.Item {
	var items []item.Item
	for range modelItems {
		d := item.Draft{Name: randomText(rng, 3), Details: randomText(rng, 6), Category: []string{"", "a", "b"}[rng.IntN(3)]}
		d.Lat, d.Lng = pointer(52.5+0.1*float64(rng.IntN(5))), pointer(13.4+0.07*float64(rng.IntN(5)))
		if rng.IntN(3) > 0 {
			d.PricePerDay = pointer(float64(rng.IntN(10)))
		}
		items = append(items, t.newItem(d, at(time.Duration(rng.IntN(50))*time.Microsecond)))
	}
	return items
}

func randomParams(rng *rand.Rand) item.Params {
	p := item.Params{Text: pointer(randomText(rng, 3)), Limit: pointer(1 + rng.IntN(item.MaxLimit)), Sort: pointer(string(item.Sorts()[rng.IntN(5)]))}
	if rng.IntN(3) == 0 || *p.Sort == string(item.ByDistance) {
		p.Lat, p.Lng, p.RadiusKm = pointer(52.47), pointer(13.38), pointer(5+50*rng.Float64())
	}
	if rng.IntN(3) == 0 {
		p.Category = pointer("a")
	}
	if rng.IntN(4) == 0 {
		p.MaxPrice = pointer(float64(rng.IntN(10)))
	}
	return p
}

// expected returns what q finds among items, as the port demands.
func expected(q item.Query, items []item.Item) []item.Item {
	var found []item.Item
	scores := make(map[item.ID]int)
	for _, itm := range items {
		score, ok := relevance(q.Text, itm)
		if scores[itm.ID] = score; ok && satisfies(q, itm) {
			found = append(found, itm)
		}
	}
	slices.SortFunc(found, func(a, b item.Item) int {
		var by int
		switch q.Sort {
		case item.ByRelevance:
			by = scores[b.ID] - scores[a.ID]
		case item.ByDistance:
			by = cmp.Compare(q.Near.Place.DistanceKm(a.Place), q.Near.Place.DistanceKm(b.Place))
		case item.ByNewest:
			by = b.CreatedAt.Compare(a.CreatedAt)
		default:
			by = comparePrices(a.PricePerDay, b.PricePerDay, q.Sort == item.ByPriceDesc)
		}
		return cmp.Or(by, cmp.Compare(a.ID, b.ID))
	})
	return found
}

func comparePrices(a, b *item.Money, descending bool) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	case descending:
		return cmp.Compare(*b, *a)
	}
	return cmp.Compare(*a, *b)
}

// relevance returns the score of text in itm; ok is false if a word does not match.
func relevance(text string, itm item.Item) (sum int, ok bool) {
	for word := range strings.FieldsSeq(text) {
		best := max(wordScore(word, itm.Name, item.ScoreNameExact, item.ScoreNameFuzzy),
			wordScore(word, itm.Details, item.ScoreDetailsExact, item.ScoreDetailsFuzzy))
		if best == 0 {
			return 0, false
		}
		sum += best
	}
	return sum, true
}

func wordScore(word, field string, exact, fuzzy int) (best int) {
	for other := range strings.FieldsSeq(field) {
		switch {
		case other == word:
			return exact
		case other[0] == word[0] && EditDistance([]rune(word), []rune(other)) <= item.MaxEdits(len(word)):
			best = fuzzy
		}
	}
	return best
}

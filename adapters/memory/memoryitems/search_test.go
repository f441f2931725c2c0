package memoryitems

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"rental.example/domain/item"
	"rental.example/domain/item/itemtest"
)

// TestSimilar compares similar with the terms by which the engine finds words.
func TestSimilar(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 20_000 {
		word := make([]rune, 1+random.IntN(8)+random.IntN(2)*(item.MaxWordLength-3))
		for i := range word {
			word[i] = []rune("abбß東")[random.IntN(5)]
		}
		query, w := string(itemtest.Misspell(random, word, random.IntN(3))), string(word)
		if query == "" || query == w {
			continue
		}
		terms := item.IndexTerms(w)
		want := slices.ContainsFunc(item.QueryTerms(query), func(term string) bool { return slices.Contains(terms, term) })
		if got := similar(query, w); got != want {
			t.Errorf("similar(%q, %q) = %t, want %t", query, w, got, want)
		}
	}
}

func TestParsePosition(t *testing.T) {
	t.Parallel()
	const id = item.ID("01J00000000000000000000000")
	for sort, keys := range map[item.Sort]struct{ valid, invalid string }{
		item.ByPrice: {
			"price:0 price:1200 price:+Inf",
			"price:-Inf price:Inf price:NaN price:-1 price:-0 price:01 price:1.5 price: price -price:0",
		},
		item.ByPriceDesc: {"-price:-1200 -price:0", "-price:1200 price:0"},
		item.ByNewest:    {"newest:-1.8e+15", "newest:+Inf newest:0x1p4"},
		item.ByRelevance: {"relevance:-2 relevance:-16", "relevance:-1 relevance:-17 relevance:-2.5"},
		item.ByDistance:  {"distance:0 distance:4.25", "distance:5.5 distance:-1 distance:NaN price:1"},
	} {
		q := item.Query{Text: "two words", Near: &item.Near{RadiusKm: 5}, Sort: sort}
		for _, key := range strings.Fields(keys.valid) {
			want := item.Position{Key: key, ID: id}
			if r, err := parsePosition(want, q); err != nil || *formatPosition(r, sort) != want {
				t.Errorf("%s by %s: %+v, %v", key, sort, r, err)
			}
		}
		for _, key := range append(strings.Fields(keys.invalid), "") {
			if _, err := parsePosition(item.Position{Key: key, ID: id}, q); !errors.Is(err, item.ErrInvalidPosition) {
				t.Errorf("%q by %s: %v, want an invalid position", key, sort, err)
			}
		}
	}
}

// BenchmarkSearch searches 10,000 items of 24 words each, most of them rare.
func BenchmarkSearch(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(random, 1.1, 4, 30_000)
	words := func(n int) (text string) {
		for range n {
			text += fmt.Sprintf("%08b ", zipf.Uint64())
		}
		return text
	}
	items := NewItems()
	for n := range 10_000 {
		price, at := item.Money(random.IntN(100_00)), time.Date(2030, 1, 1, 0, 0, n, 0, time.UTC)
		if err := items.Create(b.Context(), item.Item{
			ID: item.NewID(at, [10]byte{}), Name: words(4), Details: words(20), Category: fmt.Sprint("category-", random.IntN(30)),
			Tags: []string{fmt.Sprint("tag-", random.IntN(200))}, PricePerDay: &price, CreatedAt: at,
			Place: item.Place{Lat: 52 + random.Float64(), Lng: 13 + random.Float64()},
		}); err != nil {
			b.Fatal(err)
		}
	}
	near := &item.Near{Place: item.Place{Lat: 52.5, Lng: 13.5}, RadiusKm: item.DefaultRadiusKm}
	for name, q := range map[string]item.Query{
		"newest":   {Sort: item.ByNewest, Limit: 10},
		"category": {Category: "category-1", Sort: item.ByPrice, Limit: 10},
		"near":     {Near: near, Sort: item.ByDistance, Limit: 10},
		"words":    {Text: "00000011 00000111", Sort: item.ByRelevance, Limit: 10},
		"all":      {Text: "00000011 00000111", Near: near, Sort: item.ByRelevance, Limit: 10},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if r, err := items.Search(b.Context(), q); err != nil || r.Total.Value == 0 {
					b.Fatal(r.Total, err)
				}
			}
		})
	}
}

// FuzzSearch compares a search for any text, page by page, with one by the terms of the engine. Each line of listed is
// an item: its name and, after a bar, its details.
func FuzzSearch(f *testing.F) {
	f.Add("Drill, 18v|two batteries\nDrills\nkayak|for the drill", "dril", uint8(1))
	f.Add("Bohrmaschine\nBohrmaschinen|Straße", "bohrmachine strasse", uint8(2))
	f.Add("0\na\u0301b|東京\n⚙\ufe0f", "\u0747 0", uint8(0))
	f.Fuzz(func(t *testing.T, listed, text string, limit uint8) {
		const maxLength, maxItems = 1000, 20
		if len(listed) > maxLength || !utf8.ValidString(listed) {
			t.Skip("too long, or not accepted by the domain")
		}
		q, err := item.NewQuery(item.Params{Text: &text, Sort: ptr(string(item.ByRelevance)), Limit: ptr(1 + int(limit)%item.MaxLimit)})
		if err != nil {
			t.Skip("not a query")
		}
		items, scores := NewItems(), map[item.ID]int{}
		for n, line := range strings.SplitN(listed, "\n", maxItems) {
			name, details, _ := strings.Cut(line, "|")
			at := time.UnixMilli(int64(n)).UTC()
			itm := item.Item{ID: item.NewID(at, [10]byte{}), OwnerID: "o1", Name: name, Details: details, CreatedAt: at, Version: 1}
			if err := items.Create(t.Context(), itm); err != nil {
				t.Fatal(err)
			}
			if score := scoreByTerms(q.Text, itm); score > 0 {
				scores[itm.ID] = score
			}
		}
		want := slices.SortedFunc(maps.Keys(scores), func(a, b item.ID) int { return cmp.Or(scores[b]-scores[a], strings.Compare(string(a), string(b))) })
		var got []item.ID
		for {
			page, err := items.Search(t.Context(), q)
			if err != nil || len(page.Items) > q.Limit {
				t.Fatalf("Search(%+v) = %d items, %v", q, len(page.Items), err)
			}
			for _, itm := range page.Items {
				got = append(got, itm.ID)
			}
			if q.After = page.Next; q.After == nil {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("Search(%q) in %q finds %v, want %v with the scores %v", q.Text, listed, got, want, scores)
		}
	})
}

// scoreByTerms returns the score of text in itm, or 0 if a word does not match.
func scoreByTerms(text string, itm item.Item) (sum int) {
	for _, word := range item.FoldedWords(text) {
		best := 0
		for _, field := range []struct {
			text         string
			exact, fuzzy int
		}{{itm.Name, item.ScoreNameExact, item.ScoreNameFuzzy}, {itm.Details, item.ScoreDetailsExact, item.ScoreDetailsFuzzy}} {
			for _, other := range item.FoldedWords(field.text) {
				switch {
				case word == other:
					best = max(best, field.exact)
				case slices.ContainsFunc(item.QueryTerms(word), func(term string) bool { return slices.Contains(item.IndexTerms(other), term) }):
					best = max(best, field.fuzzy)
				}
			}
		}
		if best == 0 {
			return 0
		}
		sum += best
	}
	return sum
}

func ptr[T any](v T) *T { return &v }

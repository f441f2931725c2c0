package memory

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

// kmPerDegree is the length of a degree of latitude.
const kmPerDegree = math.Pi / 180 * item.EarthRadiusKm

// town makes n items around Berlin, ten to the square kilometre however many, as people word them: a few
// words are everywhere, most are rare.
func town(n int) []item.Item {
	random := rand.New(rand.NewPCG(1, 2))
	zipf := rand.NewZipf(random, 1.1, 4, 30_000)
	vocabulary := make([]string, 30_001)
	for i := range vocabulary {
		word := make([]byte, 3+random.IntN(8))
		for j := range word {
			word[j] = "aeiounrstlbcdfghkmpvwz"[random.IntN(22)]
		}
		vocabulary[i] = string(word)
	}
	words := func(n int) (text string) {
		for range n {
			text += vocabulary[zipf.Uint64()] + " "
		}
		return text
	}
	side := math.Sqrt(float64(n)/10) / kmPerDegree
	items := make([]item.Item, n)
	for i := range items {
		price := item.Money(random.IntN(100_00))
		at := time.Date(2030, 1, 1, 0, 0, i, 0, time.UTC)
		items[i] = item.Item{
			ID: item.NewID(at, [10]byte{byte(i)}), OwnerID: domain.UserID(fmt.Sprintf("%036d", i/5)),
			Name: words(4), Details: words(20), Category: fmt.Sprint("category-", random.IntN(30)),
			Tags:        []string{fmt.Sprint("tag-", random.IntN(200)), fmt.Sprint("tag-", 200+random.IntN(200))},
			PricePerDay: &price, CreatedAt: at,
			Place: item.Place{Lat: 52.5 + side*(random.Float64()-0.5), Lng: 13.4 + side*(random.Float64()-0.5)/math.Cos(52.5*math.Pi/180)},
		}
	}
	return items
}

// commonest is the word that most details have.
func commonest(all []item.Item) (word string) {
	count := map[string]int{}
	for _, it := range all {
		for w := range strings.FieldsSeq(it.Details) {
			if count[w]++; count[w] > count[word] {
				word = w
			}
		}
	}
	return word
}

func stocked(b *testing.B, all []item.Item) *Items {
	b.Helper()
	items := NewItems()
	for _, it := range all {
		if err := items.Create(b.Context(), it); err != nil {
			b.Fatal(err)
		}
	}
	return items
}

// cost is the median time that ask takes.
func cost(ask func()) time.Duration {
	times := make([]time.Duration, 101)
	for i := range times {
		start := time.Now()
		ask()
		times[i] = time.Since(start)
	}
	slices.Sort(times)
	return times[len(times)/2]
}

func searching(b *testing.B, items *Items, q item.Query) func() {
	return func() {
		if r, err := items.Search(b.Context(), q); err != nil || r.Total.Value == 0 {
			b.Fatal(r.Total, err)
		}
	}
}

// BenchmarkSearch compares a search in 100,000 items with the same in 10,000, the density being the same,
// and with a look at all 100,000.
func BenchmarkSearch(b *testing.B) {
	all := town(100_000)
	small, large := stocked(b, town(10_000)), stocked(b, all)
	price := item.Money(50_00)
	here := &item.Near{Place: item.Place{Lat: 52.5, Lng: 13.4}, RadiusKm: 3}
	for name, q := range map[string]item.Query{
		"near":         {Near: here, Sort: item.ByDistance, Limit: 10},
		"near, priced": {Near: here, MaxPrice: &price, Sort: item.ByPrice, Limit: 10},
		"near, words":  {Near: here, Text: commonest(all), Sort: item.ByRelevance, Limit: 10},
		"name":         {Text: all[0].Name, Sort: item.ByRelevance, Limit: 10},
		"category":     {Category: "category-1", Sort: item.ByPrice, Limit: 10},
		"newest":       {Sort: item.ByNewest, Limit: 10},
		"owner":        {OwnerID: all[3].OwnerID, Sort: item.ByNewest, Limit: 10},
	} {
		b.Run(name, func(b *testing.B) {
			ask := searching(b, large, q)
			for b.Loop() {
				ask()
			}
			took := cost(ask)
			b.ReportMetric(float64(took)/float64(cost(searching(b, small, q))), "x10k")
			b.ReportMetric(float64(cost(scanning(large, q)))/float64(took), "xfaster")
		})
	}
}

// scanning is a search in all items.
func scanning(items *Items, q item.Query) func() {
	return func() {
		f := items.index.filter(q)
		p := page{query: q, categories: map[string]int{}, tags: map[string]int{}}
		for s := range items.index.all {
			if r, ok := f.match(&items.index.entries[s]); ok {
				p.total++
				p.add(r, items.index.entries[s].document)
				p.count(&items.index.entries[s].document.item)
			}
		}
	}
}

// BenchmarkMemory measures what an item takes in a store beyond itself.
func BenchmarkMemory(b *testing.B) {
	all := town(100_000)
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		items := stocked(b, all)
		runtime.GC()
		runtime.ReadMemStats(&after)
		runtime.KeepAlive(items)
	}
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(len(all)), "B/item")
}

// BenchmarkCreate is a write to 100,000 items.
func BenchmarkCreate(b *testing.B) {
	all := town(100_000)
	items := stocked(b, all)
	for n := 0; b.Loop(); n++ {
		it := all[n%len(all)]
		it.ID = item.NewID(it.CreatedAt, [10]byte{1, 2, 3})
		if err := items.Create(b.Context(), it); err != nil && n < len(all) {
			b.Fatal(err)
		}
	}
}

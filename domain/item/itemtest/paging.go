package itemtest

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

const (
	deepItems   = 5000
	unrest      = 4  // times that others write during a walk
	perUnrest   = 30 // items that each kind of write is made to
	changedHour = 3 * time.Hour
)

func paging() []test {
	var tests []test
	for _, sort := range item.Sorts() {
		tests = append(tests, test{"paging/deep with writes between/" + string(sort), func(t trial) { pagesDeep(t, sort) }})
	}
	return tests
}

// pagesDeep walks through thousands of items of many ties, while others appear, vanish, and change their
// place in the order. What stays unchanged is met once.
func pagesDeep(t trial, sort item.Sort) {
	seed := rand.Uint64()
	t.Logf("seed=%d", seed)
	w := &walker{trial: t, rng: rand.New(rand.NewPCG(seed, 0)), restless: make(map[item.ID]bool)}
	w.items = w.some(shorter(deepItems))
	for part := range 5 {
		t.seed(w.items[len(w.items)*part/5 : len(w.items)*(part+1)/5])
	}
	p := item.Params{Text: pointer("drill"), Lat: pointer(52.5), Lng: pointer(13.4), Sort: pointer(string(sort)), Limit: item.MaxLimit}
	pages := len(w.items) / p.Limit
	found := t.walk(t.query(p), func(page int) {
		if round := page / (pages / unrest); page%(pages/unrest) == 1 && round < unrest {
			w.stir(round)
		}
	})
	w.wantEachOnce(found)
}

// walker is a walk over items, some of which do not stay as they are.
type walker struct {
	trial
	rng      *rand.Rand
	items    []item.Item
	restless map[item.ID]bool
}

// wantEachOnce checks that what stayed as it was is found once. It names the first few that are not.
func (w *walker) wantEachOnce(found []item.Item) {
	w.Helper()
	met := make(map[item.ID]int)
	for _, it := range found {
		met[it.ID]++
	}
	wrong := 0
	for _, it := range w.items {
		if w.restless[it.ID] || met[it.ID] == 1 {
			continue
		}
		if wrong++; wrong <= 5 {
			w.Errorf("met %+v %d times, want once", it, met[it.ID])
		}
	}
	if wrong > 5 {
		w.Errorf("and %d others likewise", wrong-5)
	}
}

// some is n items that the walk's query matches.
func (w *walker) some(n int) []item.Item {
	w.Helper()
	var items []item.Item
	for range n {
		d := item.Draft{Name: []string{"drill", "drall", "A drill", "tool", "thing"}[w.rng.IntN(5)], Details: "of a drill"}
		d.Lat, d.Lng = pointer(52.5+float64(w.rng.IntN(40))/100), pointer(13.4+float64(w.rng.IntN(40))/100)
		if w.rng.IntN(3) > 0 {
			d.PricePerDay = pointer(float64(w.rng.IntN(25)))
		}
		items = append(items, w.newItem(d, at(time.Duration(w.rng.IntN(n))*time.Second)))
	}
	return items
}

// stir makes, deletes and changes items anywhere in the order. The writes wait for their searchability
// together.
func (w *walker) stir(round int) {
	w.Helper()
	w.seed(w.some(perUnrest))
	var all sync.WaitGroup
	for i := range 2 * perUnrest {
		it := w.items[(round*2*perUnrest+i)*len(w.items)/(2*perUnrest*unrest)]
		if w.restless[it.ID] {
			continue
		}
		w.restless[it.ID] = true
		price, lat := pointer(float64(w.rng.IntN(25))), 52.5+w.rng.Float64()/3
		all.Go(func() {
			if err := w.disturb(it, i%2 == 0, price, lat); err != nil {
				w.Error(err)
			}
		})
	}
	all.Wait()
}

func (w *walker) disturb(it item.Item, delete bool, price *float64, lat float64) error {
	stored, err := w.Store.Get(w.Context(), it.ID)
	if err != nil {
		return fmt.Errorf("reading before a disturbance: %w", err)
	}
	if delete {
		return w.Store.Delete(w.Context(), it.ID, stored.Revision)
	}
	next, err := it.Change(item.Patch{Name: domain.Some("tool"), PricePerDay: domain.Some(*price)}, at(changedHour))
	if err != nil {
		return err
	}
	next.Place.Lat = lat
	next.CreatedAt = next.CreatedAt.Add(time.Duration(*price) * time.Minute) // as when a dead one is replaced
	return w.Store.Replace(w.Context(), next, stored.Revision)
}

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
	pagedItems     = 5000
	writeRounds    = 4  // between pages
	writesPerRound = 30 // items created, and items changed or deleted
	changedAt      = 3 * time.Hour
)

// pagesAmongWrites reads thousands of items with many ties, while items are created, deleted, and change their place in the
// order. Each unchanged item is found once.
func pagesAmongWrites(t trial, sort item.Sort) {
	w := &pageReader{trial: t, rng: t.newRand(), changing: make(map[item.ID]bool)}
	w.items = w.matching(shorter(pagedItems))
	for part := range 5 {
		t.seed(w.items[len(w.items)*part/5 : len(w.items)*(part+1)/5])
	}
	p := item.Params{Text: pointer("drill"), Lat: pointer(52.5), Lng: pointer(13.4), Sort: pointer(string(sort)), Limit: pointer(item.MaxLimit)}
	pages := len(w.items) / *p.Limit
	found := t.readAll(t.query(p), func(page int) {
		if round := page / (pages / writeRounds); page%(pages/writeRounds) == 1 && round < writeRounds {
			w.writeBetweenPages(round)
		}
	})
	w.wantEachOnce(found)
}

// pageReader reads pages of items, some of which change.
type pageReader struct {
	trial
	rng      *rand.Rand
	items    []item.Item
	changing map[item.ID]bool
}

// wantEachOnce checks that each unchanged item is found once. It names the first few that are not.
func (w *pageReader) wantEachOnce(found []item.Item) {
	w.Helper()
	seen := make(map[item.ID]int)
	for _, itm := range found {
		seen[itm.ID]++
	}
	wrong := 0
	for _, itm := range w.items {
		if w.changing[itm.ID] || seen[itm.ID] == 1 {
			continue
		}
		if wrong++; wrong <= 5 {
			w.Errorf("%+v is found %d times, want once", itm, seen[itm.ID])
		}
	}
	if wrong > 5 {
		w.Errorf("and %d others likewise", wrong-5)
	}
}

// matching returns n items that the query matches.
func (w *pageReader) matching(n int) []item.Item {
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

// writeBetweenPages creates, deletes and changes items anywhere in the order, concurrently.
func (w *pageReader) writeBetweenPages(round int) {
	w.Helper()
	w.seed(w.matching(writesPerRound))
	var all sync.WaitGroup
	for i := range 2 * writesPerRound {
		itm := w.items[(round*2*writesPerRound+i)*len(w.items)/(2*writesPerRound*writeRounds)]
		if w.changing[itm.ID] {
			continue
		}
		w.changing[itm.ID] = true
		price, lat := pointer(float64(w.rng.IntN(25))), 52.5+w.rng.Float64()/3
		all.Go(func() {
			if err := w.deleteOrChange(itm, i%2 == 0, price, lat); err != nil {
				w.Error(err)
			}
		})
	}
	all.Wait()
}

func (w *pageReader) deleteOrChange(itm item.Item, delete bool, price *float64, lat float64) error {
	stored, err := w.Store.Get(w.Context(), itm.ID)
	if err != nil {
		return fmt.Errorf("reading before a disturbance: %w", err)
	}
	if delete {
		return w.Store.Delete(w.Context(), itm.ID, stored.Revision)
	}
	next, err := itm.Change(item.Patch{Name: domain.Some("tool"), PricePerDay: domain.Some(*price)}, at(changedAt))
	if err != nil {
		return err
	}
	next.Place.Lat = lat
	next.CreatedAt = next.CreatedAt.Add(time.Duration(*price) * time.Minute) // as when Catalog.Add replaces a hidden item
	return w.Store.Replace(w.Context(), next, stored.Revision)
}

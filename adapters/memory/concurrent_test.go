package memory

import (
	"math/rand/v2"
	"sync"
	"testing"

	"rental.example/domain/item"
)

// TestSearchWhileWriting has the race detector look at searches among writes, with everybody writing to
// what they got and gave.
func TestSearchWhileWriting(t *testing.T) {
	t.Parallel()
	items := NewItems()
	var wg sync.WaitGroup
	for worker := range uint64(4) {
		wg.Go(func() {
			m := market{rand.New(rand.NewPCG(worker, 0))}
			for range 200 {
				write(t, items, m.item())
				q := m.query()
				r, err := items.Search(t.Context(), q)
				if err != nil {
					t.Errorf("%+v: %v", q, err)
				}
				for _, it := range r.Items {
					scribble(it)
				}
			}
		})
	}
	wg.Wait()
	for _, d := range items.documents {
		for _, tag := range d.item.Tags {
			if tag == "scribble" {
				t.Fatalf("%s can be written to from outside", d.item.ID)
			}
		}
	}
}

// write keeps it, whatever was there before.
func write(t *testing.T, items *Items, it item.Item) {
	if items.Create(t.Context(), it) != nil {
		stored, _ := items.Get(t.Context(), it.ID)
		_ = items.Replace(t.Context(), it, stored.Revision) // another may win
		scribble(stored.Item)
	}
	scribble(it)
}

func scribble(it item.Item) {
	for i := range it.Tags {
		it.Tags[i] = "scribble"
	}
	if it.PricePerDay != nil {
		*it.PricePerDay = -1
	}
}

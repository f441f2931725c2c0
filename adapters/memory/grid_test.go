package memory

import (
	"math/rand/v2"
	"slices"
	"testing"

	"rental.example/domain/item"
)

// TestGridMissesNothing asks for circles around poles, the antimeridian and everywhere, whose edges go
// through the items.
func TestGridMissesNothing(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed=%d", seed)
	m := market{rand.New(rand.NewPCG(seed, 0))}
	g := newGrid()
	places := make([]item.Place, 2000)
	for i := range places {
		places[i] = m.place()
		if i%2 == 0 {
			places[i] = item.Place{Lat: m.Float64()*180 - 90, Lng: m.Float64()*360 - 180}
		}
		g.add(places[i], slot(i))
	}
	for range 1000 {
		center := m.place()
		near := item.Near{Place: center, RadiusKm: center.DistanceKm(places[m.IntN(len(places))])}
		if near.RadiusKm > item.MaxRadiusKm && m.IntN(10) > 0 {
			near.RadiusKm = item.MaxRadiusKm * m.Float64()
		}
		found := slices.Sorted(g.source(near).items)
		if len(slices.Compact(slices.Clone(found))) != len(found) {
			t.Errorf("%+v: an item comes twice", near)
		}
		for i, p := range places {
			if _, ok := slices.BinarySearch(found, slot(i)); !ok && center.DistanceKm(p) <= near.RadiusKm {
				t.Errorf("%+v misses %+v at %v km", near, p, center.DistanceKm(p))
			}
		}
	}
}

// TestGridIsSelective bounds what a search near a place looks at beside what it finds: a square around a
// circle has 4/pi of its items.
func TestGridIsSelective(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 0))
	g := newGrid()
	near := item.Near{Place: item.Place{Lat: 52.5, Lng: 13.4}, RadiusKm: 10}
	within := 0
	for i := range 50_000 {
		p := item.Place{Lat: 52 + random.Float64(), Lng: 13 + random.Float64()}
		g.add(p, slot(i))
		if near.Place.DistanceKm(p) <= near.RadiusKm {
			within++
		}
	}
	if looked := g.source(near).count; looked > within*3/2 {
		t.Errorf("looks at %d items to find %d", looked, within)
	}
}

package memory

import (
	"cmp"
	"math"
	"slices"

	"rental.example/domain/item"
)

const (
	// bandsPerDegree makes bands of 2.2 km: thin for a circle of many kilometres, and still 9,000 in all.
	bandsPerDegree = 50
	bands          = 180*bandsPerDegree + 1
	// placeMargin, in degrees, is about a metre: far above what rounding can do to a place or a distance.
	placeMargin = 1e-5
)

// grid finds the items near a place. It has the earth in bands of latitude, and the items of each in
// the order of their longitude: what is near is a stretch of a few bands, however dense a city is.
type grid struct{ bands [][]spot }

type spot struct {
	lng  float64
	item slot
}

func compareSpots(a, b spot) int {
	return cmp.Or(cmp.Compare(a.lng, b.lng), cmp.Compare(a.item, b.item))
}

func newGrid() grid { return grid{bands: make([][]spot, bands)} }

// band is the number of the band of latitude lat; the first or last for what is beyond the poles.
func band(lat float64) int {
	return int(math.Floor((min(max(lat, -90), 90) + 90) * bandsPerDegree))
}

func (g grid) add(p item.Place, s slot) {
	b := &g.bands[band(p.Lat)]
	at, found := slices.BinarySearchFunc(*b, spot{p.Lng, s}, compareSpots)
	if !found {
		*b = slices.Insert(*b, at, spot{p.Lng, s})
	}
}

func (g grid) remove(p item.Place, s slot) {
	b := &g.bands[band(p.Lat)]
	if at, found := slices.BinarySearchFunc(*b, spot{p.Lng, s}, compareSpots); found {
		*b = slices.Delete(*b, at, at+1)
	}
}

// source finds every item within near, and a few others.
func (g grid) source(near item.Near) source {
	stretches := g.around(near)
	count := 0
	for _, stretch := range stretches {
		count += len(stretch)
	}
	return source{count, func(yield func(slot) bool) {
		for _, stretch := range stretches {
			for _, s := range stretch {
				if !yield(s.item) {
					return
				}
			}
		}
	}}
}

// around returns stretches of bands that hold every item within near, and a few others.
func (g grid) around(near item.Near) [][]spot {
	var stretches [][]spot
	reach := near.RadiusKm/item.EarthRadiusKm*180/math.Pi + placeMargin
	west, east := meridians(near.Place, reach)
	for b := band(near.Place.Lat - reach); b <= band(near.Place.Lat+reach); b++ {
		for _, turn := range []float64{-360, 0, 360} {
			if turn != 0 && east-west >= 360 {
				continue
			}
			if s := between(g.bands[b], west+turn, east+turn); len(s) > 0 {
				stretches = append(stretches, s)
			}
		}
	}
	return stretches
}

// meridians are the longitudes that a circle of reach degrees around center stays between. They may be
// beyond 180: a circle across the antimeridian is there on both sides. One with a pole in it crosses all.
func meridians(center item.Place, reach float64) (west, east float64) {
	const radians = math.Pi / 180
	if math.Abs(center.Lat)+reach >= 90 {
		return -180, 181
	}
	half := math.Asin(min(1, math.Sin(reach*radians)/math.Cos(center.Lat*radians)))/radians + placeMargin
	return center.Lng - half, center.Lng + half
}

// between is the stretch of a band from longitude west up to, and without, east.
func between(b []spot, west, east float64) []spot {
	byLng := func(s spot, lng float64) int { return cmp.Compare(s.lng, lng) }
	if len(b) == 0 || east <= b[0].lng || west > b[len(b)-1].lng {
		return nil
	}
	from, _ := slices.BinarySearchFunc(b, west, byLng)
	to, _ := slices.BinarySearchFunc(b[from:], east, byLng)
	return b[from : from+to]
}

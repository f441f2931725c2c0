package item

import "math"

// Place is a point on the earth in degrees of latitude (north positive) and longitude (east positive).
type Place struct{ Lat, Lng float64 }

// EarthRadiusKm is the mean radius of the earth (IUGG).
const EarthRadiusKm = 6371.0087714

// DistanceKm returns the great-circle distance from p to the place of an item, in kilometres, by the haversine formula. As
// in OpenSearch, the item's place is first rounded down to a grid of 180/2^32 degrees of latitude and 360/2^32 of
// longitude, and p is not. So the distances in both directions may differ by a centimetre.
func (p Place) DistanceKm(to Place) float64 {
	to = to.onGrid()
	const radians = math.Pi / 180
	lat, lng := math.Sin((to.Lat-p.Lat)*radians/2), math.Sin((to.Lng-p.Lng)*radians/2)
	h := lat*lat + math.Cos(p.Lat*radians)*math.Cos(to.Lat*radians)*lng*lng
	return 2 * EarthRadiusKm * math.Asin(math.Sqrt(min(h, 1)))
}

func (p Place) onGrid() Place { return Place{Lat: snap(p.Lat, 180), Lng: snap(p.Lng, 360)} }

// snap rounds degrees down to a multiple of span/2^32. There are only 2^32 steps, so the maximum belongs to the last one.
func snap(degrees, span float64) float64 {
	step := span / (1 << 32)
	n := math.Floor(degrees / step)
	return min(n, 1<<31-1) * step
}

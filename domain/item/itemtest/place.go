package itemtest

import (
	"fmt"
	"math"

	"rental.example/domain/item"
)

// seedPlaces creates an item for each place, named after it.
func (t trial) seedPlaces(places ...item.Place) {
	t.Helper()
	var items []item.Item
	for _, p := range places {
		items = append(items, t.newItem(item.Draft{Name: fmt.Sprint(p), Lat: &p.Lat, Lng: &p.Lng}, at(0)))
	}
	t.seed(items)
}

func near(lat, lng, km float64) item.Params {
	return item.Params{Lat: &lat, Lng: &lng, RadiusKm: &km, Limit: pointer(2)}
}

func nearAntimeridian(t trial) {
	t.seedPlaces(item.Place{Lng: 180}, item.Place{Lng: -179.5}, item.Place{Lng: 179.3}, item.Place{Lng: -178.9},
		item.Place{}, item.Place{Lat: 1, Lng: -179.9})
	t.wantOrder(near(0, 179.9, 100), "{0 180}", "{0 -179.5}", "{0 179.3}")
	t.wantOrder(near(0, -179.9, 150), "{0 180}", "{0 -179.5}", "{0 179.3}", "{1 -179.9}", "{0 -178.9}")
	t.wantOrder(near(0, 180, 10), "{0 180}")
	t.wantOrder(near(0, -180, 10), "{0 180}")
}

func nearPoles(t trial) {
	t.seedPlaces(item.Place{Lat: 90}, item.Place{Lat: 89.5, Lng: 10}, item.Place{Lat: 89.4, Lng: -170},
		item.Place{Lat: -90, Lng: 77}, item.Place{Lat: -89.9, Lng: -77}, item.Place{Lat: 88})
	t.wantOrder(near(90, 123, 100), "{90 0}", "{89.5 10}", "{89.4 -170}")
	t.wantOrder(near(89.9, 10, 100), "{90 0}", "{89.5 10}", "{89.4 -170}")
	t.wantOrder(near(-90, 0, 500), "{-90 77}", "{-89.9 -77}")
	t.wantOrder(near(-89.95, 180, 8), "{-90 77}")
}

const metre = 0.001 // in km

// checksRadiusAndOrder searches random circles of all sizes, with items on both sides of the edge.
func checksRadiusAndOrder(t trial) {
	rng := t.newRand()
	for range 5 {
		centre := item.Place{Lat: rng.Float64()*170 - 85, Lng: rng.Float64()*360 - 180}
		radius := 0.1 * math.Pow(item.MaxRadiusKm*10, rng.Float64())
		var places []item.Place
		for range 60 {
			places = append(places, offset(centre, radius*(0.9+0.2*rng.Float64()), rng.Float64()*2*math.Pi))
		}
		t.seedPlaces(places...)
		p := near(centre.Lat, centre.Lng, radius)
		p.Limit = pointer(17)
		t.wantCircle(centre, radius, places, t.all(p))
	}
}

// wantCircle checks that found are the places within radius km of centre, nearest first, to within a metre.
func (t trial) wantCircle(centre item.Place, radius float64, places []item.Place, found []item.Item) {
	t.Helper()
	seen := make(map[item.Place]bool)
	last := 0.0
	for _, itm := range found {
		d := centre.DistanceKm(itm.Place)
		if d > radius+metre || d < last-metre {
			t.Errorf("%v km around %v: item at %v km after one at %v km", radius, centre, d, last)
		}
		last, seen[itm.Place] = d, true
	}
	for _, p := range places {
		if d := centre.DistanceKm(p); d < radius-metre && !seen[p] {
			t.Errorf("%v km around %v: item at %v km is missing", radius, centre, d)
		}
	}
}

// offset returns the place km from p in the direction of bearing, in radians.
func offset(p item.Place, km, bearing float64) item.Place {
	const radians = math.Pi / 180
	a, lat := km/item.EarthRadiusKm, p.Lat*radians
	to := math.Asin(math.Sin(lat)*math.Cos(a) + math.Cos(lat)*math.Sin(a)*math.Cos(bearing))
	lng := p.Lng + math.Atan2(math.Sin(bearing)*math.Sin(a)*math.Cos(lat), math.Cos(a)-math.Sin(lat)*math.Sin(to))/radians
	return item.Place{Lat: to / radians, Lng: math.Remainder(lng, 360)}
}

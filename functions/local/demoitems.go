package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

// demoItemCount is how many items the runner starts with.
const demoItemCount = 400

// demoStart is when the first was listed; the others follow every hour.
var demoStart = time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)

type demoKind struct {
	name, details, category string
	tags                    []string
	price                   float64 // per day; 0: none
}

func demoKinds() []demoKind {
	return []demoKind{
		{"Cordless drill", "18 V with two batteries and a set of bits", "power-tools", []string{"diy", "cordless"}, 9.5},
		{"Hammer drill", "SDS-plus, for concrete, with four drills", "power-tools", []string{"diy", "loud"}, 14},
		{"Drill press", "Bench model with a vice", "power-tools", []string{"diy", "workshop"}, 18},
		{"Circular saw", "Cuts 60 mm, guide rail included", "power-tools", []string{"diy", "wood"}, 12.5},
		{"Belt sander", "With paper in three grits", "power-tools", []string{"diy", "wood"}, 8},
		{"Extension ladder", "Three parts, reaches 7 m", "tools", []string{"diy", "garden"}, 11},
		{"Tile cutter", "For tiles up to 60 cm", "tools", []string{"diy"}, 13},
		{"Hedge trimmer", "Electric, 55 cm blade, 20 m of cable", "garden", []string{"garden", "loud"}, 9},
		{"Lawn mower", "Petrol, with a collector", "garden", []string{"garden", "loud"}, 15},
		{"Pressure washer", "130 bar, brush and hose", "garden", []string{"garden", "cleaning"}, 16.5},
		{"Tent for four", "Waterproof, with awning and pegs", "camping", []string{"outdoor", "family"}, 12},
		{"Camping stove", "Two flames, gas not included", "camping", []string{"outdoor", "cooking"}, 5},
		{"Cool box", "Runs on 12 V and 230 V, 30 litres", "camping", []string{"outdoor", "party"}, 6},
		{"Sleeping bag", "Down, comfortable at 0 °C", "camping", []string{"outdoor"}, 4.5},
		{"Touring kayak", "One seat, with paddle and vest", "sports", []string{"outdoor", "water"}, 25},
		{"Stand-up paddle board", "Inflatable, with pump", "sports", []string{"outdoor", "water"}, 19},
		{"Skis", "165 cm with bindings, tuned", "sports", []string{"winter"}, 14},
		{"Cargo bike", "Carries two children or a washing machine", "bikes", []string{"family", "transport"}, 30},
		{"Electric bike", "80 km on one charge", "bikes", []string{"transport"}, 28},
		{"Child seat for a bike", "Up to 22 kg", "bikes", []string{"family"}, 3},
		{"Projector", "Full HD, 3,000 lumens, HDMI", "electronics", []string{"party", "cinema"}, 17},
		{"Party speaker", "Battery for 10 hours, two microphones", "electronics", []string{"party", "loud"}, 22},
		{"Mirrorless camera", "With 35 mm lens and two cards", "electronics", []string{"photo"}, 35},
		{"Tripod", "Carbon, 1.6 m", "electronics", []string{"photo"}, 6},
		{"Sewing machine", "Simple and strong, for jeans too", "household", []string{"crafts"}, 8},
		{"Carpet cleaner", "Sprays and extracts", "household", []string{"cleaning"}, 18},
		{"Raclette grill", "For eight people", "household", []string{"party", "cooking"}, 7},
		{"Beer table and benches", "Wood, folds flat", "household", []string{"party", "outdoor"}, 0},
	}
}

type city struct {
	name     string
	lat, lng float64
}

func cities() []city {
	return []city{
		{"Berlin", 52.52, 13.405}, {"Hamburg", 53.5511, 9.9937}, {"München", 48.1372, 11.5756},
		{"Köln", 50.9375, 6.9603}, {"Wien", 48.2082, 16.3738}, {"Zürich", 47.3769, 8.5417},
	}
}

// demoOwners returns people who have listed items; they cannot sign in.
func demoOwners() []item.OwnerEvent {
	names := []string{"Ayşe", "Björn", "Chloé", "Dragan", "Emma", "Fatima", "Georg", "Hanna", "İlker", "Jürgen", "Klára", "Łukasz"}
	owners := make([]item.OwnerEvent, len(names))
	for i, name := range names {
		owners[i] = item.OwnerEvent{
			OwnerID: domain.UserID(fmt.Sprintf("dddddddd-0000-4000-8000-%012d", i+1)),
			Version: domain.VersionAt(demoStart), Name: name, Ratings: float64(60 + 7*i%40),
		}
	}
	return owners
}

// addDemoItems adds the same items at every start: of each kind, in each city, most of them near its centre.
func addDemoItems(ctx context.Context, items item.Store, owners item.Owners) error {
	for _, e := range demoOwners() {
		if _, err := owners.Merge(ctx, e); err != nil {
			return fmt.Errorf("demo owner: %w", err)
		}
	}
	random := rand.New(rand.NewPCG(1, 1))
	for i := range demoItemCount {
		listed, err := demoItem(random, i)
		if err != nil {
			return fmt.Errorf("demo item %d: %w", i, err)
		}
		if err := items.Create(ctx, listed); err != nil {
			return fmt.Errorf("demo item %d: %w", i, err)
		}
	}
	return nil
}

func demoItem(random *rand.Rand, i int) (item.Item, error) {
	kind, city := demoKinds()[i%len(demoKinds())], cities()[random.IntN(len(cities()))]
	owner := demoOwners()[random.IntN(len(demoOwners()))]
	lat := degrees(city.lat + random.NormFloat64()*0.05)
	lng := degrees(city.lng + random.NormFloat64()*0.08)
	draft := item.Draft{
		Name: kind.name, Details: kind.details + ". Pick up in " + city.name + ".", Category: kind.category, Tags: kind.tags,
		Lat: &lat, Lng: &lng,
	}
	if kind.price > 0 {
		price := math.Round(kind.price*(0.8+0.4*random.Float64())*2) / 2
		draft.PricePerDay = &price
	}
	at := demoStart.Add(time.Duration(i) * time.Hour)
	var unique [10]byte
	binary.BigEndian.PutUint64(unique[:], random.Uint64())
	return item.New(item.NewID(at, unique), domain.Caller{ID: owner.OwnerID}, item.Owner{ID: owner.OwnerID, Version: owner.Version},
		draft, domain.Stamp{Time: at})
}

// degrees rounds to five decimals, about a metre.
func degrees(d float64) float64 { return math.Round(d*1e5) / 1e5 }

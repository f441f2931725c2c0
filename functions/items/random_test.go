package items_test

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"rental.example/domain"
	"rental.example/domain/item"
)

// vocabulary returns words that differ by little, by case, by accents and by script, and some that folding makes longer.
func vocabulary() []string {
	return strings.Fields(`drill drills dril Drill DRÎLL grill trill bohrer Bohrmaschine bohrmaschinen saw Saws säge Säge SÄGE
		zelt Zelte zélt tent tents tenta Straße strasse STRASSE æther aether Œuvre oeuvre ﬁne fine İstanbul istanbul ılık
		велосипед Велосипеды 自転車 電動 bike bikes Bike2 2bike 4x4 a ab abc abcd abcde abcdef abcdefg ladder laddre alder
		Akkuschlagbohrschrauber akkuschlagbohrschraube 𐐀𐐁𐐂𐐃 𐐨𐐩𐐪 ` + strings.Repeat("long", 9) + " " + strings.Repeat("long", 9) + `s
		pressure pressrue presure cleaner claener naïve naive café ½ ² x²y Ⅷ` +
		" cafe\u0301 bike\u2764\ufe0f 1\ufe0f\u20e3")
}

func phrase(random *rand.Rand, most int) string {
	words := make([]string, 1+random.IntN(most))
	for i := range words {
		words[i] = vocabulary()[random.IntN(len(vocabulary()))]
	}
	return strings.Join(words, []string{" ", ", ", "-", "/", " · "}[random.IntN(5)])
}

// wordsOf returns the words of an item, as many as a query may have, in random order and some with typing errors.
func wordsOf(random *rand.Rand, itm item.Item) string {
	words := item.Words(itm.Name + " " + itm.Details)
	random.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
	text := ""
	for _, word := range words[:min(len(words), item.MaxWords)] {
		if random.IntN(3) == 0 {
			word = misspelled(random, word)
		}
		if longer := text + " " + word; utf8.RuneCountInString(longer) <= item.MaxTextLength && utf8.RuneCountInString(word) <= item.MaxWordLength {
			text = longer
		}
	}
	return text
}

// misspelled adds, removes, replaces or transposes a character of word.
func misspelled(random *rand.Rand, word string) string {
	letters := []rune(word)
	at := random.IntN(len(letters))
	switch random.IntN(4) {
	case 0:
		letters[at] = 'x'
	case 1:
		letters = slices.Insert(letters, at+1, 'x')
	case 2:
		if next := at + 1; next < len(letters) {
			letters[at], letters[next] = letters[next], letters[at]
		}
	default:
		if len(letters) > 1 {
			letters = slices.Delete(letters, at, at+1)
		}
	}
	return string(letters)
}

// near returns a point near one of a few places, the antimeridian and the pole included.
func near(random *rand.Rand) (lat, lng float64) {
	at := [][2]float64{{52.52, 13.4}, {53.55, 9.99}, {-17.7, 179.99}, {89.9, 30}, {0, 0}}[random.IntN(5)]
	lat = at[0] + random.NormFloat64()
	if lat > 90 { // over the pole
		lat = 180 - lat
	}
	return lat, math.Remainder(at[1]+random.NormFloat64(), 360)
}

func randomItem(t testing.TB, random *rand.Rand) item.Item {
	t.Helper()
	lat, lng := near(random)
	d := item.Draft{Name: phrase(random, 3), Details: phrase(random, 16), Lat: &lat, Lng: &lng}
	if random.IntN(4) > 0 {
		d.Category = fmt.Sprintf("category-%d", random.IntN(30))
	}
	for range random.IntN(4) {
		d.Tags = append(d.Tags, fmt.Sprintf("tag-%d", random.IntN(30)))
	}
	if random.IntN(4) > 0 {
		d.PricePerDay = ptr(float64(random.IntN(40)) / 2)
	}
	at := seeded.Add(time.Duration(random.IntN(500)) * time.Minute)
	owner := []domain.UserID{renter, rentee, admin}[random.IntN(3)]
	var unique [10]byte
	for i := range unique {
		unique[i] = byte(random.Uint32())
	}
	itm, err := item.New(item.NewID(at, unique), domain.Caller{ID: owner}, item.Owner{}, d, domain.Stamp{Time: at, RequestID: hex.EncodeToString(unique[:])})
	if err != nil {
		t.Fatal(err)
	}
	return itm
}

func randomParams(random *rand.Rand) item.Params {
	p := item.Params{Limit: ptr(1 + random.IntN(item.MaxLimit))}
	maybe := func(odds int) bool { return random.IntN(odds) == 0 }
	if !maybe(3) {
		p.Text = ptr(phrase(random, 3))
	}
	if maybe(2) {
		lat, lng := near(random)
		p.Lat, p.Lng, p.RadiusKm = &lat, &lng, ptr(1+499*random.Float64())
	}
	if maybe(6) {
		p.Category = ptr(fmt.Sprintf("category-%d", random.IntN(30)))
	}
	if maybe(6) {
		p.Tags = []string{fmt.Sprintf("tag-%d", random.IntN(30))}
	}
	if maybe(4) {
		p.MinPrice = ptr(float64(random.IntN(20)) / 2)
		p.MaxPrice = ptr(*p.MinPrice + float64(random.IntN(20))/2)
	}
	if maybe(6) {
		p.OwnerID = ptr(string(renter))
	}
	var sorts []item.Sort
	for _, s := range item.Sorts() {
		if (s != item.ByDistance || p.Lat != nil) && (s != item.ByRelevance || p.Text != nil) {
			sorts = append(sorts, s)
		}
	}
	p.Sort = ptr(string(sorts[random.IntN(len(sorts))]))
	return p
}

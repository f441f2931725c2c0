package item_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"rental.example/domain/item"
)

func TestNewQuery(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		params item.Params
		sort   item.Sort
		want   string
	}{
		"nothing":            {item.Params{}, item.ByNewest, ""},
		"words":              {item.Params{Text: ptr("power drill")}, item.ByRelevance, ""},
		"place":              {item.Params{Lat: ptr(1.0), Lng: ptr(2.0)}, item.ByDistance, ""},
		"both":               {item.Params{Text: ptr("x"), Lat: ptr(1.0), Lng: ptr(2.0)}, item.ByDistance, ""},
		"both, by relevance": {item.Params{Text: ptr("x"), Lat: ptr(1.0), Lng: ptr(2.0), Sort: ptr("relevance")}, item.ByRelevance, ""},
		"by price":           {item.Params{Sort: ptr("-price")}, item.ByPriceDesc, ""},
		"sixteen words":      {item.Params{Text: ptr(strings.Repeat("w ", 16))}, item.ByRelevance, ""},
		"seventeen words":    {item.Params{Text: ptr(strings.Repeat("w ", 17))}, "", "q too_long"},
		"no word":            {item.Params{Text: ptr("!?")}, "", "q invalid"},
		"empty":              {item.Params{Text: ptr("")}, "", "q invalid"},
		"longest word":       {item.Params{Text: ptr(strings.Repeat("ä", 64))}, item.ByRelevance, ""},
		"word too long":      {item.Params{Text: ptr(strings.Repeat("ä", 65))}, "", "q too_long"},
		"text too long":      {item.Params{Text: ptr(strings.Repeat("ä ", 101))}, "", "q too_long"},
		"marks alone":        {item.Params{Text: ptr("\u0301 \u0302")}, "", "q invalid"},
		"an emoji in colour": {item.Params{Text: ptr("\u2764\ufe0f")}, "", "q invalid"},
		"words over lines":   {item.Params{Text: ptr("drill\n\tsaw")}, item.ByRelevance, ""},
		"not UTF-8":          {item.Params{Text: ptr("drill\xff")}, "", "q invalid"},
		"price refused":      {item.Params{MinPrice: ptr(5.0), MaxPrice: ptr(10.001)}, "", "maxPrice invalid"},
		"half a place":       {item.Params{Lat: ptr(1.0)}, "", "lng required"},
		"other half":         {item.Params{Lng: ptr(1.0)}, "", "lat required"},
		"radius alone":       {item.Params{RadiusKm: ptr(1.0)}, "", "radiusKm invalid"},
		"zero radius":        {item.Params{Lat: ptr(1.0), Lng: ptr(2.0), RadiusKm: ptr(0.0)}, "", "radiusKm out_of_range"},
		"largest radius":     {item.Params{Lat: ptr(1.0), Lng: ptr(2.0), RadiusKm: ptr(500.0)}, item.ByDistance, ""},
		"radius too large":   {item.Params{Lat: ptr(1.0), Lng: ptr(2.0), RadiusKm: ptr(500.1)}, "", "radiusKm out_of_range"},
		"prices crossed":     {item.Params{MinPrice: ptr(2.0), MaxPrice: ptr(1.0)}, "", "minPrice out_of_range"},
		"NaN price":          {item.Params{MinPrice: ptr(math.NaN())}, "", "minPrice out_of_range"},
		"slugs":              {item.Params{Category: ptr("A"), Tags: []string{"b", ""}}, "", "category invalid, tag invalid"},
		"ten tags":           {item.Params{Tags: tags(10)}, item.ByNewest, ""},
		"too many tags":      {item.Params{Tags: append(tags(10), "")}, "", "tag too_long"},
		"thousands of tags":  {item.Params{Tags: append(make([]string, 5000), "")}, "", "tag too_long"},
		"owner":              {item.Params{OwnerID: ptr(string(jane))}, item.ByNewest, ""},
		"invalid owner":      {item.Params{OwnerID: ptr("../_all")}, "", "ownerId invalid"},
		"unknown order":      {item.Params{Sort: ptr("name")}, "", "sort invalid"},
		"distance, no place": {item.Params{Sort: ptr("distance")}, "", "sort invalid"},
		"least limit":        {item.Params{Limit: ptr(1)}, item.ByNewest, ""},
		"largest limit":      {item.Params{Limit: ptr(50)}, item.ByNewest, ""},
		"no items":           {item.Params{Limit: ptr(0)}, "", "limit out_of_range"},
		"limit too large":    {item.Params{Limit: ptr(51)}, "", "limit out_of_range"},
		"negative limit":     {item.Params{Limit: ptr(-1), Sort: ptr("name")}, "", "limit out_of_range, sort invalid"},
		"relevance, no text": {item.Params{Sort: ptr("relevance")}, "", "sort invalid"},
	} {
		q, err := item.NewQuery(tt.params)
		if got := problems(t, err); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if err == nil && q.Sort != tt.sort {
			t.Errorf("%s: sort %s, want %s", name, q.Sort, tt.sort)
		}
	}
}

func tags(n int) (all []string) {
	for i := range n {
		all = append(all, "tag-"+strconv.Itoa(i))
	}
	return all
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	q, err := item.NewQuery(item.Params{Lat: ptr(1.0), Lng: ptr(2.0), Tags: []string{"b", "a", "b"}})
	if err != nil || q.Limit != item.DefaultLimit || q.Near.RadiusKm != item.DefaultRadiusKm || strings.Join(q.Tags, " ") != "a b" {
		t.Errorf("%+v, %v", q, err)
	}
}

// TestDistance compares with known distances.
func TestDistance(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		from, to item.Place
		want     float64 // km
	}{
		"nothing":                 {item.Place{Lat: 52.52, Lng: 13.4}, item.Place{Lat: 52.52, Lng: 13.4}, 0},
		"a degree of latitude":    {item.Place{}, item.Place{Lat: 1}, 111.195},
		"half the equator":        {item.Place{}, item.Place{Lng: 180}, math.Pi * item.EarthRadiusKm},
		"across the antimeridian": {item.Place{Lng: 179.5}, item.Place{Lng: -179.5}, 111.195},
		"across the pole":         {item.Place{Lat: 89.5}, item.Place{Lat: 89.5, Lng: 180}, 111.195},
		"Berlin to Hamburg":       {item.Place{Lat: 52.52, Lng: 13.405}, item.Place{Lat: 53.5511, Lng: 9.9937}, 255.3},
	} {
		got, back := tt.from.DistanceKm(tt.to), tt.to.DistanceKm(tt.from)
		if math.Abs(got-tt.want) > 0.06 || math.Abs(got-back) > 1e-5 {
			t.Errorf("%s: %v, reverse %v, want %v", name, got, back, tt.want)
		}
	}
}

// TestShownDistance: users see distances to the metre.
func TestShownDistance(t *testing.T) {
	t.Parallel()
	n := item.Near{Place: item.Place{Lat: 52.52, Lng: 13.405}}
	for want, to := range map[float64]item.Place{0: n.Place, 0.111: {Lat: 52.521, Lng: 13.405}, 255.251: {Lat: 53.5511, Lng: 9.9937}} {
		if got := n.DistanceKm(to); got != want {
			t.Errorf("to %v: %v km, want %v", to, got, want)
		}
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for amount, want := range map[float64]item.Money{0: 0, 0.01: 1, 0.1: 10, 12.5: 1250, 19.99: 1999, 1e6: item.MaxPrice, math.Copysign(0, -1): 0} {
		if got, ok := item.ParseMoney(amount); !ok || got != want || got.Amount() != amount+0 {
			t.Errorf("%v: %d, %t, want %d", amount, got, ok, want)
		}
	}
	for _, amount := range []float64{-0.01, 0.001, 0.30000000000000004, 1e6 + 0.01, math.NaN(), math.Inf(1), 5e-324} {
		if got, ok := item.ParseMoney(amount); ok {
			t.Errorf("ParseMoney(%v) = %d", amount, got)
		}
	}
}

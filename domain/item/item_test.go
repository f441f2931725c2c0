package item_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"rental.example/domain"
	"rental.example/domain/item"
)

var noon = time.Date(2100, 1, 1, 12, 0, 0, 0, time.UTC)

const (
	jane = domain.UserID("11111111-1111-4111-8111-111111111111")
	drID = item.ID("01ARZ3NDEKTSV4RRFFQ69G5FAV")
)

func ptr[T any](v T) *T { return &v }

func draft() item.Draft {
	return item.Draft{Name: "Drill", Details: "With hammer action", Category: "power-tools", Tags: []string{"diy", "loud"},
		PricePerDay: ptr(12.5), Lat: ptr(52.52), Lng: ptr(13.4)}
}

func at(d time.Duration) domain.Stamp { return domain.Stamp{Time: noon.Add(d), RequestID: "request-1"} }

// problems returns the fields of a *domain.ValidationError with their codes.
func problems(t *testing.T, err error) string {
	t.Helper()
	var invalid *domain.ValidationError
	if err != nil && !errors.As(err, &invalid) {
		t.Fatalf("error %v is no *domain.ValidationError", err)
	}
	var all []string
	if invalid != nil {
		for _, p := range invalid.Problems {
			all = append(all, p.Field+" "+p.Code)
		}
	}
	return strings.Join(all, ", ")
}

func TestNew(t *testing.T) {
	t.Parallel()
	owner := item.Owner{ID: jane, Version: 7}
	itm, err := item.New(drID, domain.Caller{ID: jane}, owner, draft(), at(0))
	if err != nil {
		t.Fatal(err)
	}
	if itm.ID != drID || itm.OwnerID != jane || itm.OwnerVersion != 7 || *itm.PricePerDay != 1250 || itm.Version != domain.VersionAt(noon) ||
		!itm.CreatedAt.Equal(noon) || !itm.UpdatedAt.Equal(noon) || itm.RequestID != "request-1" || itm.DraftDigest != draft().Digest() {
		t.Errorf("item: %+v", itm)
	}
	least, err := item.New(drID, domain.Caller{ID: jane}, item.Owner{ID: jane}, item.Draft{Name: "x", Lat: ptr(0.0), Lng: ptr(0.0)}, at(0))
	if err != nil || least.PricePerDay != nil || least.Tags != nil || least.OwnerVersion != 0 {
		t.Errorf("least: %+v, %v", least, err)
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	slug := strings.Repeat("a", item.MaxSlugLength)
	for name, tt := range map[string]struct {
		change func(*item.Draft)
		want   string
	}{
		"everything wrong": {func(d *item.Draft) {
			*d = item.Draft{Details: "\x00", Category: "Power Tools", Tags: []string{"", "x y"}, PricePerDay: ptr(-1.0)}
		}, "name required, details invalid, category invalid, tags[0] invalid, tags[1] invalid, pricePerDay out_of_range, lat required, lng required"},
		"longest":           {func(d *item.Draft) { d.Name, d.Details = strings.Repeat("ä", 120), strings.Repeat("ä", 4000) }, ""},
		"too long":          {func(d *item.Draft) { d.Name, d.Details = strings.Repeat("ä", 121), strings.Repeat("ä", 4001) }, "name too_long, details too_long"},
		"longest slug":      {func(d *item.Draft) { d.Category, d.Tags = slug, []string{slug} }, ""},
		"slug too long":     {func(d *item.Draft) { d.Category = slug + "a" }, "category too_long"},
		"hyphen at an end":  {func(d *item.Draft) { d.Category = "a-" }, "category invalid"},
		"two hyphens":       {func(d *item.Draft) { d.Category = "a--b" }, "category invalid"},
		"ten tags":          {func(d *item.Draft) { d.Tags = strings.Split("a b c d e f g h i j", " ") }, ""},
		"eleven tags":       {func(d *item.Draft) { d.Tags = strings.Split("a b c d e f g h i j k", " ") }, "tags too_long"},
		"free":              {func(d *item.Draft) { d.PricePerDay = ptr(0.0) }, ""},
		"dearest":           {func(d *item.Draft) { d.PricePerDay = ptr(1e6) }, ""},
		"too dear":          {func(d *item.Draft) { d.PricePerDay = ptr(1000000.01) }, "pricePerDay out_of_range"},
		"part of a cent":    {func(d *item.Draft) { d.PricePerDay = ptr(0.001) }, "pricePerDay invalid"},
		"NaN price":         {func(d *item.Draft) { d.PricePerDay = ptr(math.NaN()) }, "pricePerDay out_of_range"},
		"corner of the map": {func(d *item.Draft) { d.Lat, d.Lng = ptr(-90.0), ptr(180.0) }, ""},
		"off the map":       {func(d *item.Draft) { d.Lat, d.Lng = ptr(90.1), ptr(-180.1) }, "lat out_of_range, lng out_of_range"},
		"nowhere":           {func(d *item.Draft) { d.Lat, d.Lng = ptr(math.NaN()), ptr(math.Inf(1)) }, "lat out_of_range, lng out_of_range"},
	} {
		d := draft()
		tt.change(&d)
		_, err := item.New(drID, domain.Caller{ID: jane}, item.Owner{ID: jane}, d, at(0))
		if got := problems(t, err); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestTagsOnce(t *testing.T) {
	t.Parallel()
	d := draft()
	d.Tags = []string{"b", "a", "b"}
	itm, err := item.New(drID, domain.Caller{ID: jane}, item.Owner{ID: jane}, d, at(0))
	if err != nil || strings.Join(itm.Tags, " ") != "b a" {
		t.Errorf("tags %v, %v", itm.Tags, err)
	}
}

func TestChange(t *testing.T) {
	t.Parallel()
	itm, err := item.New(drID, domain.Caller{ID: jane}, item.Owner{ID: jane}, draft(), at(0))
	if err != nil {
		t.Fatal(err)
	}
	var none *float64
	for name, tt := range map[string]struct {
		patch item.Patch
		check func(item.Item) bool
		want  string
	}{
		"name":          {item.Patch{Name: domain.Some("Saw")}, func(n item.Item) bool { return n.Name == "Saw" && n.Details == itm.Details }, ""},
		"clear details": {item.Patch{Details: domain.Some("")}, func(n item.Item) bool { return n.Details == "" }, ""},
		"clear rest": {item.Patch{Category: domain.Some(""), Tags: domain.Some([]string(nil)), PricePerDay: domain.SomeOrNull(none)},
			func(n item.Item) bool { return n.Category == "" && n.Tags == nil && n.PricePerDay == nil }, ""},
		"half a place": {item.Patch{Lat: domain.Some(1.0)}, func(n item.Item) bool { return n.Place == item.Place{Lat: 1, Lng: 13.4} }, ""},
		"no place":     {item.Patch{Lat: domain.SomeOrNull(none), Lng: domain.SomeOrNull(none)}, nil, "lat required, lng required"},
		"no name":      {item.Patch{Name: domain.Some("")}, nil, "name required"},
	} {
		next, err := itm.Change(tt.patch, at(time.Second))
		if got := problems(t, err); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
		if tt.check != nil && (!tt.check(next) || next.Version != domain.VersionAt(noon.Add(time.Second)) || next.DraftDigest != itm.DraftDigest || !next.CreatedAt.Equal(itm.CreatedAt)) {
			t.Errorf("%s: %+v", name, next)
		}
	}
	if same, err := itm.Change(item.Patch{Name: domain.Some("Drill"), Tags: domain.Some([]string{"diy", "loud", "diy"})}, at(time.Second)); err != nil || !same.Equal(itm) {
		t.Errorf("no change: %+v, %v", same, err)
	}
}

// TestDigest: similar drafts have different digests.
func TestDigest(t *testing.T) {
	t.Parallel()
	seen := map[item.Digest]string{draft().Digest(): "draft"}
	for name, change := range map[string]func(*item.Draft){
		"moved":       func(d *item.Draft) { d.Name, d.Details = "DrillWith", " hammer action" },
		"tags joined": func(d *item.Draft) { d.Tags = []string{"diyloud"} },
		"zero price":  func(d *item.Draft) { d.PricePerDay = ptr(0.0) },
		"swapped":     func(d *item.Draft) { d.Lat, d.Lng = d.Lng, d.Lat },
	} {
		d := draft()
		change(&d)
		if other, twice := seen[d.Digest()]; twice {
			t.Errorf("%s and %s have the same digest", name, other)
		}
		seen[d.Digest()] = name
	}
}

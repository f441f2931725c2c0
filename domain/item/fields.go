package item

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"rental.example/domain"
)

// Limits of an item's fields.
const (
	MaxNameLength    = 120  // characters
	MaxDetailsLength = 4000 // characters
	MaxSlugLength    = 40   // characters
	MaxTags          = 10
)

// patched is it with the fields of patch, whose problems are noted.
func (it Item) patched(problems *domain.Problems, patch Patch) Item {
	if patch.Name != nil {
		it.Name = *patch.Name
		problems.CheckRequiredText("name", it.Name, MaxNameLength)
	}
	if patch.Details != nil {
		it.Details = *patch.Details
		problems.CheckText("details", it.Details, MaxDetailsLength)
	}
	if patch.Category != nil {
		it.Category = *patch.Category
		checkSlug(problems, "category", it.Category, true)
	}
	if patch.Tags != nil {
		it.Tags = checkTags(problems, *patch.Tags)
	}
	if patch.PricePerDay != nil {
		it.PricePerDay = checkPrice(problems, "pricePerDay", *patch.PricePerDay)
	}
	if patch.Lat != nil {
		it.Place.Lat = requireDegrees(problems, "lat", *patch.Lat, 90)
	}
	if patch.Lng != nil {
		it.Place.Lng = requireDegrees(problems, "lng", *patch.Lng, 180)
	}
	return it
}

// IsSlug reports whether s is a name for machines and people: lower-case letters and digits of ASCII in
// parts that are joined by single hyphens.
func IsSlug(s string) bool {
	if s == "" || len(s) > MaxSlugLength {
		return false
	}
	for part := range strings.SplitSeq(s, "-") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }) {
			return false
		}
	}
	return true
}

func checkSlug(problems *domain.Problems, field, s string, mayBeEmpty bool) {
	switch {
	case s == "" && mayBeEmpty, IsSlug(s):
	case len(s) > MaxSlugLength:
		problems.Add(field, domain.CodeTooLong, "must have at most 40 characters")
	default:
		problems.Add(field, domain.CodeInvalid, "must be lower-case letters and digits, in parts joined by hyphens")
	}
}

// checkTags returns tags without repetitions, in their order.
func checkTags(problems *domain.Problems, tags []string) []string {
	var once []string
	for i, tag := range tags {
		checkSlug(problems, "tags["+strconv.Itoa(i)+"]", tag, false)
		if !slices.Contains(once, tag) {
			once = append(once, tag)
		}
		if i >= MaxTags {
			problems.Add("tags", domain.CodeTooLong, "must be at most 10")
			break
		}
	}
	return once
}

func requireDegrees(problems *domain.Problems, field string, degrees *float64, limit float64) float64 {
	if degrees == nil {
		problems.Add(field, domain.CodeRequired, "must be given")
		return 0
	}
	return checkDegrees(problems, field, *degrees, limit)
}

// checkDegrees also turns minus zero into zero, which is the same place.
func checkDegrees(problems *domain.Problems, field string, degrees, limit float64) float64 {
	if !(degrees >= -limit && degrees <= limit) { // NaN is not in any range
		text := strconv.FormatFloat(limit, 'f', -1, 64)
		problems.Add(field, domain.CodeOutOfRange, "must be degrees from -"+text+" to "+text)
	}
	return degrees + 0
}

func bits(f float64) uint64 { return math.Float64bits(f + 0) }

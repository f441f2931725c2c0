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

// withPatch returns i with the fields of patch, and adds their problems.
func (i Item) withPatch(problems *domain.Problems, patch Patch) Item {
	if patch.Name.Set {
		i.Name = patch.Name.Value
		problems.CheckRequiredText("name", i.Name, MaxNameLength)
	}
	if patch.Details.Set {
		i.Details = patch.Details.Value
		problems.CheckText("details", i.Details, MaxDetailsLength)
	}
	if patch.Category.Set {
		i.Category = patch.Category.Value
		checkSlug(problems, "category", i.Category, true)
	}
	if patch.Tags.Set {
		i.Tags = checkTags(problems, patch.Tags.Value)
	}
	if patch.PricePerDay.Set {
		i.PricePerDay = checkPrice(problems, "pricePerDay", patch.PricePerDay.Pointer())
	}
	if patch.Lat.Set {
		i.Place.Lat = requireDegrees(problems, "lat", patch.Lat.Pointer(), 90)
	}
	if patch.Lng.Set {
		i.Place.Lng = requireDegrees(problems, "lng", patch.Lng.Pointer(), 180)
	}
	return i
}

// IsSlug reports whether s is a slug: lower-case ASCII letters and digits in parts joined by single hyphens.
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

// checkTags returns tags in their order, without duplicates.
func checkTags(problems *domain.Problems, tags []string) []string {
	var unique []string
	for i, tag := range tags {
		checkSlug(problems, "tags["+strconv.Itoa(i)+"]", tag, false)
		if !slices.Contains(unique, tag) {
			unique = append(unique, tag)
		}
		if i >= MaxTags {
			problems.Add("tags", domain.CodeTooLong, "must be at most 10")
			break
		}
	}
	return unique
}

func requireDegrees(problems *domain.Problems, field string, degrees *float64, limit float64) float64 {
	if degrees == nil {
		problems.Add(field, domain.CodeRequired, "must be given")
		return 0
	}
	return checkDegrees(problems, field, *degrees, limit)
}

// checkDegrees returns degrees, or zero for minus zero.
func checkDegrees(problems *domain.Problems, field string, degrees, limit float64) float64 {
	if !(degrees >= -limit && degrees <= limit) { // also true for NaN
		text := strconv.FormatFloat(limit, 'f', -1, 64)
		problems.Add(field, domain.CodeOutOfRange, "must be degrees from -"+text+" to "+text)
	}
	return degrees + 0
}

func bits(f float64) uint64 { return math.Float64bits(f + 0) }

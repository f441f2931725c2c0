package functions_test

import (
	"fmt"
	"strings"
	"testing"

	"rental.example/adapters/apigateway"
	"rental.example/domain"
	"rental.example/domain/item"
)

// TestContractConstants: what the contract says that no single request shows.
func TestContractConstants(t *testing.T) {
	t.Parallel()
	d := contract(t)
	page := objectIn(d.at("#/components/parameters/Limit")["schema"])
	facets := d.at("#/components/schemas/Facets/properties")
	for what, tt := range map[string]struct{ got, want any }{
		"items of a page without limit": {page["default"], item.DefaultLimit},
		"items of a page":               {d.at("#/components/schemas/Found/properties/items")["maxItems"], item.MaxLimit},
		"users of a page":               {d.at("#/components/schemas/UserPage/properties/users")["maxItems"], page["maximum"]},
		"categories":                    {objectIn(facets["category"])["maxItems"], item.MaxFacets},
		"tags":                          {objectIn(facets["tags"])["maxItems"], item.MaxFacets},
		"radius":                        {objectIn(d.at("#/components/parameters/RadiusKm")["schema"])["default"], item.DefaultRadiusKm},
	} {
		if fmt.Sprint(tt.got) != fmt.Sprint(tt.want) {
			t.Errorf("%s: %v in openapi.yaml, %v in the code", what, tt.got, tt.want)
		}
	}
	size := fmt.Sprintf(" %d bytes", apigateway.MaxBodySize)
	for _, said := range []any{d.at("#/info")["description"], d.at("#/components/responses/PayloadTooLarge")["description"]} {
		if !strings.Contains(textIn(said), size) {
			t.Errorf("%q does not say%s", said, size)
		}
	}
}

// TestContractIDs: every character of ids is in the patterns, and none else.
func TestContractIDs(t *testing.T) {
	t.Parallel()
	d := contract(t)
	for name, tt := range map[string]struct {
		like  string
		parse func(string) error
	}{
		"ItemID": {"01KDVJ2K000000000000000001", func(s string) error { _, err := item.ParseID(s); return err }},
		"UserID": {"11111111-1111-4111-8111-111111111111", func(s string) error { _, err := domain.ParseUserID(s); return err }},
	} {
		for i := range tt.like {
			for c := byte(' '); c <= '~'; c++ {
				id := tt.like[:i] + string(c) + tt.like[i+1:]
				if got, want := len(d.check(d.at("#/components/schemas/"+name), id)) == 0, tt.parse(id) == nil; got != want {
					t.Fatalf("%s %q: good by the contract: %t, by the code: %t", name, id, got, want)
				}
			}
		}
	}
}

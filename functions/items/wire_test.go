package items

import (
	"testing"
	"time"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/domain"
	"rental.example/domain/item"
)

// everyField is a body with all fields.
const everyField = `{"name":"Drill","details":"18 V","category":"tools","tags":["diy"],"pricePerDay":9.5,"lat":52.5,"lng":13.4}`

// TestFieldsAreCopied fails if a new field is not copied between body, domain and view.
func TestFieldsAreCopied(t *testing.T) {
	t.Parallel()
	body, patch := apigatewaytest.DecodeBody[itemBody](t, everyField), apigatewaytest.DecodeBody[patchBody](t, everyField)
	stamp := domain.Stamp{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), RequestID: "request-1"}
	owner := item.Owner{ID: domain.UserIDOf("sub"), Version: 1, Name: "Jane", Ratings: 1}
	created, err := item.New("01KDVJ2K000000000000000001", domain.Caller{ID: owner.ID}, owner, item.Draft(body), stamp)
	if err != nil {
		t.Fatalf("everyField, in this file, is rejected: %v", err)
	}
	view := newItemView(&item.WithOwner{Item: created, Owner: owner})
	view.DistanceKm = new(float64) // of a search alone
	for source, v := range map[string]any{
		"everyField, in this file, of a POST": body, "everyField, in this file, of a PATCH": patch,
		"item.New": created, "newItemView, in wire.go": view,
	} {
		for _, field := range apigatewaytest.ZeroFields(v) {
			t.Errorf("%s leaves %s of %T empty", source, field, v)
		}
	}
	before := item.Item{ID: created.ID, OwnerID: created.OwnerID, OwnerVersion: created.OwnerVersion, DraftDigest: created.DraftDigest, CreatedAt: created.CreatedAt}
	changed, err := before.Change(item.Patch(patch), stamp)
	if err != nil || !changed.Equal(created) {
		t.Errorf("a patch of every field makes %+v, %v; a draft %+v", changed, err, created)
	}
}

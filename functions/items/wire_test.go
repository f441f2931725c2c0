package items

import (
	"testing"
	"time"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/domain"
	"rental.example/domain/item"
)

// everyField is a body of all that a client may send.
const everyField = `{"name":"Drill","details":"18 V","category":"tools","tags":["diy"],"pricePerDay":9.5,"lat":52.5,"lng":13.4}`

// TestEveryFieldIsPassedOn: a field that is new is passed on from the body to the domain, by the domain, and to the view.
func TestEveryFieldIsPassedOn(t *testing.T) {
	t.Parallel()
	body, patch := apigatewaytest.DecodeBody[itemBody](t, everyField), apigatewaytest.DecodeBody[patchBody](t, everyField)
	stamp := domain.Stamp{Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), RequestID: "request-1"}
	owner := item.Owner{ID: domain.UserIDOf("sub"), Version: 1, Name: "Jane", Ratings: 1}
	made, err := item.New("01KDVJ2K000000000000000001", domain.Caller{ID: owner.ID}, owner, body.draft(), stamp)
	if err != nil {
		t.Fatalf("everyField, in this file, is refused: %v", err)
	}
	view := newItemView(&item.WithOwner{Item: made, Owner: owner})
	view.DistanceKm = new(float64) // of a search alone
	for source, v := range map[string]any{
		"everyField, in this file, of a POST": body, "everyField, in this file, of a PATCH": patch,
		"draft(), in wire.go": body.draft(), "patch(), in wire.go": patch.patch(), "item.New": made, "newItemView, in wire.go": view,
	} {
		for _, field := range apigatewaytest.ZeroFields(v) {
			t.Errorf("%s leaves %s of %T empty", source, field, v)
		}
	}
	before := item.Item{ID: made.ID, OwnerID: made.OwnerID, OwnerVersion: made.OwnerVersion, DraftDigest: made.DraftDigest, CreatedAt: made.CreatedAt}
	changed, err := before.Change(patch.patch(), stamp)
	if err != nil || !changed.Equal(made) {
		t.Errorf("a patch of every field makes %+v, %v; a draft %+v", changed, err, made)
	}
}

package e2e_test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// item is an item as people see it.
type item struct {
	ID    string
	Owner struct {
		ID, Name string
		Ratings  *float64
	}
	Name, Details, Category string
	Tags                    []string
	PricePerDay             *float64
	Lat, Lng                float64
	CreatedAt, UpdatedAt    time.Time
	DistanceKm              *float64
}

// withoutItems: where the items service is not deployed, its routes are none.
func (s *suite) withoutItems(t *testing.T) {
	for _, request := range []string{"GET /items", "GET /items/" + noItem, "POST /items"} {
		s.anonymous.call(t, request, nil).refused(t, 404, "route_not_found")
		s.renter.call(t, request, nil).refused(t, 404, "route_not_found")
	}
}

// items is what the rentee does with items, and what others may not.
func (s *suite) items(t *testing.T) {
	s.opens(t, s.rentee, "Rentee "+s.tag)
	for name, area := range map[string]func(*testing.T){"life": s.itemLife, "wrong": s.wrongItems, "search": s.search} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			area(t)
		})
	}
}

// opens lists an item and waits until its owner has that name: from then on tags change with items alone. An earlier
// run may have left the owner deleted.
func (s *suite) opens(t *testing.T, owner client, name string) item {
	t.Helper()
	created := owner.until(t, "the owner may list items", status(201), "POST /items", s.draft("Doormat"))
	id := read[item](t, created).ID
	a := s.anonymous.until(t, "the item's owner is "+name, ownedBy(t, name), "GET /items/"+id, nil)
	return read[item](t, a)
}

// ownedBy is for until.
func ownedBy(t *testing.T, name string) func(*response) bool {
	t.Helper()
	return func(a *response) bool { return read[item](t, a.want(t, 200)).Owner.Name == name }
}

// draft is an item of this run.
func (s *suite) draft(name string, more ...string) object {
	return object{"name": name, "tags": append([]string{s.tag}, more...), "lat": 52.5, "lng": 13.4}
}

func (s *suite) itemLife(t *testing.T) {
	listed := s.lists(t)
	path := "/items/" + listed.ID
	a := s.anonymous.call(t, "GET "+path, nil).want(t, 200)
	old := a.tag(t)
	s.anonymous.call(t, "GET "+path, nil, "If-None-Match", old).want(t, 304).empty(t)
	s.anonymous.call(t, "GET "+path, nil, "If-None-Match", `"1.1"`).want(t, 200)
	changed := s.rentee.call(t, "PATCH "+path, object{"name": "Impact drill", "details": nil, "pricePerDay": 7.25}, "If-Match", old).want(t, 200)
	got := read[item](t, changed)
	if got.Name != "Impact drill" || got.Details != "" || *got.PricePerDay != 7.25 || got.Category != listed.Category ||
		!got.CreatedAt.Equal(listed.CreatedAt) || !got.UpdatedAt.After(listed.UpdatedAt) || changed.tag(t) == old {
		t.Fatalf("changed from %+v to %+v\n%s", listed, got, changed)
	}
	s.rentee.call(t, "PATCH "+path, object{"name": "Late"}, "If-Match", old).refused(t, 412, "precondition_failed")
	s.rentee.call(t, "DELETE "+path, nil, "If-Match", old).refused(t, 412, "precondition_failed")
	s.renter.call(t, "PATCH "+path, object{"name": "Mine"}).refused(t, 403, "forbidden")
	s.renter.call(t, "DELETE "+path, nil).refused(t, 403, "forbidden")
	s.admin.call(t, "PATCH "+path, object{"name": "Mine"}).refused(t, 403, "forbidden")
	if now := s.anonymous.call(t, "GET "+path, nil).want(t, 200); now.tag(t) != changed.tag(t) {
		t.Errorf("it has changed since\n%s", now)
	}
	s.admin.call(t, "DELETE "+path, nil).want(t, 204).empty(t)
	s.gone(t, path)
	own := "/items/" + read[item](t, s.rentee.call(t, "POST /items", s.draft("Doorstop")).want(t, 201)).ID
	s.rentee.call(t, "DELETE "+own, nil).want(t, 204).empty(t)
	s.gone(t, own)
}

// gone: every operation on a deleted item is 404.
func (s *suite) gone(t *testing.T, path string) {
	t.Helper()
	s.anonymous.call(t, "GET "+path, nil).refused(t, 404, "not_found")
	s.rentee.call(t, "PATCH "+path, object{"name": "Late"}).refused(t, 404, "not_found")
	s.rentee.call(t, "DELETE "+path, nil).refused(t, 404, "not_found")
	s.admin.call(t, "DELETE "+path, nil).refused(t, 404, "not_found")
}

// lists an item under a key, and again.
func (s *suite) lists(t *testing.T) item {
	t.Helper()
	draft := s.draft("Hammer drill", "loud", "loud")
	draft["details"], draft["category"], draft["pricePerDay"] = "SDS-plus, für Beton", "power-tools", 14.5
	a := s.rentee.call(t, "POST /items", draft, "Idempotency-Key", s.tag).want(t, 201)
	got := read[item](t, a)
	if got.Owner.ID != s.rentee.id || got.Owner.Name != "Rentee "+s.tag || *got.Owner.Ratings != 25.5 || got.Name != "Hammer drill" ||
		got.Details != "SDS-plus, für Beton" || got.Category != "power-tools" || !slices.Equal(got.Tags, []string{s.tag, "loud"}) ||
		*got.PricePerDay != 14.5 || got.Lat != 52.5 || got.Lng != 13.4 || got.CreatedAt.IsZero() {
		t.Fatalf("got %+v\n%s", got, a)
	}
	again := s.rentee.call(t, "POST /items", draft, "Idempotency-Key", s.tag).want(t, 200)
	if again.tag(t) != a.tag(t) || read[item](t, again).ID != got.ID {
		t.Fatalf("another item than %s\n%s", got.ID, again)
	}
	for _, listed := range []*response{a, again} {
		if found := read[item](t, s.anonymous.call(t, listed.located(t, s.target), nil).want(t, 200)); found.ID != got.ID {
			t.Fatalf("Location leads to %s\n%s", found.ID, listed)
		}
	}
	draft["name"] = "Another drill"
	s.rentee.call(t, "POST /items", draft, "Idempotency-Key", s.tag).refused(t, 422, "idempotency_key_reused")
	s.rentee.call(t, "POST /items", draft, "Idempotency-Key", strings.Repeat("k", 129)).refused(t, 400, "invalid_header")
	return got
}

// wrongItems: all invalid fields are reported at once, and ids that cannot exist are not found.
func (s *suite) wrongItems(t *testing.T) {
	wrong := object{"name": "", "details": strings.Repeat("a", 4001), "category": "Power Tools", "tags": []string{"ok", "not ok"},
		"pricePerDay": 0.001, "lat": 90.5, "lng": -180.5}
	fields := []string{"name", "details", "category", "tags[1]", "pricePerDay", "lat", "lng"}
	s.rentee.call(t, "POST /items", wrong).refused(t, 422, "validation_failed", fields...)
	s.rentee.call(t, "POST /items", object{}).refused(t, 422, "validation_failed", "name", "lat", "lng")
	path := "/items/" + read[item](t, s.rentee.call(t, "POST /items", s.draft("Doorstop")).want(t, 201)).ID
	s.rentee.call(t, "PATCH "+path, wrong).refused(t, 422, "validation_failed", fields...)
	s.rentee.call(t, "PATCH "+path, object{"name": nil, "lat": nil}).refused(t, 422, "validation_failed", "name", "lat")
	for _, id := range []string{noItem, "x", "a%3Fop_type=index", "%00", strings.ToLower(path[len("/items/"):])} {
		s.anonymous.call(t, "GET /items/"+id, nil).refused(t, 404, "not_found")
	}
	s.slashedID(t, s.anonymous, "GET /items/..%2F_all")
}

package e2e_test

import "testing"

// events: what happens to the admin's profile is soon true for the admin's items.
func (s *suite) events(t *testing.T) {
	tag := newTag()
	defer s.waitForNoItems(t, tag)
	defer s.admin.deleteProfile(t)
	s.admin.saveProfile(t, "First "+tag, "renter")
	kept := s.opens(t, s.admin, "First "+tag)
	path := "/items/" + kept.ID
	before := s.anonymous.call(t, "GET "+path, nil).want(t, 200).tag(t)
	s.admin.call(t, "PATCH "+path, object{"tags": []string{tag}}).want(t, 200)

	s.admin.call(t, "PATCH /user", object{"name": "Second " + tag, "ratings": 99}).want(t, 200)
	renamed := s.anonymous.until(t, "the owner has the new name", ownedBy(t, "Second "+tag), "GET "+path, nil)
	if got := read[item](t, renamed); *got.Owner.Ratings != 99 || renamed.tag(t) == before {
		t.Errorf("ratings and tag have to be new, too; it was %s\n%s", before, renamed)
	}
	a := s.anonymous.call(t, "GET /items?tag="+tag, nil).want(t, 200)
	if got := read[found](t, a); len(got.Items) != 1 || got.Items[0].Owner.Name != "Second "+tag {
		t.Errorf("the search has to show it\n%s", a)
	}
	s.deletion(t, tag, path)
	s.secondCreation(t, tag, path)
}

// deletion: the items of a profile that is no more are nowhere, and no new ones can be listed.
func (s *suite) deletion(t *testing.T, tag, path string) {
	t.Helper()
	s.admin.call(t, "DELETE /user", nil).want(t, 204)
	s.anonymous.until(t, "the item is gone", status(404), "GET "+path, nil).refused(t, 404, "not_found")
	s.admin.call(t, "PATCH "+path, object{"name": "Late"}).refused(t, 404, "not_found")
	for _, query := range []string{"tag=" + tag, "ownerId=" + s.admin.id, "q=doormat&tag=" + tag, "lat=52.5&lng=13.4&radiusKm=1&tag=" + tag} {
		a := s.anonymous.call(t, "GET /items?"+query, nil).want(t, 200)
		if got := read[found](t, a); len(got.Items) > 0 {
			t.Errorf("the item is found\n%s", a)
		}
	}
	s.admin.call(t, "POST /items", s.draft("Doorstop", tag)).refused(t, 409, "owner_deleted")
	s.waitForNoItems(t, tag)
}

// secondCreation: a profile created after a deletion brings back no item, and items listed from then on stay.
func (s *suite) secondCreation(t *testing.T, tag, old string) {
	t.Helper()
	s.admin.saveProfile(t, "Third "+tag, "rentee").want(t, 201)
	a := s.admin.until(t, "items can be listed again", status(201), "POST /items", s.draft("Doorstop", tag))
	id := read[item](t, a).ID
	s.anonymous.until(t, "the owner has the new name", ownedBy(t, "Third "+tag), "GET /items/"+id, nil)
	s.anonymous.call(t, "GET "+old, nil).refused(t, 404, "not_found")
	a = s.anonymous.until(t, "it is found", func(a *response) bool { return len(read[found](t, a.want(t, 200)).Items) > 0 }, "GET /items?ownerId="+s.admin.id, nil)
	if got := read[found](t, a); len(got.Items) != 1 || got.Items[0].ID != id {
		t.Errorf("want %s alone\n%s", id, a)
	}
}

// waitForNoItems waits until nothing with that tag is stored any more, not even hidden.
func (s *suite) waitForNoItems(t *testing.T, tag string) {
	t.Helper()
	s.anonymous.until(t, "nothing is left", func(a *response) bool { return read[found](t, a.want(t, 200)).Total.Value == 0 }, "GET /items?tag="+tag, nil)
}

package e2e_test

import (
	"slices"
	"testing"
	"time"
)

// profile is a profile as its owner sees it.
type profile struct {
	ID, Name, Email, UserType string
	EmailVerified             bool
	Ratings                   float64
	CreatedAt, UpdatedAt      time.Time
}

// publicProfile is one as others see it: without the e-mail.
type publicProfile struct {
	ID, Name, UserType string
	Ratings            float64
	CreatedAt          time.Time
}

// profiles is the life of the renter's profile.
func (s *suite) profiles(t *testing.T) {
	s.noProfile(t)
	made := s.makesProfile(t)
	s.changesProfile(t, made)
	s.wrongProfiles(t)
	s.othersProfile(t)
	s.listing(t)
	stale := `"1"`
	s.renter.call(t, "DELETE /user", nil, "If-Match", stale).refused(t, 412, "precondition_failed")
	s.renter.call(t, "DELETE /user", nil).want(t, 204).empty(t)
	s.renter.call(t, "DELETE /user", nil).refused(t, 404, "not_found")
	s.renter.call(t, "DELETE /user", nil, "If-Match", stale).refused(t, 404, "not_found")
	s.noProfile(t)
}

func (s *suite) noProfile(t *testing.T) {
	t.Helper()
	s.renter.deleteProfile(t) // a run before may have been cut short
	s.renter.call(t, "GET /user", nil).refused(t, 404, "not_found")
	s.renter.call(t, "PATCH /user", object{"name": "a"}).refused(t, 404, "not_found")
	s.renter.call(t, "POST /user", object{"name": "a"}, "If-Match", "*").refused(t, 404, "not_found")
	s.rentee.call(t, "GET /users/"+s.renter.id, nil).refused(t, 404, "not_found")
}

func (s *suite) makesProfile(t *testing.T) profile {
	t.Helper()
	name := "Renter Žluťoučký " + s.tag
	a := s.renter.saveProfile(t, name, "renter").want(t, 201)
	got := read[profile](t, a)
	want := profile{ID: s.renter.id, Name: name, Email: s.renter.email, EmailVerified: true, UserType: "renter", Ratings: 25.5,
		CreatedAt: got.CreatedAt, UpdatedAt: got.UpdatedAt}
	if got != want || got.CreatedAt.IsZero() || !got.UpdatedAt.Equal(got.CreatedAt) {
		t.Fatalf("got %+v, want %+v\n%s", got, want, a)
	}
	if seen := read[publicProfile](t, s.renter.call(t, a.located(t, s.target), nil).want(t, 200)); seen.ID != s.renter.id {
		t.Errorf("Location leads to %+v\n%s", seen, a)
	}
	again := s.renter.saveProfile(t, name, "rentee").want(t, 200)
	replaced := read[profile](t, again)
	if again.tag(t) == a.tag(t) || !replaced.CreatedAt.Equal(got.CreatedAt) || replaced.UserType != "rentee" {
		t.Fatalf("replaced %+v by %+v\n%s", got, replaced, again)
	}
	s.renter.call(t, "POST /user", object{"name": name, "email": "a@example.com", "userType": "renter"}, "If-None-Match", "*").
		refused(t, 412, "precondition_failed")
	return replaced
}

func (s *suite) changesProfile(t *testing.T, before profile) {
	t.Helper()
	a := s.renter.call(t, "GET /user", nil).want(t, 200)
	old := a.tag(t)
	if got := read[profile](t, a); got != before {
		t.Errorf("got %+v, want %+v\n%s", got, before, a)
	}
	if a := s.renter.call(t, "GET /user", nil, "If-None-Match", old).want(t, 304).empty(t); a.tag(t) != old {
		t.Errorf("ETag %s, want %s\n%s", a.tag(t), old, a)
	}
	a = s.renter.call(t, "PATCH /user", object{"name": "Renter", "email": "somebody.else@example.com", "ratings": nil},
		"If-Match", old, "Content-Type", "application/merge-patch+json").want(t, 200)
	after := read[profile](t, a)
	want := before
	want.Name, want.Email, want.EmailVerified, want.Ratings, want.UpdatedAt = "Renter", "somebody.else@example.com", false, 0, after.UpdatedAt
	if after != want || !after.UpdatedAt.After(before.UpdatedAt) || a.tag(t) == old {
		t.Fatalf("got %+v, want %+v\n%s", after, want, a)
	}
	s.renter.call(t, "PATCH /user", object{"name": "Late"}, "If-Match", old).refused(t, 412, "precondition_failed")
	s.renter.call(t, "PATCH /user", object{"name": "Late"}, "If-Match", "new").refused(t, 400, "invalid_header")
	now := s.renter.call(t, "GET /user", nil, "If-None-Match", old).want(t, 200)
	if got := read[profile](t, now); got != after || now.tag(t) != a.tag(t) {
		t.Errorf("got %+v, want %+v\n%s", got, after, now)
	}
}

// wrongProfiles: all invalid fields are reported at once.
func (s *suite) wrongProfiles(t *testing.T) {
	t.Helper()
	wrong := object{"name": " ", "email": "nobody", "ratings": 100.5, "userType": "landlord"}
	for _, request := range []string{"POST /user", "PATCH /user"} {
		s.renter.call(t, request, wrong).refused(t, 422, "validation_failed", "name", "email", "ratings", "userType")
	}
	s.renter.call(t, "POST /user", object{}).refused(t, 422, "validation_failed", "name", "email", "userType")
	s.renter.call(t, "PATCH /user", object{"name": nil}).refused(t, 422, "validation_failed", "name")
}

func (s *suite) othersProfile(t *testing.T) {
	t.Helper()
	a := s.renter.call(t, "GET /users/"+s.rentee.id, nil).want(t, 200)
	got := read[publicProfile](t, a)
	if got.ID != s.rentee.id || got.Name != "Rentee "+s.tag || got.UserType != "rentee" || got.Ratings != 25.5 || got.CreatedAt.IsZero() {
		t.Errorf("got %+v\n%s", got, a)
	}
}

// userPage is a page of the listing.
type userPage struct {
	Users []publicProfile
	Next  string
}

// listing is for admins alone: by pages, each user once, the oldest first. Its index is eventually consistent.
func (s *suite) listing(t *testing.T) {
	t.Helper()
	s.renter.call(t, "GET /users", nil).refused(t, 403, "forbidden")
	s.admin.call(t, "GET /users?limit=51&userType=landlord&page=2", nil).refused(t, 400, "invalid_parameter", "limit", "userType", "page")
	for _, query := range []string{"limit=50", "limit=50&userType=rentee"} {
		s.eventually(t, "both are listed once by "+query, func() (bool, any) {
			ids := s.walkUsers(t, query)
			return count(ids, s.renter.id) == 1 && count(ids, s.rentee.id) == 1, ids
		})
	}
	first := read[userPage](t, s.admin.call(t, "GET /users?limit=1", nil).want(t, 200))
	second := read[userPage](t, s.admin.call(t, "GET /users?limit=1&cursor="+first.Next, nil).want(t, 200))
	if len(first.Users) != 1 || len(second.Users) != 1 || first.Users[0].ID == second.Users[0].ID {
		t.Errorf("two pages of one user: %+v, %+v", first, second)
	}
	s.admin.call(t, "GET /users?limit=1&userType=rentee&cursor="+first.Next, nil).refused(t, 400, "invalid_cursor")
	s.admin.call(t, "GET /users?cursor=x", nil).refused(t, 400, "invalid_cursor")
}

// walkUsers follows the cursors of a listing.
func (s *suite) walkUsers(t *testing.T, query string) (ids []string) {
	t.Helper()
	var all []publicProfile
	for next := ""; ; {
		a := s.admin.call(t, "GET /users?"+query+next, nil).want(t, 200)
		page := read[userPage](t, a)
		if all = append(all, page.Users...); page.Next == "" {
			break
		}
		next = "&cursor=" + page.Next
	}
	for _, u := range all {
		ids = append(ids, u.ID)
	}
	if !slices.IsSortedFunc(all, func(a, b publicProfile) int { return a.CreatedAt.Compare(b.CreatedAt) }) {
		t.Errorf("not in order of creation: %+v", all)
	}
	return ids
}

func count(all []string, one string) (n int) {
	for _, id := range all {
		if id == one {
			n++
		}
	}
	return n
}

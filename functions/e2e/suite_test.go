package e2e_test

import (
	"crypto/rand"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/samtest"
)

// TestLocal runs the suite against the local runner, which keeps everything in memory.
func TestLocal(t *testing.T) {
	t.Parallel()
	run(t, start(t, nil))
}

// TestLocalOnEngines runs it against the local runner on a real stream, a real table and a real index.
func TestLocalOnEngines(t *testing.T) {
	t.Parallel()
	table, index := samtest.Endpoint(t, "DYNAMODB_ENDPOINT", "dynamodb"), samtest.Endpoint(t, "OPENSEARCH_ENDPOINT", "opensearch")
	name := newTag()
	to := start(t, []string{"USERS_TABLE=users-" + name, "OPEN_SEARCH_INDEX=items-" + name}, "-dynamodb", table, "-opensearch", index)
	to.deadline = 20 * time.Second // the stream is polled, and these engines have other work
	run(t, to)
}

// TestDeployed runs it against what the environment names.
func TestDeployed(t *testing.T) {
	t.Parallel()
	if os.Getenv("E2E_API_URL") == "" {
		t.Skip("E2E_API_URL is not set; make e2e STACK=... sets it")
	}
	run(t, deployed(t))
}

// suite is one run against one target. Each of its areas has a user whose profile is its own: the renter's is that
// of profiles, the rentee's that of items, the admin's that of events.
type suite struct {
	*target
	tag                              string // of whatever the run lists, and of nothing else
	anonymous, renter, rentee, admin client
}

func run(t *testing.T, to *target) {
	s := &suite{target: to, tag: newTag(), anonymous: client{target: to, who: "an anonymous client"}}
	s.renter, s.rentee, s.admin = to.as(t, "the renter", to.renter), to.as(t, "the rentee", to.rentee), to.as(t, "the admin", to.admin)
	defer s.cleanUp(t) // no Cleanup: a failure in one is not reported
	if !to.noItems {
		s.createIndices(t)
	}
	s.rentee.saveProfile(t, "Rentee "+s.tag, "rentee")
	areas := map[string]func(*testing.T){"sign-in": s.signingIn, "tokens": s.tokens, "routes": s.routes, "bodies": s.bodies, "semantics": s.semantics, "profiles": s.profiles}
	if to.noItems {
		areas["no items"] = s.withoutItems
	} else {
		areas["items"], areas["events"] = s.items, s.events
	}
	t.Run("areas", func(t *testing.T) { // over when all of them are
		for name, area := range areas {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				area(t)
			})
		}
	})
}

// createIndices has an empty engine create its indices before there are events: an event that comes while they are
// created fails, and is redelivered only after the queue's visibility timeout.
func (s *suite) createIndices(t *testing.T) {
	t.Helper()
	s.anonymous.until(t, "items can be searched", status(http.StatusOK), "GET /items?tag="+s.tag, nil)
	responses := func(a *response) bool { return a.status == http.StatusCreated || a.status == http.StatusConflict }
	s.rentee.until(t, "owners can be looked up", responses, "POST /items", s.draft("Doorbell"))
}

// cleanUp removes what the run has made. The rentee's items have to follow the profile.
func (s *suite) cleanUp(t *testing.T) {
	t.Helper()
	s.renter.deleteProfile(t)
	s.rentee.deleteProfile(t)
	s.admin.deleteProfile(t)
	if !s.noItems {
		s.waitForNoItems(t, s.tag)
	}
}

// newTag is a new word for names, tags and engines.
func newTag() string { return "e2e" + strings.ToLower(rand.Text()[:12]) }

// saveProfile creates or replaces the client's profile.
func (c client) saveProfile(t *testing.T, name, userType string) *response {
	t.Helper()
	a := c.call(t, "POST /user", object{"name": name, "email": c.email, "ratings": 25.5, "userType": userType})
	if a.status != http.StatusOK {
		a.want(t, http.StatusCreated)
	}
	return a
}

// deleteProfile deletes the client's profile, if there is one.
func (c client) deleteProfile(t *testing.T) {
	t.Helper()
	if a := c.call(t, "DELETE /user", nil); a.status != http.StatusNotFound {
		a.want(t, http.StatusNoContent).empty(t)
	}
}

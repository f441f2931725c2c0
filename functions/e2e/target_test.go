package e2e_test

import (
	"cmp"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// target is a running system.
type target struct {
	name     string // whose departures are known
	api      string // the URL before every path
	cognito  string // the URL of the user pool's API
	clientID string
	poolID   string
	origin   string
	noItems  bool
	deadline time.Duration // for events

	renter, rentee, admin string // e-mails
	password              string
	subs                  []string // of those who have signed in; in no response

	http *http.Client
}

// clientTimeout is longer than API Gateway waits for a function.
const clientTimeout = 35 * time.Second

func newHTTPClient(carrier http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     carrier,
		Timeout:       clientTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// deployed is the target that the environment names. All missing variables are reported together.
func deployed(t *testing.T) *target {
	t.Helper()
	var missing []string
	required := func(name string) string {
		value := os.Getenv(name)
		if value == "" {
			missing = append(missing, name)
		}
		return value
	}
	to := &target{
		name: cmp.Or(os.Getenv("E2E_TARGET"), "aws"),
		api:  strings.TrimSuffix(required("E2E_API_URL"), "/"), cognito: required("E2E_COGNITO_ENDPOINT"),
		clientID: required("E2E_CLIENT_ID"), poolID: required("E2E_USER_POOL_ID"), origin: required("E2E_ALLOWED_ORIGIN"),
		renter: required("E2E_RENTER"), rentee: required("E2E_RENTEE"), admin: required("E2E_ADMIN"),
		password: required("E2E_PASSWORD"), http: newHTTPClient(http.DefaultTransport),
	}
	if len(missing) > 0 {
		t.Fatalf("not set: %s", strings.Join(missing, ", "))
	}
	switch items := os.Getenv("E2E_ITEMS"); items {
	case "", "none":
		to.noItems = items == "none"
	default:
		t.Fatalf("E2E_ITEMS is %q; want none, or nothing", items)
	}
	var err error
	if to.deadline, err = time.ParseDuration(cmp.Or(os.Getenv("E2E_EVENT_DEADLINE"), "60s")); err != nil {
		t.Fatalf("E2E_EVENT_DEADLINE: %v", err)
	}
	if _, known := departures[to.name]; !known {
		t.Fatalf("E2E_TARGET is %q, of which no departures are known", to.name)
	}
	return to
}

// departure is something that a target does otherwise than AWS.
type departure string

const (
	escapedSlash departure = "escaped slashes in paths"
	noHead       departure = "HEAD"
)

// departures are those that are known, with what is known of them. What is not here is demanded.
var departures = map[string]map[departure]string{
	"local": {},
	"aws":   {},
	"ministack": {
		escapedSlash: "it unescapes a path before it looks for the route; API Gateway keeps %2F within the parameter",
	},
}

// departs reports whether the target is known to do so, and says it in the test's log.
func (to *target) departs(t *testing.T, d departure) bool {
	t.Helper()
	reason, known := departures[to.name][d]
	if known {
		t.Logf("NOT DEMANDED of %s, %s: %s", to.name, d, reason)
	}
	return known
}

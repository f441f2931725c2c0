package cognito

import (
	"sync"
	"time"
)

// refreshValidity is the RefreshTokenValidity of the template's client.
const refreshValidity = 30 * 24 * time.Hour

// login is one sign-in: a refresh token and the tokens that are issued with it, which share the origin_jti.
type login struct {
	originJTI string
	eventID   string
	sub       string
	refresh   string
	authTime  time.Time
	expires   time.Time
	revoked   bool
}

type logins struct {
	mu        sync.Mutex
	byOrigin  map[string]login
	byRefresh map[string]string // to origin_jti
}

func newLogins() *logins {
	return &logins{byOrigin: map[string]login{}, byRefresh: map[string]string{}}
}

func (s *logins) add(l login) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byOrigin[l.originJTI], s.byRefresh[l.refresh] = l, l.originJTI
}

// active reports whether the tokens of a login are valid.
func (s *logins) active(originJTI string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.byOrigin[originJTI]
	return ok && !l.revoked
}

// byToken returns the login of a refresh token. It fails if that is unknown, revoked or expired.
func (s *logins) byToken(token string, now time.Time) (login, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.byOrigin[s.byRefresh[token]]
	switch {
	case !ok:
		return login{}, errRefreshInvalid
	case l.revoked:
		return login{}, errRefreshRevoked
	case now.After(l.expires):
		return login{}, errRefreshExpired
	}
	return l, nil
}

// revokeAll revokes every login of a user.
func (s *logins) revokeAll(sub string) { s.revoke(func(l login) bool { return l.sub == sub }) }

// revoke revokes the logins for which match returns true.
func (s *logins) revoke(match func(login) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for origin, l := range s.byOrigin {
		if match(l) {
			l.revoked = true
			s.byOrigin[origin] = l
		}
	}
}

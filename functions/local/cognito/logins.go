package cognito

import (
	"sync"
	"time"
)

// refreshLife is the RefreshTokenValidity of the template's client.
const refreshLife = 30 * 24 * time.Hour

// login is one signing-in: a refresh token and every token that is issued by
// it, which share the origin_jti.
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

// active tells whether the tokens of a login are still taken.
func (s *logins) active(originJTI string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.byOrigin[originJTI]
	return ok && !l.revoked
}

// byToken finds the login that a refresh token stands for, unless it is over.
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

// revoke ends every login for which which returns true.
func (s *logins) revoke(which func(login) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for origin, l := range s.byOrigin {
		if which(l) {
			l.revoked = true
			s.byOrigin[origin] = l
		}
	}
}

package cognito

import (
	"maps"
	"math/big"
	"sync"
	"time"
)

// challengeLife is the default AuthSessionValidity of a client; see
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
const challengeLife = 3 * time.Minute

const (
	passwordVerifier    = "PASSWORD_VERIFIER"
	newPasswordRequired = "NEW_PASSWORD_REQUIRED"
)

// challenge is what a user is yet to answer. The handle it is kept by is the
// secret block of a PASSWORD_VERIFIER and the session of the others.
type challenge struct {
	name    string
	sub     string
	expires time.Time
	used    bool

	password  verifier // as it was then; another one ends the challenge
	a, b, pub *big.Int // the values exchanged, of PASSWORD_VERIFIER
}

type challenges struct {
	mu       sync.Mutex
	byHandle map[string]challenge
}

func newChallenges() *challenges { return &challenges{byHandle: map[string]challenge{}} }

// put keeps a challenge and forgets those that expired a good while ago; until
// then a late answer is told so.
func (c *challenges) put(now time.Time, ch challenge) string {
	handle := newHandle()
	ch.expires = now.Add(challengeLife)
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.byHandle, func(_ string, old challenge) bool { return now.Sub(old.expires) > time.Hour })
	c.byHandle[handle] = ch
	return handle
}

// get shows a challenge that was not given out.
func (c *challenges) get(now time.Time, name, handle string) (challenge, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.find(now, name, handle)
}

// take gives a challenge out exactly once.
func (c *challenges) take(now time.Time, name, handle string) (challenge, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch, err := c.find(now, name, handle)
	if err != nil {
		return challenge{}, err
	}
	spent := ch
	spent.used = true
	c.byHandle[handle] = spent
	return ch, nil
}

func (c *challenges) find(now time.Time, name, handle string) (challenge, error) {
	ch, ok := c.byHandle[handle]
	switch {
	case !ok || ch.name != name:
		return challenge{}, errSession
	case ch.used:
		return challenge{}, errSessionUsed
	case now.After(ch.expires):
		return challenge{}, errSessionExpired
	}
	return ch, nil
}

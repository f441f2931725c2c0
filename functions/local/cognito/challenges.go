package cognito

import (
	"maps"
	"math/big"
	"sync"
	"time"
)

// sessionValidity is the default AuthSessionValidity of a client.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
const sessionValidity = 3 * time.Minute

const (
	passwordVerifier    = "PASSWORD_VERIFIER"
	newPasswordRequired = "NEW_PASSWORD_REQUIRED"
)

// challenge waits for the user's response. Its handle is the secret block of a PASSWORD_VERIFIER, and the session of the
// others.
type challenge struct {
	name    string
	sub     string
	expires time.Time
	used    bool

	password  verifier // when the challenge was created; a new one invalidates it
	a, b, pub *big.Int // the exchanged values of PASSWORD_VERIFIER
}

type challenges struct {
	mu       sync.Mutex
	byHandle map[string]challenge
}

func newChallenges() *challenges { return &challenges{byHandle: map[string]challenge{}} }

// put stores a challenge and returns its handle. It deletes those that expired more than an hour ago; a response to
// one that expired later has an error of its own.
func (c *challenges) put(now time.Time, ch challenge) string {
	handle := newHandle()
	ch.expires = now.Add(sessionValidity)
	c.mu.Lock()
	defer c.mu.Unlock()
	maps.DeleteFunc(c.byHandle, func(_ string, old challenge) bool { return now.Sub(old.expires) > time.Hour })
	c.byHandle[handle] = ch
	return handle
}

// get returns a challenge that was not taken.
func (c *challenges) get(now time.Time, name, handle string) (challenge, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.find(now, name, handle)
}

// take returns a challenge exactly once.
func (c *challenges) take(now time.Time, name, handle string) (challenge, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch, err := c.find(now, name, handle)
	if err != nil {
		return challenge{}, err
	}
	used := ch
	used.used = true
	c.byHandle[handle] = used
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

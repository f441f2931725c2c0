package cognito

import (
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"
)

// What scripts and documents may rely on. A pool's id is its region, an
// underscore and a name, and a client's is letters and digits; see
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
const (
	// PoolID names the one pool.
	PoolID = "us-east-1_local"
	// ClientID names the pool's one client, which has no secret.
	ClientID = "localclient"
	// ConfirmationCode is what would have come by mail. The service's codes
	// are six digits, too.
	ConfirmationCode = "123456"
)

// Options are what a Pool depends on.
type Options struct {
	// Issuer is the iss claim of the tokens and the address that the pool is
	// served under, e.g. http://localhost:8080/us-east-1_local. The service's
	// issuer ends with the pool's id, too.
	Issuer string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger gets operations and error names at debug level, and the causes
	// of internal errors; never a password, a token or an e-mail. nil
	// discards.
	Logger *slog.Logger
}

var _ http.Handler = (*Pool)(nil)

// Pool is one user pool with one client. It is an http.Handler, and safe for
// concurrent use.
type Pool struct {
	issuer     string
	now        func() time.Time
	log        *slog.Logger
	idKey      *signer
	accessKey  *signer
	srp        srp
	simulation []byte // makes what unknown users are shown
	operations map[string]operation
	origins    *http.CrossOriginProtection // of signed operations

	users      *directory
	logins     *logins
	challenges *challenges
}

// User is a person to be added by [Pool.Add].
type User struct {
	Email    string
	Password string
	Groups   []string
	Sub      string // optional: a fixed UUID
}

// New returns a pool without users and with the group admin. It makes the two
// RSA keys at once, which takes a fraction of a second.
func New(o Options) (*Pool, error) {
	idKey, accessKey, err := newSigners()
	if err != nil {
		return nil, fmt.Errorf("making the pool's keys: %w", err)
	}
	return newPool(o, idKey, accessKey)
}

func newPool(o Options, idKey, accessKey *signer) (*Pool, error) {
	if o.Issuer == "" {
		return nil, errors.New("cognito: Options.Issuer is empty")
	}
	p := &Pool{
		issuer: o.Issuer, now: o.Now, log: o.Logger,
		idKey: idKey, accessKey: accessKey, srp: newSRP(), simulation: make([]byte, 32),
		origins: http.NewCrossOriginProtection(),
		users:   newDirectory(), logins: newLogins(), challenges: newChallenges(),
	}
	if p.now == nil {
		p.now = time.Now
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	rand.Read(p.simulation)
	p.operations = p.table()
	return p, p.users.addGroup("admin")
}

// Add puts a confirmed user with a verified e-mail into the pool, as if long
// signed up. The password must satisfy the pool's policy and the groups must
// exist.
func (p *Pool) Add(u User) error {
	if !isEmail(u.Email) {
		return errNotEmail
	}
	if err := checkPolicy(u.Password); err != nil {
		return err
	}
	sub := u.Sub
	if sub == "" {
		sub = newUUID()
	}
	if !isUUID(sub) {
		return fmt.Errorf("cognito: Sub %q is not a UUID", sub)
	}
	for _, name := range u.Groups {
		if !p.users.hasGroup(name) {
			return errNoGroup
		}
	}
	return p.users.add(user{
		sub: sub, email: u.Email, emailVerified: true, status: confirmed,
		groups: slices.Clone(u.Groups), password: p.srp.verifier(sub, u.Password), created: p.now(), modified: p.now(),
	})
}

// Key returns the public key that tokens of this key id are verified with, or
// nil when the pool has no such key. ID tokens and access tokens have a key
// each, as the service's; see
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
func (p *Pool) Key(kid string) *rsa.PublicKey {
	for _, s := range []*signer{p.idKey, p.accessKey} {
		if s.kid == kid {
			return &s.key.PublicKey
		}
	}
	return nil
}

package cognito

import (
	"cmp"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"
)

// Names that scripts and documents may rely on. A pool's id is its region, an underscore and a name; a client's is
// letters and digits.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
const (
	// PoolID names the one pool.
	PoolID = "us-east-1_local"
	// ClientID names the pool's one client, which has no secret.
	ClientID = "localclient"
	// ConfirmationCode is every code that the service would send by mail.
	ConfirmationCode = "123456"
)

// Options are what a Pool depends on.
type Options struct {
	// Issuer is the iss claim of the tokens and the URL of the pool, e.g. http://localhost:8080/us-east-1_local.
	Issuer string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger gets operations and error names at debug level, and the causes of internal errors; never a password, a token
	// or an e-mail. nil discards.
	Logger *slog.Logger
}

var _ http.Handler = (*Pool)(nil)

// Pool is one user pool with one client. It is safe for concurrent use.
type Pool struct {
	issuer        string
	now           func() time.Time
	log           *slog.Logger
	idKey         *signer
	accessKey     *signer
	srp           srp
	simulationKey []byte // of the responses for unknown users
	operations    map[string]operation
	origins       *http.CrossOriginProtection // of signed operations

	users      *directory
	logins     *logins
	challenges *challenges
}

// User is the argument of [Pool.Add].
type User struct {
	Email    string
	Password string
	Groups   []string
	Sub      string // optional: a fixed UUID
}

// New returns a pool without users and with the group admin. It generates two RSA keys, which takes a fraction of a
// second.
func New(o Options) (*Pool, error) {
	idKey, accessKey, err := newSigners()
	if err != nil {
		return nil, fmt.Errorf("cognito: generate keys: %w", err)
	}
	return newPool(o, idKey, accessKey)
}

func newPool(o Options, idKey, accessKey *signer) (*Pool, error) {
	if o.Issuer == "" {
		return nil, errors.New("cognito: Options.Issuer is empty")
	}
	p := &Pool{
		issuer: o.Issuer, now: o.Now, log: o.Logger,
		idKey: idKey, accessKey: accessKey, srp: newSRP(), simulationKey: make([]byte, 32),
		origins: http.NewCrossOriginProtection(),
		users:   newDirectory(), logins: newLogins(), challenges: newChallenges(),
	}
	if p.now == nil {
		p.now = time.Now
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	rand.Read(p.simulationKey)
	p.operations = p.newOperations()
	return p, p.users.addGroup("admin")
}

// Add adds a confirmed user with a verified e-mail. The password must satisfy the pool's policy and the groups must exist.
func (p *Pool) Add(u User) error {
	if !isEmail(u.Email) {
		return errNotEmail
	}
	if err := checkPolicy(u.Password); err != nil {
		return err
	}
	sub := cmp.Or(u.Sub, newUUID())
	if !isUUID(sub) {
		return fmt.Errorf("cognito: Sub %q is not a UUID", sub)
	}
	for _, name := range u.Groups {
		if !p.users.hasGroup(name) {
			return errNoGroup
		}
	}
	added := p.newUserWithSub(sub, u.Email, u.Password, confirmed)
	added.emailVerified, added.groups = true, slices.Clone(u.Groups)
	return p.users.add(added)
}

// newUser returns a user with a new sub.
func (p *Pool) newUser(email, password string, s status, attributes []attribute) user {
	u := p.newUserWithSub(newUUID(), email, password, s)
	u.set(attributes)
	return u
}

func (p *Pool) newUserWithSub(sub, email, password string, s status) user {
	now := p.now()
	return user{sub: sub, email: email, status: s, password: p.srp.verifier(sub, password), created: now, modified: now}
}

// Key returns the public key with that key id, or nil if the pool has none. ID tokens and access tokens have different
// keys, like the service's.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
func (p *Pool) Key(kid string) *rsa.PublicKey {
	for _, s := range []*signer{p.idKey, p.accessKey} {
		if s.kid == kid {
			return &s.key.PublicKey
		}
	}
	return nil
}

package cognito

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"
)

// srpClient is a client written from RFC 5054 and from what Cognito's clients send. It shares nothing with the pool's
// arithmetic but N.
type srpClient struct {
	n, a, public *big.Int
}

func newSRPClient(n *big.Int) *srpClient {
	secret := make([]byte, 128)
	rand.Read(secret)
	a := new(big.Int).SetBytes(secret)
	return &srpClient{n: n, a: a, public: new(big.Int).Exp(big.NewInt(2), a, n)}
}

// padHex returns the hexadecimal digits of whole bytes, with 00 before a first digit of 8 and above.
func padHex(digits string) string {
	if len(digits)%2 == 1 {
		return "0" + digits
	}
	if strings.Contains("89abcdef", digits[:1]) {
		return "00" + digits
	}
	return digits
}

func sha(t testing.TB, hexDigits string, more ...string) *big.Int {
	t.Helper()
	b, err := hex.DecodeString(hexDigits)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(append(b, strings.Join(more, "")...))
	return new(big.Int).SetBytes(sum[:])
}

func mac(key []byte, message string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(message))
	return h.Sum(nil)
}

// respond returns the response to a challenge: S = (B - k g^x)^(a + ux).
func (c *srpClient) respond(t testing.TB, challenge response, password string, at time.Time) fields {
	t.Helper()
	parameter := func(name string) string { return challenge.at("ChallengeParameters", name) }
	user, salt, block := parameter("USER_ID_FOR_SRP"), parameter("SALT"), parameter("SECRET_BLOCK")
	serverPublic, ok := new(big.Int).SetString(parameter("SRP_B"), 16)
	if !ok {
		t.Fatalf("SRP_B is %q", parameter("SRP_B"))
	}
	k := sha(t, padHex(c.n.Text(16))+"02")
	u := sha(t, padHex(c.public.Text(16))+padHex(serverPublic.Text(16)))
	inner := sha256.Sum256([]byte("local" + user + ":" + password))
	x := sha(t, padHex(salt), string(inner[:]))
	base := new(big.Int).Sub(serverPublic, new(big.Int).Mul(k, new(big.Int).Exp(big.NewInt(2), x, c.n)))
	shared := new(big.Int).Exp(base.Mod(base, c.n), new(big.Int).Add(c.a, new(big.Int).Mul(u, x)), c.n)
	secret, err := hex.DecodeString(padHex(shared.Text(16)))
	if err != nil {
		t.Fatal(err)
	}
	ikm, err := hex.DecodeString(padHex(u.Text(16)))
	if err != nil {
		t.Fatal(err)
	}
	key := mac(mac(ikm, string(secret)), "Caldera Derived Key\x01")[:16]
	opened, err := base64.StdEncoding.DecodeString(block)
	if err != nil {
		t.Fatal(err)
	}
	timestamp := at.UTC().Format("Mon Jan 2 15:04:05 UTC 2006")
	return fields{"ClientId": ClientID, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": fields{
		"USERNAME": user, "PASSWORD_CLAIM_SECRET_BLOCK": block, "TIMESTAMP": timestamp,
		"PASSWORD_CLAIM_SIGNATURE": base64.StdEncoding.EncodeToString(mac(key, "local"+user+string(opened)+timestamp)),
	}}
}

func srpFlow(username string, public string) fields {
	return fields{"ClientId": ClientID, "AuthFlow": "USER_SRP_AUTH", "AuthParameters": fields{"USERNAME": username, "SRP_A": public}}
}

// challenge starts a sign-in and returns the client and its challenge.
func (h *harness) challenge(username string) (*srpClient, response) {
	h.t.Helper()
	c := newSRPClient(h.pool.srp.n)
	return c, h.succeeds("InitiateAuth", srpFlow(username, c.public.Text(16)))
}

func TestGroup(t *testing.T) {
	t.Parallel()
	n := newSRP().n
	half := new(big.Int).Rsh(n, 1)
	if n.BitLen() != 3072 || !n.ProbablyPrime(0) || !half.ProbablyPrime(0) {
		t.Error("N is not a safe prime of 3072 bits")
	}
	// RFC 3526, section 4: 2^3072 - 2^3008 - 1 + 2^64 * { [2^2942 pi] + 1690314 }
	if digits := n.Text(16); !strings.HasPrefix(digits, "ffffffffffffffffc90fdaa2") || !strings.HasSuffix(digits, "a93ad2caffffffffffffffff") {
		t.Errorf("N is %s", digits)
	}
}

// TestSRP signs in repeatedly, so that the exchanged values begin with every kind of digit.
func TestSRP(t *testing.T) {
	h := parallelWithJane(t)
	for i := range 24 {
		c, challenge := h.challenge(jane)
		if challenge.at("ChallengeName") != "PASSWORD_VERIFIER" || challenge.at("ChallengeParameters", "USERNAME") != challenge.at("ChallengeParameters", "USER_ID_FOR_SRP") {
			t.Fatalf("got %v", challenge.body)
		}
		login := h.succeeds("RespondToAuthChallenge", c.respond(t, challenge, password, h.clock.read())).tokens()
		if claims := h.claims(login.id); claims["email"] != jane || login.refresh == "" {
			t.Fatalf("round %d: got %v", i, claims)
		}
	}
}

// TestSalts uses salts whose first digits are special cases of the padding.
func TestSalts(t *testing.T) {
	t.Parallel()
	for _, digits := range []string{"80000000000000000000000000000001", "7f000000000000000000000000000001", "fff", "ff", "1"} {
		t.Run(digits, func(t *testing.T) {
			h := newHarness(t)
			h.add(jane)
			salt, _ := new(big.Int).SetString(digits, 16)
			u, _ := h.pool.users.find(jane)
			err := h.pool.users.update(u.sub, u.created, func(u *user) error {
				u.password = verifier{salt: salt, v: h.pool.srp.v(salt, u.sub, password)}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			c, challenge := h.challenge(jane)
			h.succeeds("RespondToAuthChallenge", c.respond(t, challenge, password, h.clock.read()))
			h.signIn(jane, password)
		})
	}
}

func TestSRPErrors(t *testing.T) {
	h := parallelWithJane(t)
	h.add("joe@example.com")
	set := func(name, value string) func(fields) {
		return func(body fields) { body["ChallengeResponses"].(fields)[name] = value }
	}
	for name, tt := range map[string]struct {
		username, password string
		clock              time.Duration // how far the client's is off
		change             func(fields)
	}{
		"wrong password":     {username: jane, password: "Wr0ng-one!"},
		"unknown user":       {username: "nobody@example.com", password: password},
		"slow clock":         {username: jane, password: password, clock: -time.Hour},
		"fast clock":         {username: jane, password: password, clock: time.Hour},
		"another's name":     {username: jane, password: password, change: set("USERNAME", "joe@example.com")},
		"forged block":       {username: jane, password: password, change: set("PASSWORD_CLAIM_SECRET_BLOCK", "AAAA")},
		"other timestamp":    {username: jane, password: password, change: set("TIMESTAMP", "Thu Mar 5 09:08:08 UTC 2026")},
		"local timestamp":    {username: jane, password: password, change: set("TIMESTAMP", "Do März 5 09:08:07 UTC 2026")},
		"unreadable proof":   {username: jane, password: password, change: set("PASSWORD_CLAIM_SIGNATURE", "*")},
		"proof of something": {username: jane, password: password, change: set("PASSWORD_CLAIM_SIGNATURE", "AAAA")},
	} {
		t.Run(name, func(t *testing.T) {
			c, challenge := h.challenge(tt.username)
			body := c.respond(t, challenge, tt.password, h.clock.read().Add(tt.clock))
			if tt.change != nil {
				tt.change(body)
			}
			h.fails("RespondToAuthChallenge", body, "NotAuthorizedException", "Incorrect username or password.")
		})
	}
}

func TestSecretBlockIsSingleUse(t *testing.T) {
	h := parallelWithJane(t)
	c, challenge := h.challenge(jane)
	body := c.respond(t, challenge, password, h.clock.read())
	h.succeeds("RespondToAuthChallenge", body)
	h.fails("RespondToAuthChallenge", body, "NotAuthorizedException", "Incorrect username or password.")

	c, challenge = h.challenge(jane)
	h.fails("RespondToAuthChallenge", c.respond(t, challenge, "Wr0ng-one!", h.clock.read()), "NotAuthorizedException", "")
	h.fails("RespondToAuthChallenge", c.respond(t, challenge, password, h.clock.read()), "NotAuthorizedException", "")

	c, challenge = h.challenge(jane)
	h.clock.advance(sessionValidity + time.Second)
	h.fails("RespondToAuthChallenge", c.respond(t, challenge, password, h.clock.read()), "NotAuthorizedException", "")
}

func TestChallengeAfterPasswordChange(t *testing.T) {
	h := parallelWithJane(t)
	c, challenge := h.challenge(jane)
	body := c.respond(t, challenge, password, h.clock.read())
	h.succeeds("AdminSetUserPassword", fields{"UserPoolId": PoolID, "Username": jane, "Password": "N3xt-one!", "Permanent": true})
	h.fails("RespondToAuthChallenge", body, "NotAuthorizedException", "")
}

// TestSimulatedUserIsStable: an unknown user's salt and id are constant, like the service's, and B is not.
func TestSimulatedUserIsStable(t *testing.T) {
	h := parallel(t)
	_, first := h.challenge("nobody@example.com")
	_, second := h.challenge("Nobody@example.com")
	_, other := h.challenge("somebody@example.com")
	for _, name := range []string{"SALT", "USER_ID_FOR_SRP"} {
		a, b, c := first.at("ChallengeParameters", name), second.at("ChallengeParameters", name), other.at("ChallengeParameters", name)
		if a != b || a == c || a == "" {
			t.Errorf("%s: got %q, %q and of another %q", name, a, b, c)
		}
	}
	if first.at("ChallengeParameters", "SRP_B") == second.at("ChallengeParameters", "SRP_B") {
		t.Error("B is the same twice")
	}
	if !isUUID(first.at("ChallengeParameters", "USER_ID_FOR_SRP")) {
		t.Errorf("got %v", first.body)
	}
}

// TestPasswordsAreNotStored searches the state of the pool for the password.
func TestPasswordsAreNotStored(t *testing.T) {
	h := parallelWithJane(t)
	h.signIn(jane, password)
	state := fmt.Appendf(nil, "%+v %+v %+v", h.pool.users.bySub, h.pool.logins.byOrigin, h.pool.challenges.byHandle)
	if bytes.Contains(state, []byte(password)) {
		t.Error("the pool holds the password")
	}
}

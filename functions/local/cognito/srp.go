package cognito

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"math/big"
	"strconv"
	"strings"
)

// srp is the arithmetic of the Secure Remote Password protocol, SRP-6a of RFC 5054, as Cognito and its clients do it:
// SHA-256 and the 3072-bit group of RFC 3526 (section 4) with the generator 2. Integers are hashed as the bytes of their
// two's complement, where RFC 5054 pads to the length of N.
type srp struct {
	n, g, k *big.Int
	onExp   func() // called for each exponentiation; nil outside tests
}

func newSRP() srp {
	n, _ := new(big.Int).SetString(strings.Join([]string{
		"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74",
		"020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437",
		"4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED",
		"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05",
		"98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB",
		"9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B",
		"E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718",
		"3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33",
		"A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7",
		"ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864",
		"D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2",
		"08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
	}, ""), 16)
	g := big.NewInt(2)
	return srp{n: n, g: g, k: hashInts(n, g)}
}

// verifier is stored in place of a password: v = g^x mod N, where x is a hash of salt, pool, sub and password. The salt is
// an integer, since clients hash it as one.
type verifier struct{ salt, v *big.Int }

func (s srp) verifier(sub, password string) verifier {
	salt := randomInt(16)
	return verifier{salt: salt, v: s.v(salt, sub, password)}
}

func (s srp) v(salt *big.Int, sub, password string) *big.Int {
	identity := sha256.Sum256([]byte(poolName() + sub + ":" + password))
	return s.exp(s.g, hash(padded(salt), identity[:]))
}

// simulatedVerifier returns a verifier without a known password: the square of a number from derive. Every power of the
// generator is a square.
func (s srp) simulatedVerifier(derive func(purpose string) []byte) *big.Int {
	var digits []byte
	for len(digits) <= s.n.BitLen()/8 {
		digits = append(digits, derive("verifier "+strconv.Itoa(len(digits)))...)
	}
	root := new(big.Int).SetBytes(digits)
	return root.Mul(root, root).Mod(root, s.n)
}

// verify reports whether the password matches the verifier.
func (s srp) verify(stored verifier, sub, password string) bool {
	return hmac.Equal(s.v(stored.salt, sub, password).Bytes(), stored.v.Bytes())
}

// keyPair returns a new key pair of the server: b and B = kv + g^b.
func (s srp) keyPair(v *big.Int) (b, public *big.Int) {
	b = randomInt(32)
	public = new(big.Int).Mul(s.k, v)
	public.Add(public, s.exp(s.g, b))
	return b, public.Mod(public, s.n)
}

// maxPublicDigits is more than the 768 hexadecimal digits of N, since clients prepend zeros: .NET does if the first digit
// is 8 or more.
const maxPublicDigits = 1024

// parseA parses the client's public value. It rejects multiples of N, with which the session key does not depend on the
// password (RFC 5054, section 2.5.4).
func (s srp) parseA(text string) (*big.Int, bool) {
	if len(text) > maxPublicDigits || !matches(`[0-9A-Fa-f]+`, text) {
		return nil, false
	}
	a, ok := new(big.Int).SetString(text, 16)
	return a, ok && new(big.Int).Mod(a, s.n).Sign() != 0
}

// sessionKey returns the first half of the one HKDF block of S = (A v^u)^b, salted with u = H(A, B).
func (s srp) sessionKey(a, b, public, v *big.Int) []byte {
	u := hashInts(a, public)
	base := new(big.Int).Mul(a, s.exp(v, u))
	shared := s.exp(base, b)
	extracted := hmacSHA256(padded(u), padded(shared))
	return hmacSHA256(extracted, []byte("Caldera Derived Key"), []byte{1})[:16]
}

// passwordClaim returns the signature with which a client proves that it has the key.
func passwordClaim(key []byte, sub string, secretBlock []byte, timestamp string) []byte {
	return hmacSHA256(key, []byte(poolName()), []byte(sub), secretBlock, []byte(timestamp))
}

// poolName returns the pool's name in the protocol: its id without the region.
func poolName() string {
	_, name, _ := strings.Cut(PoolID, "_")
	return name
}

func (s srp) exp(base, exponent *big.Int) *big.Int {
	if s.onExp != nil {
		s.onExp()
	}
	return new(big.Int).Exp(base, exponent, s.n)
}

// padded returns the bytes of a two's complement: a zero byte comes before a set top bit.
func padded(n *big.Int) []byte {
	return n.FillBytes(make([]byte, n.BitLen()/8+1))
}

func hash(parts ...[]byte) *big.Int {
	h := sha256.New()
	for _, part := range parts {
		h.Write(part)
	}
	return new(big.Int).SetBytes(h.Sum(nil))
}

func hashInts(a, b *big.Int) *big.Int { return hash(padded(a), padded(b)) }

func hmacSHA256(key []byte, parts ...[]byte) []byte {
	h := hmac.New(sha256.New, key)
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

func randomInt(size int) *big.Int {
	b := make([]byte, size)
	rand.Read(b)
	return new(big.Int).SetBytes(b)
}

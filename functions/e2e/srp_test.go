package e2e_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"
	"time"
)

// srpPrime is the 3072-bit group of RFC 3526, section 4; its generator is 2.
const srpPrime = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74" +
	"020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437" +
	"4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
	"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05" +
	"98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB" +
	"9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
	"E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718" +
	"3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33" +
	"A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
	"ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864" +
	"D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2" +
	"08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"

// srp is the client's side of one sign-in by SRP-6a (RFC 5054), as Cognito does it.
type srp struct{ n, a, public *big.Int }

func newSRP() srp {
	n, _ := new(big.Int).SetString(srpPrime, 16)
	secret := make([]byte, 128)
	_, _ = rand.Read(secret) // never fails
	a := new(big.Int).SetBytes(secret)
	return srp{n: n, a: a, public: new(big.Int).Exp(big.NewInt(2), a, n)}
}

// signed are an integer's bytes in two's complement, in which Cognito hashes integers.
func signed(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0] >= 0x80 {
		return append([]byte{0}, b...)
	}
	return b
}

func digest(parts ...[]byte) *big.Int {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return new(big.Int).SetBytes(h.Sum(nil))
}

func mac(key, message []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(message)
	return h.Sum(nil)
}

// key is the session's: S = (B - k g^x)^(a + ux), and a key derived of it.
func (s srp) key(server, salt *big.Int, identity string) []byte {
	two := big.NewInt(2)
	k := digest(signed(s.n), signed(two))
	u := digest(signed(s.public), signed(server))
	inner := sha256.Sum256([]byte(identity))
	x := digest(signed(salt), inner[:])
	base := new(big.Int).Sub(server, new(big.Int).Mul(k, new(big.Int).Exp(two, x, s.n)))
	shared := new(big.Int).Exp(base.Mod(base, s.n), new(big.Int).Add(s.a, new(big.Int).Mul(u, x)), s.n)
	return mac(mac(signed(u), signed(shared)), []byte("Caldera Derived Key\x01"))[:16]
}

// claim is the response to a PASSWORD_VERIFIER challenge.
func (s srp) claim(t *testing.T, pool, password string, challenge map[string]string) object {
	t.Helper()
	server, ok := new(big.Int).SetString(challenge["SRP_B"], 16)
	salt, okToo := new(big.Int).SetString(challenge["SALT"], 16)
	block, err := base64.StdEncoding.DecodeString(challenge["SECRET_BLOCK"])
	if !ok || !okToo || err != nil {
		t.Fatalf("the challenge of the sign-in cannot be read: %v, %v", challenge, err)
	}
	_, name, _ := strings.Cut(pool, "_")
	user := challenge["USER_ID_FOR_SRP"]
	timestamp := time.Now().UTC().Format("Mon Jan 2 15:04:05 UTC 2006")
	signature := mac(s.key(server, salt, name+user+":"+password), []byte(name+user+string(block)+timestamp))
	return object{"USERNAME": user, "PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"], "TIMESTAMP": timestamp,
		"PASSWORD_CLAIM_SIGNATURE": base64.StdEncoding.EncodeToString(signature)}
}

func (s srp) hex() string { return hex.EncodeToString(s.public.Bytes()) }

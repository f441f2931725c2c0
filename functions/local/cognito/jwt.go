package cognito

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"sync"
)

// signer signs and verifies JSON Web Tokens (RFC 7519) with RS256 (RFC 7518, section 3.3).
type signer struct {
	kid string
	key *rsa.PrivateKey
}

// newSigners generates the two keys in parallel, because that takes most of the start-up time.
func newSigners() (id, access *signer, err error) {
	var (
		wg      sync.WaitGroup
		signers [2]*signer
		errs    [2]error
	)
	for i := range signers {
		wg.Go(func() { signers[i], errs[i] = newSigner() })
	}
	wg.Wait()
	return signers[0], signers[1], errors.Join(errs[:]...)
}

func newSigner() (*signer, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	return &signer{kid: thumbprint(&key.PublicKey), key: key}, nil
}

// thumbprint returns the key id: by RFC 7638, the hash of the required members in alphabetical order.
func thumbprint(key *rsa.PublicKey) string {
	n, e := encodeInts(key)
	sum := sha256.Sum256([]byte(`{"e":"` + e + `","kty":"RSA","n":"` + n + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func encodeInts(key *rsa.PublicKey) (n, e string) {
	exponent := big.NewInt(int64(key.E))
	return base64.RawURLEncoding.EncodeToString(key.N.Bytes()), base64.RawURLEncoding.EncodeToString(exponent.Bytes())
}

type tokenHeader struct {
	KeyID     string `json:"kid"`
	Algorithm string `json:"alg"`
}

func (s *signer) sign(claims map[string]any) (string, error) {
	header, err := json.Marshal(tokenHeader{KeyID: s.kid, Algorithm: "RS256"})
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(payload)
	digest := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, digest[:])
	if err != nil {
		return "", err
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// accessClaims are the claims of an access token that the pool checks.
type accessClaims struct {
	Subject   string `json:"sub"`
	Issuer    string `json:"iss"`
	TokenUse  string `json:"token_use"`
	ClientID  string `json:"client_id"`
	OriginJTI string `json:"origin_jti"`
	Expires   int64  `json:"exp"`
}

// verify checks the signature and nothing else. It accepts only RS256 and this key.
func (s *signer) verify(token string) (accessClaims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return accessClaims{}, errAccessInvalid
	}
	var header tokenHeader
	if err := decodePart(parts[0], &header); err != nil {
		return accessClaims{}, errAccessInvalid
	}
	if header.Algorithm != "RS256" || header.KeyID != s.kid {
		return accessClaims{}, errAccessInvalid
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err != nil || rsa.VerifyPKCS1v15(&s.key.PublicKey, crypto.SHA256, digest[:], signature) != nil {
		return accessClaims{}, errAccessSignature
	}
	var claims accessClaims
	if err := decodePart(parts[1], &claims); err != nil {
		return accessClaims{}, errAccessInvalid
	}
	return claims, nil
}

func decodePart(part string, v any) error {
	text, err := base64.RawURLEncoding.Strict().DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

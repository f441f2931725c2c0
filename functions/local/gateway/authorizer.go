package gateway

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Authorizer verifies ID tokens like the Cognito authorizer of a REST API: the signature with the key that the token names,
// issuer, audience, use and time.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
type Authorizer struct {
	Issuer   string
	Audience string                          // the app client's id
	Key      func(kid string) *rsa.PublicKey // nil for a key that the pool does not have
	Now      func() time.Time
}

// Claims returns the claims of the token in an Authorization header, with or without "Bearer " before it. The prefix is
// case-sensitive, like the service's. An error says why the token is invalid; it must not be shown to the client.
func (a *Authorizer) Claims(header string) (map[string]any, error) {
	payload, err := a.verify(strings.TrimPrefix(header, "Bearer "))
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, fmt.Errorf("payload: %w", err)
	}
	return claims, a.check(claims)
}

// verify returns the payload of a compact JWS (RFC 7515, section 5.2). It accepts only RS256 (RFC 8725, section 3.1).
func (a *Authorizer) verify(token string) ([]byte, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errors.New("not a compact JWS")
	}
	var header struct{ Alg, Kid string }
	data, err := base64.RawURLEncoding.Strict().DecodeString(parts[0])
	if err != nil || json.Unmarshal(data, &header) != nil || header.Alg != "RS256" {
		return nil, errors.New("header is not that of an RS256 token")
	}
	key := a.Key(header.Kid)
	if key == nil {
		return nil, errors.New("unknown key")
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature); err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	return base64.RawURLEncoding.Strict().DecodeString(parts[1])
}

func (a *Authorizer) check(claims map[string]any) error {
	exp, _ := claims["exp"].(float64)
	sub, _ := claims["sub"].(string)
	switch {
	case claims["iss"] != a.Issuer:
		return errors.New("another issuer")
	case claims["aud"] != a.Audience:
		return errors.New("another audience")
	case claims["token_use"] != "id":
		return errors.New("not an ID token")
	case sub == "":
		return errors.New("no sub")
	case !a.Now().Before(time.Unix(int64(exp), 0)):
		return errors.New("expired")
	}
	return nil
}

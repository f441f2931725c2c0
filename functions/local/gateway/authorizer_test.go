package gateway_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"rental.example/functions/local/gateway"
)

const (
	issuer  = "http://localhost:8080/us-east-1_local"
	subject = "11111111-1111-4111-8111-111111111111"
)

// pool signs tokens.
type pool struct{ private *rsa.PrivateKey }

var sharedKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func newPool(t testing.TB) *pool {
	t.Helper()
	key, err := sharedKey()
	if err != nil {
		t.Fatal(err)
	}
	return &pool{private: key}
}

func (p *pool) key(kid string) *rsa.PublicKey {
	if kid != "id-key" {
		return nil
	}
	return &p.private.PublicKey
}

func claims() map[string]any {
	return map[string]any{
		"sub": subject, "iss": issuer, "aud": "client", "token_use": "id", "email": "jane@example.com", "email_verified": true,
		"cognito:groups": []string{"renters", "admin"}, "auth_time": 1767322000,
		"exp": now.Add(time.Hour).Unix(), "iat": now.Unix(), "custom:address": map[string]string{"city": "Berlin"},
	}
}

// token returns a valid token with changed claims; nil deletes a claim.
func (p *pool) token(change map[string]any) string {
	all := claims()
	maps.Copy(all, change)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return p.sign(map[string]any{"alg": "RS256", "kid": "id-key"}, all)
}

func encodePart(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

func (p *pool) sign(header, payload any) string {
	signed := encodePart(header) + "." + encodePart(payload)
	sum := sha256.Sum256([]byte(signed))
	signature, err := rsa.SignPKCS1v15(rand.Reader, p.private, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func TestAuthorizer(t *testing.T) {
	t.Parallel()
	p := newPool(t)
	good := p.token(nil)
	parts := strings.Split(good, ".")
	header := map[string]any{"alg": "RS256", "kid": "id-key"}
	public := x509.MarshalPKCS1PublicKey(&p.private.PublicKey)
	mac := hmac.New(sha256.New, public)
	confused := encodePart(map[string]any{"alg": "HS256", "kid": "id-key"}) + "." + parts[1]
	mac.Write([]byte(confused))
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		header string
		ok     bool
	}{
		"raw":                   {good, true},
		"bearer":                {"Bearer " + good, true},
		"bearer in lower case":  {"bearer " + good, false},
		"about to expire":       {p.token(map[string]any{"exp": now.Unix() + 1}), true},
		"empty":                 {"", false},
		"bearer alone":          {"Bearer ", false},
		"basic":                 {"Basic " + good, false},
		"garbage":               {"a.b.c", false},
		"four parts":            {good + ".x", false},
		"expired":               {p.token(map[string]any{"exp": now.Unix()}), false},
		"no exp":                {p.token(map[string]any{"exp": nil}), false},
		"exp as text":           {p.token(map[string]any{"exp": "9999999999"}), false},
		"access token":          {p.token(map[string]any{"token_use": "access"}), false},
		"no token_use":          {p.token(map[string]any{"token_use": nil}), false},
		"other client":          {p.token(map[string]any{"aud": "other"}), false},
		"list of clients":       {p.token(map[string]any{"aud": []string{"client"}}), false},
		"no audience":           {p.token(map[string]any{"aud": nil}), false},
		"other pool":            {p.token(map[string]any{"iss": "http://localhost:8080/us-east-1_other"}), false},
		"no sub":                {p.token(map[string]any{"sub": nil}), false},
		"unknown key":           {p.sign(map[string]any{"alg": "RS256", "kid": "other"}, claims()), false},
		"no kid":                {p.sign(map[string]any{"alg": "RS256"}, claims()), false},
		"alg none":              {encodePart(map[string]any{"alg": "none", "kid": "id-key"}) + "." + parts[1] + ".", false},
		"HS256 with public key": {confused + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), false},
		"RS512 by name":         {p.sign(map[string]any{"alg": "RS512", "kid": "id-key"}, claims()), false},
		"signed by another":     {(&pool{private: other}).sign(header, claims()), false},
		"other payload":         {parts[0] + "." + encodePart(claims()) + "x." + parts[2], false},
		"other encoding":        {good[:len(good)-1] + string(good[len(good)-1]+1), false},
		"no signature":          {parts[0] + "." + parts[1] + ".", false},
		"payload is a list":     {p.sign(header, []string{"x"}), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := gateway.Authorizer{Issuer: issuer, Audience: "client", Key: p.key, Now: func() time.Time { return now }}
			got, err := a.Claims(tt.header)
			if (err == nil) != tt.ok {
				t.Fatalf("error %v, want success %t", err, tt.ok)
			}
			if tt.ok && got["sub"] != subject {
				t.Errorf("claims: %v", got)
			}
		})
	}
}

package cognito

import "net/http"

// jwk is a public key (RFC 7517) with the members that the service has.
type jwk struct {
	Algorithm string `json:"alg"`
	Exponent  string `json:"e"`
	KeyID     string `json:"kid"`
	Type      string `json:"kty"`
	Modulus   string `json:"n"`
	Use       string `json:"use"`
}

func (s *signer) jwk() jwk {
	n, e := encodeInts(&s.key.PublicKey)
	return jwk{Algorithm: "RS256", Exponent: e, KeyID: s.kid, Type: "RSA", Modulus: n, Use: "sig"}
}

type keySet struct {
	Keys []jwk `json:"keys"`
}

// discovery is the part of OpenID Connect Discovery 1.0 that verifiers of tokens read. A pool without a hosted UI has no
// other part.
type discovery struct {
	Issuer        string   `json:"issuer"`
	KeySet        string   `json:"jwks_uri"`
	Algorithms    []string `json:"id_token_signing_alg_values_supported"`
	SubjectTypes  []string `json:"subject_types_supported"`
	ResponseTypes []string `json:"response_types_supported"`
}

// serveDocument serves the documents for verifiers of tokens.
func (p *Pool) serveDocument(w http.ResponseWriter, r *http.Request) {
	const base = "/" + PoolID + "/.well-known/"
	switch r.URL.Path {
	case base + "jwks.json":
		writeJSON(w, http.StatusOK, "application/json", keySet{Keys: []jwk{p.idKey.jwk(), p.accessKey.jwk()}})
	case base + "openid-configuration":
		writeJSON(w, http.StatusOK, "application/json", discovery{
			Issuer: p.issuer, KeySet: p.issuer + "/.well-known/jwks.json",
			Algorithms: []string{"RS256"}, SubjectTypes: []string{"public"}, ResponseTypes: []string{"code", "token"},
		})
	default:
		writeJSON(w, http.StatusNotFound, "application/json", map[string]string{"message": "Not Found"})
	}
}

package opensearch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// signer signs requests by AWS Signature Version 4.
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/request-signing.html
type signer struct {
	credentials     aws.CredentialsProvider
	region, service string
	v4              *v4.Signer
}

// newSigner returns nil for ServiceNone.
func newSigner(cfg Config) (*signer, error) {
	switch {
	case cfg.Service == ServiceNone:
		return nil, nil
	case cfg.Service != ServiceES:
		return nil, fmt.Errorf("opensearch: service %q: want %s or %s", cfg.Service, ServiceES, ServiceNone)
	case cfg.AWS.Region == "" || cfg.AWS.Credentials == nil:
		return nil, errors.New("opensearch: signing needs a region and credentials")
	}
	return &signer{credentials: cfg.AWS.Credentials, region: cfg.AWS.Region, service: cfg.Service, v4: v4.NewSigner()}, nil
}

// signed returns a signed copy of r, whose body is body; r itself if s is nil.
func (s *signer) signed(r *http.Request, body []byte) (*http.Request, error) {
	if s == nil {
		return r, nil
	}
	credentials, err := s.credentials.Retrieve(r.Context())
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	sum := sha256.Sum256(body)
	digest := hex.EncodeToString(sum[:])
	r = r.Clone(r.Context())
	r.Header.Set("X-Amz-Content-Sha256", digest)
	return r, s.v4.SignHTTP(r.Context(), credentials, r, digest, s.service, s.region, time.Now())
}

package opensearch_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"rental.example/adapters/opensearch"
)

// checkSignature signs a received request again and compares. It responds that the engine is busy.
func checkSignature(t *testing.T, secret aws.Credentials) exchange {
	return func(r *http.Request) (*http.Response, error) {
		var body []byte
		if r.Body != nil {
			body, _ = io.ReadAll(r.Body)
		}
		sum := sha256.Sum256(body)
		digest := hex.EncodeToString(sum[:])
		if got := r.Header.Get("X-Amz-Content-Sha256"); got != digest {
			t.Errorf("%s %s: digest %s of a body whose digest is %s", r.Method, r.URL, got, digest)
		}
		if r.ContentLength != int64(len(body)) || len(r.Header.Values("Content-Type")) > 1 {
			t.Errorf("%s %s: length %d of %d, content types %q", r.Method, r.URL, r.ContentLength, len(body), r.Header.Values("Content-Type"))
		}
		if len(body) == 0 && (r.Method == http.MethodPut || r.Method == http.MethodPost && !strings.HasSuffix(r.URL.Path, "/_refresh")) {
			t.Errorf("%s %s has no body", r.Method, r.URL)
		}
		again, err := unsigned(r)
		if err != nil {
			return nil, err
		}
		at, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
		if err != nil {
			return nil, err
		}
		if err := v4.NewSigner().SignHTTP(t.Context(), secret, again, digest, "es", "eu-central-1", at); err != nil {
			return nil, err
		}
		if got, want := r.Header.Get("Authorization"), again.Header.Get("Authorization"); got != want {
			t.Errorf("%s %s\n got %s\nwant %s", r.Method, r.URL, got, want)
		}
		return respond(http.StatusServiceUnavailable, noShards)(r)
	}
}

// unsigned returns r with nothing but what its signature covers.
func unsigned(r *http.Request) (*http.Request, error) {
	_, rest, _ := strings.Cut(r.Header.Get("Authorization"), "SignedHeaders=")
	signed, _, _ := strings.Cut(rest, ",")
	again, err := http.NewRequest(r.Method, r.URL.String(), nil)
	if err != nil {
		return nil, err
	}
	again.ContentLength = r.ContentLength
	for name := range strings.SplitSeq(signed, ";") {
		if values := r.Header.Values(name); len(values) > 0 {
			again.Header[http.CanonicalHeaderKey(name)] = values
		}
	}
	return again, nil
}

// TestEveryAttemptIsSigned checks three attempts of each call, and three of the request for the health of the shards.
func TestEveryAttemptIsSigned(t *testing.T) {
	t.Parallel()
	provider := credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "token")
	secret, err := provider.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name := range calls(t, nil) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := &network{exchanges: []exchange{checkSignature(t, secret)}}
			c := newClient(t, opensearch.Config{
				Endpoint: "https://search.example.com", Alias: "items", Service: opensearch.ServiceES, HTTP: n,
				AWS: aws.Config{Region: "eu-central-1", Credentials: provider},
			})
			if err := calls(t, c)[name](); err == nil || n.attempts != 6 {
				t.Errorf("%v after %d attempts, want 6", err, n.attempts)
			}
		})
	}
}

func TestNothingIsSignedForNone(t *testing.T) {
	t.Parallel()
	c, sent := newFakeClient(t, fakeEndpoint, "items", func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("X-Amz-Date") != "" {
			t.Errorf("signed: %v", r.Header)
		}
		return respond(http.StatusForbidden, forbidden)(r)
	})
	if err := calls(t, c)["Search"](); err == nil || sent.attempts != 1 {
		t.Errorf("%v after %d attempts", err, sent.attempts)
	}
}

func TestInvalidConfigs(t *testing.T) {
	t.Parallel()
	valid := opensearch.Config{Endpoint: "https://search.example.com", Alias: "items", Service: opensearch.ServiceNone}
	if _, err := opensearch.NewClient(valid); err != nil {
		t.Errorf("NewClient = %v", err)
	}
	for name, change := range map[string]func(*opensearch.Config){
		"no endpoint":        func(c *opensearch.Config) { c.Endpoint = "" },
		"endpoint is a path": func(c *opensearch.Config) { c.Endpoint = "/items" },
		"another scheme":     func(c *opensearch.Config) { c.Endpoint = "ftp://search.example.com" },
		"query in endpoint":  func(c *opensearch.Config) { c.Endpoint = "https://search.example.com/a?b" },
		"no alias":           func(c *opensearch.Config) { c.Alias = "" },
		"slash in alias":     func(c *opensearch.Config) { c.Alias = "items/_doc" },
		"several aliases":    func(c *opensearch.Config) { c.Alias = "items,*" },
		"no service":         func(c *opensearch.Config) { c.Service = "" },
		"serverless":         func(c *opensearch.Config) { c.Service = "aoss" },
		"no credentials":     func(c *opensearch.Config) { c.Service, c.AWS.Region = opensearch.ServiceES, "eu-central-1" },
		"no region": func(c *opensearch.Config) {
			c.Service, c.AWS.Credentials = opensearch.ServiceES, credentials.NewStaticCredentialsProvider("a", "b", "")
		},
	} {
		cfg := valid
		change(&cfg)
		if _, err := opensearch.NewClient(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

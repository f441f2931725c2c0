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
	"rental.example/adapters/opensearch/opensearchtest"
)

// checkSignature signs a received request again and compares. It responds that the engine is busy.
func checkSignature(t *testing.T, secret aws.Credentials) opensearchtest.Exchange {
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
		return opensearchtest.Respond(http.StatusServiceUnavailable, opensearchtest.NoShards)(r)
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
	for name := range callsOver(t, nil) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := opensearchtest.NewNetwork(checkSignature(t, secret))
			cfg := opensearchtest.Config("https://search.example.com", n)
			cfg.Service, cfg.AWS = opensearch.ServiceES, aws.Config{Region: "eu-central-1", Credentials: provider}
			if err := calls(t, newNotes(t, cfg, "notes"))[name](); err == nil || n.Attempts != 6 {
				t.Errorf("%v after %d attempts, want 6", err, n.Attempts)
			}
		})
	}
}

func TestNothingIsSignedForNone(t *testing.T) {
	t.Parallel()
	notes, sent := fakeNotes(t, func(r *http.Request) (*http.Response, error) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("X-Amz-Date") != "" {
			t.Errorf("signed: %v", r.Header)
		}
		return opensearchtest.Respond(http.StatusForbidden, opensearchtest.Forbidden)(r)
	})
	if err := calls(t, notes)["Search"](); err == nil || sent.Attempts != 1 {
		t.Errorf("%v after %d attempts", err, sent.Attempts)
	}
}

func TestInvalidConfigs(t *testing.T) {
	t.Parallel()
	valid := opensearch.Config{Endpoint: "https://search.example.com", Service: opensearch.ServiceNone}
	if _, err := opensearch.NewClient(valid); err != nil {
		t.Errorf("NewClient = %v", err)
	}
	for name, change := range map[string]func(*opensearch.Config){
		"no endpoint":        func(c *opensearch.Config) { c.Endpoint = "" },
		"endpoint is a path": func(c *opensearch.Config) { c.Endpoint = "/notes" },
		"another scheme":     func(c *opensearch.Config) { c.Endpoint = "ftp://search.example.com" },
		"query in endpoint":  func(c *opensearch.Config) { c.Endpoint = "https://search.example.com/a?b" },
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

func TestAliases(t *testing.T) {
	t.Parallel()
	for alias, valid := range map[string]bool{"notes": true, "n-1_2": true, "": false, "notes/_doc": false, "notes,*": false, "Notes": false, "_notes": false} {
		if _, err := opensearch.NewIndex(alias, nil, 0); (err == nil) != valid {
			t.Errorf("NewIndex(%q) = %v, want valid: %t", alias, err, valid)
		}
	}
}

// TestPing checks that Ping sends one search and nothing else: it is called at start, and must not create a missing index.
func TestPing(t *testing.T) {
	t.Parallel()
	const found = `{"timed_out":false,"_shards":{"failed":0},"hits":{"total":{"value":0,"relation":"eq"},"hits":[]}}`
	for name, test := range map[string]struct {
		response opensearchtest.Exchange
		fails    bool
	}{
		"index":         {opensearchtest.Respond(200, found), false},
		"missing index": {opensearchtest.Respond(404, opensearchtest.NoSuchIndex), true},
		"no shards":     {opensearchtest.Respond(503, opensearchtest.NoShards), true},
	} {
		var sent []string
		notes, _ := fakeNotes(t, opensearchtest.RecordRequest(t, &sent, test.response))
		if err := notes.Ping(t.Context()); (err != nil) != test.fails {
			t.Errorf("%s: Ping = %v, want an error: %t", name, err, test.fails)
		}
		if want := `POST /notes/_search {"size":0,"query":{"match_none":{}}}`; len(sent) != 1 || sent[0] != want {
			t.Errorf("%s: sent %q, want %q alone", name, sent, want)
		}
	}
}

// Package lambdaenv reads the environment of a Lambda function: variables, region, credentials and endpoints.
//
// It creates aws.Config without the SDK's module config, which links single sign-on, web identities, instance metadata and
// shared files. No function uses them, and they cost start time and size.
//
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
package lambdaenv

import (
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// Env reads environment variables. Err returns all missing and invalid ones together. An empty variable counts as missing:
// the template declares some empty variables, which sam local can set.
type Env struct {
	lookup  func(string) string
	missing []string
	invalid []string
}

// New returns an Env that reads variables by lookup, such as os.Getenv.
func New(lookup func(string) string) *Env { return &Env{lookup: lookup} }

// Required returns the value of a required variable.
func (e *Env) Required(name string) string {
	value := e.lookup(name)
	if value == "" && !slices.Contains(e.missing, name) {
		e.missing = append(e.missing, name)
	}
	return value
}

// Optional returns the value of a variable, or fallback if it is missing.
func (e *Env) Optional(name, fallback string) string {
	if value := e.lookup(name); value != "" {
		return value
	}
	return fallback
}

// Origin returns the value of a required variable that must be a web origin as browsers send it (RFC 6454, section 6.2):
// scheme, host in lower case, and port unless it is the default of the scheme.
func (e *Env) Origin(name string) string {
	value := e.Required(name)
	u, err := url.Parse(value)
	if value != "" && (err != nil || !isWeb(u) || u.Scheme+"://"+u.Host != value || !isOriginHost(u)) {
		e.addInvalid(name, "must be an origin such as https://app.example.com")
	}
	return value
}

func isOriginHost(u *url.URL) bool {
	defaultPort := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	return !strings.ContainsAny(u.Host, "ABCDEFGHIJKLMNOPQRSTUVWXYZ*") && !strings.HasSuffix(u.Host, ":") && u.Port() != defaultPort
}

func isWeb(u *url.URL) bool { return u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") }

// Count returns the value of a variable that must be a whole number of at least 1 in decimal digits, without leading
// zeros, or fallback if it is missing.
func (e *Env) Count(name string, fallback int) int {
	text := e.Optional(name, strconv.Itoa(fallback))
	n, err := strconv.Atoi(text)
	if err != nil || strconv.Itoa(n) != text || n < 1 {
		e.addInvalid(name, "must be a whole number of at least 1, such as 3")
	}
	return n
}

// LogLevel returns the level in LOG_LEVEL: DEBUG, INFO (the default), WARN or ERROR.
func (e *Env) LogLevel() slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(e.Optional("LOG_LEVEL", "INFO"))); err != nil {
		e.addInvalid("LOG_LEVEL", "must be DEBUG, INFO, WARN or ERROR")
	}
	return level
}

// AWS returns the configuration of an SDK client: region, credentials of the function's role, which do not change while
// the process runs, and endpoint. The endpoint is in AWS_ENDPOINT_URL_<SERVICE> or AWS_ENDPOINT_URL; without both it is
// the service's own in the region.
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
func (e *Env) AWS(service string) aws.Config {
	return aws.Config{
		Region:       e.Required("AWS_REGION"),
		BaseEndpoint: e.endpoint(service),
		Credentials: credentials.NewStaticCredentialsProvider(
			e.Required("AWS_ACCESS_KEY_ID"), e.Required("AWS_SECRET_ACCESS_KEY"), e.Optional("AWS_SESSION_TOKEN", "")),
	}
}

func (e *Env) endpoint(service string) *string {
	for _, name := range []string{"AWS_ENDPOINT_URL_" + service, "AWS_ENDPOINT_URL"} {
		value := e.Optional(name, "")
		if value == "" {
			continue
		}
		if u, err := url.Parse(value); err != nil || !isWeb(u) {
			e.addInvalid(name, "must be an http or https URL")
		}
		return &value
	}
	return nil
}

func (e *Env) addInvalid(name, reason string) { e.invalid = append(e.invalid, name+" "+reason) }

// Err returns an error with all missing and invalid variables that were read, or nil.
func (e *Env) Err() error {
	var parts []string
	if len(e.missing) > 0 {
		parts = append(parts, "missing environment variables: "+strings.Join(e.missing, ", "))
	}
	if len(e.invalid) > 0 {
		parts = append(parts, "invalid environment variables: "+strings.Join(e.invalid, "; "))
	}
	if len(parts) == 0 {
		return nil
	}
	return fmt.Errorf("configuration: %s", strings.Join(parts, "; "))
}

// Package lambdaenv reads the environment that AWS Lambda gives a function: its variables, region,
// credentials and endpoints.
//
// The SDK's own loader (the module config) would do it too, and brings single sign-on, web identities,
// instance metadata and shared files along: none of them exists in a function, all of them cost start
// time and size. So a function's aws.Config is made here, by hand.
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

// Env reads variables, and keeps account of those that are missing or unusable, so that all of them are
// told at once. An empty variable is a missing one: the template declares some empty so that sam local
// can set them.
type Env struct {
	lookup   func(string) string
	missing  []string
	unusable []string
}

// New makes an Env over a look-up such as os.Getenv.
func New(lookup func(string) string) *Env { return &Env{lookup: lookup} }

// Required is the value of a variable that has to be there.
func (e *Env) Required(name string) string {
	value := e.lookup(name)
	if value == "" && !slices.Contains(e.missing, name) {
		e.missing = append(e.missing, name)
	}
	return value
}

// Optional is the value of a variable, or fallback without it.
func (e *Env) Optional(name, fallback string) string {
	if value := e.lookup(name); value != "" {
		return value
	}
	return fallback
}

// Origin is the value of a required variable that must be a web origin as browsers write it (RFC 6454,
// section 6.2): a scheme, a host in lower case, a port unless it is the scheme's own, and nothing more.
// Another spelling would never equal what they send.
func (e *Env) Origin(name string) string {
	value := e.Required(name)
	u, err := url.Parse(value)
	if value != "" && (err != nil || !web(u) || u.Scheme+"://"+u.Host != value || !originHost(u)) {
		e.refuse(name, "must be an origin such as https://app.example.com")
	}
	return value
}

func originHost(u *url.URL) bool {
	defaultPort := map[string]string{"http": "80", "https": "443"}[u.Scheme]
	return !strings.ContainsAny(u.Host, "ABCDEFGHIJKLMNOPQRSTUVWXYZ*") && !strings.HasSuffix(u.Host, ":") && u.Port() != defaultPort
}

func web(u *url.URL) bool { return u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") }

// Count is the value of a variable that must be a whole number of at least 1, or fallback without it.
func (e *Env) Count(name string, fallback int) int {
	n, err := strconv.Atoi(e.Optional(name, strconv.Itoa(fallback)))
	if err != nil || n < 1 {
		e.refuse(name, "must be a whole number of at least 1, such as 3")
	}
	return n
}

// LogLevel is the level that LOG_LEVEL names: DEBUG, INFO (without it), WARN or ERROR.
func (e *Env) LogLevel() slog.Level {
	var level slog.Level
	if err := level.UnmarshalText([]byte(e.Optional("LOG_LEVEL", "INFO"))); err != nil {
		e.refuse("LOG_LEVEL", "must be DEBUG, INFO, WARN or ERROR")
	}
	return level
}

// AWS is the configuration of the SDK's client for a service: the region, the credentials of the
// function's role, which stay the same as long as the process lives, and the endpoint.
//
// service is its name in AWS_ENDPOINT_URL_<SERVICE>, which goes before AWS_ENDPOINT_URL; without either
// the client finds the service's own endpoint in the region.
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
		if u, err := url.Parse(value); err != nil || !web(u) {
			e.refuse(name, "must be an http or https URL")
		}
		return &value
	}
	return nil
}

func (e *Env) refuse(name, told string) { e.unusable = append(e.unusable, name+" "+told) }

// Err names every missing and every unusable variable that was read, in one line; nil without any.
func (e *Env) Err() error {
	var parts []string
	if len(e.missing) > 0 {
		parts = append(parts, "missing environment variables: "+strings.Join(e.missing, ", "))
	}
	if len(e.unusable) > 0 {
		parts = append(parts, "unusable environment variables: "+strings.Join(e.unusable, "; "))
	}
	if len(parts) == 0 {
		return nil
	}
	return fmt.Errorf("configuration: %s", strings.Join(parts, "; "))
}

package simulation_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"rental.example/adapters/samtest"
)

// permissions is a RoundTripper that reports requests to OpenSearch which template.yaml does not allow a function. The
// engine has no policies, so a missing permission would fail only on AWS.
type permissions struct {
	t        testing.TB
	function string
	allowed  []*regexp.Regexp // match a method and a path
	reported sync.Map         // requests, to report each once
}

// permissionsOf returns the permissions of a function for the indices of an alias. Like IAM, they match the encoded path.
func permissionsOf(t testing.TB, function, alias string) *permissions {
	t.Helper()
	r := &permissions{t: t, function: function}
	policies, _ := samtest.LoadTemplate(t).Properties(t, function)["Policies"].([]any)
	for _, policy := range policies {
		statements, _ := policy.(map[string]any)["Statement"].([]any)
		for _, statement := range statements {
			r.allowed = append(r.allowed, patterns(t, statement.(map[string]any), alias)...)
		}
	}
	if len(r.allowed) == 0 {
		t.Fatalf("%s has no permissions for OpenSearch", function)
	}
	return r
}

// patterns returns patterns of the OpenSearch requests that a statement of a policy allows.
func patterns(t testing.TB, statement map[string]any, alias string) (allowed []*regexp.Regexp) {
	t.Helper()
	if statement["Effect"] != "Allow" || statement["Condition"] != nil {
		t.Fatalf("unsupported statement: %v", statement)
	}
	for _, action := range values(statement["Action"]) {
		method, isHTTP := strings.CutPrefix(action, "es:ESHttp")
		for _, resource := range values(statement["Resource"]) {
			_, path, found := strings.Cut(resource, "domain/${OpenSearchDomainName}/")
			if isHTTP && found {
				request := strings.ToUpper(method) + " /" + strings.ReplaceAll(path, "${OpenSearchIndex}", alias)
				allowed = append(allowed, regexp.MustCompile("^"+strings.ReplaceAll(regexp.QuoteMeta(request), `\*`, ".*")+"$"))
			}
		}
	}
	return allowed
}

// values returns the strings of a string or a list.
func values(v any) (all []string) {
	if s, ok := v.(string); ok {
		return []string{s}
	}
	list, _ := v.([]any)
	for _, v := range list {
		if text, ok := v.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// RoundTrip implements http.RoundTripper.
func (r *permissions) RoundTrip(request *http.Request) (*http.Response, error) {
	sent := request.Method + " " + request.URL.EscapedPath()
	if !slices.ContainsFunc(r.allowed, func(pattern *regexp.Regexp) bool { return pattern.MatchString(sent) }) {
		if _, known := r.reported.LoadOrStore(sent, true); !known {
			r.t.Errorf("template.yaml does not allow %s: %s", r.function, sent)
		}
	}
	return http.DefaultTransport.RoundTrip(request)
}

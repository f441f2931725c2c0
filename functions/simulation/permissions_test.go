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

// permissions reports what template.yaml does not allow a function to ask of OpenSearch. The engine itself
// knows no policies, so a right that is forgotten would show on AWS alone.
type permissions struct {
	t        testing.TB
	function string
	allowed  []*regexp.Regexp // of a method and a path
	reported sync.Map         // what was, once each
}

// permissionsOf are those of a function over the indices under an alias. Like IAM they compare the path as it is sent.
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
		t.Fatalf("%s has no permissions in OpenSearch", function)
	}
	return r
}

// patterns are of what a statement of a policy allows in OpenSearch, if it is about that.
func patterns(t testing.TB, statement map[string]any, alias string) (allowed []*regexp.Regexp) {
	t.Helper()
	if statement["Effect"] != "Allow" || statement["Condition"] != nil {
		t.Fatalf("a statement that this test does not understand: %v", statement)
	}
	for _, action := range texts(statement["Action"]) {
		method, ours := strings.CutPrefix(action, "es:ESHttp")
		for _, resource := range texts(statement["Resource"]) {
			_, path, found := strings.Cut(resource, "domain/${OpenSearchDomainName}/")
			if ours && found {
				right := strings.ToUpper(method) + " /" + strings.ReplaceAll(path, "${OpenSearchIndex}", alias)
				allowed = append(allowed, regexp.MustCompile("^"+strings.ReplaceAll(regexp.QuoteMeta(right), `\*`, ".*")+"$"))
			}
		}
	}
	return allowed
}

// texts are those of one value or several.
func texts(v any) (all []string) {
	if one, ok := v.(string); ok {
		return []string{one}
	}
	several, _ := v.([]any)
	for _, one := range several {
		if text, ok := one.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

// RoundTrip implements http.RoundTripper.
func (r *permissions) RoundTrip(request *http.Request) (*http.Response, error) {
	asked := request.Method + " " + request.URL.EscapedPath()
	if !slices.ContainsFunc(r.allowed, func(pattern *regexp.Regexp) bool { return pattern.MatchString(asked) }) {
		if _, known := r.reported.LoadOrStore(asked, true); !known {
			r.t.Errorf("template.yaml does not allow %s: %s", r.function, asked)
		}
	}
	return http.DefaultTransport.RoundTrip(request)
}

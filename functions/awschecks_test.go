package functions_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// TestAWSChecks looks for what CloudFormation and its services would refuse, in template.yaml as each
// deployment resolves it. It needs nothing but Go, so that it comes before a linter and long before an account.
func TestAWSChecks(t *testing.T) {
	t.Parallel()
	template := mustParse(t, samtest.ReadFile(t, "template.yaml"))
	known := ownCatalog(t)
	where := map[string][]string{}
	all := deployments(t, template)
	for _, d := range all {
		for _, sentence := range refusals(template, d.parameters, known) {
			where[sentence] = append(where[sentence], d.name)
		}
	}
	for _, sentence := range slices.Sorted(maps.Keys(where)) {
		names := where[sentence]
		t.Errorf("template.yaml: %s\n\tin %d of %d deployments, such as %s", sentence, len(names), len(all), names[0])
	}
}

func mustParse(t *testing.T, text string) map[string]any {
	t.Helper()
	template, err := parseTemplate(text)
	if err != nil {
		t.Fatalf("template.yaml: %v", err)
	}
	return template
}

// ownCatalog is what AWS publishes, and what the functions write to the namespace of the stack that is checked.
func ownCatalog(t *testing.T) catalog {
	t.Helper()
	return slices.Concat(publishedByAWS, ownMetrics(t, here.stack))
}

// refusals are the sentences on one deployment, in order.
func refusals(template, parameters map[string]any, known catalog) []string {
	r := resolveAt(template, parameters, here)
	known = slices.Concat(known, r.filtered())
	found := slices.Concat(r.problems, r.dashboards(known), r.alarms(here, known), r.empty(), r.replaceable(),
		r.indexRights(here), r.watchedIndexes(), r.unpublishable(template), clashes(template, parameters))
	slices.Sort(found)
	return slices.Compact(found)
}

// a deployment is one set of parameters that the template is deployed with.
type deployment struct {
	name       string
	parameters map[string]any
}

// examples are values of parameters that are off by default, where their own texts name none.
var examples = map[string]any{
	"AlarmEmail":           "ops@example.com",
	"RepublishSchedule":    "cron(15 3 * * ? *)",
	"OpenSearchDomainName": "rental-items",
	"OpenSearchEndpoint":   "https://search-rental-items-abc123.eu-west-1.es.amazonaws.com",
}

// stagesAndModes are each stage in each mode, bare (with no parameter more than the mode wants) and full (with all,
// those of other modes included).
func stagesAndModes(template map[string]any) (all []deployment) {
	full := fullParameters(template)
	for _, stage := range []string{"dev", "staging", "prod"} {
		for _, mode := range []string{"none", "domain", "existing"} {
			bare := map[string]any{"Stage": stage, "OpenSearchMode": mode}
			if mode != "none" {
				bare["OpenSearchDomainName"] = examples["OpenSearchDomainName"]
			}
			if mode == "existing" {
				bare["OpenSearchEndpoint"] = examples["OpenSearchEndpoint"]
			}
			all = append(all, deployment{stage + ", mode " + mode, bare}, deployment{stage + ", mode " + mode + ", all parameters", merged(full, bare)})
		}
	}
	return all
}

// deployments are those; prod with each other value that a parameter can have; and the environments of samconfig.toml.
func deployments(t *testing.T, template map[string]any) []deployment {
	t.Helper()
	all := stagesAndModes(template)
	prod := merged(fullParameters(template), map[string]any{"Stage": "prod", "OpenSearchMode": "domain"})
	parameters, _ := template["Parameters"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		values, _ := samtest.Lookup(parameters, name, "AllowedValues").([]any)
		for _, value := range values {
			all = append(all, deployment{fmt.Sprintf("prod, mode domain, %s=%v", name, value), merged(prod, map[string]any{name: value})})
		}
	}
	config := parseConfig(t, samtest.ReadFile(t, "samconfig.toml"))
	for _, environment := range config.environments() {
		overrides, _ := config.overrides(environment, "deploy")
		given, _ := splitOverrides(overrides)
		d := map[string]any{}
		for name, value := range given {
			d[name] = value
		}
		all = append(all, deployment{"--config-env " + environment, d})
	}
	return all
}

// fullParameters are a value for each parameter that is off by default, and can be found.
func fullParameters(template map[string]any) map[string]any {
	full := map[string]any{}
	parameters, _ := template["Parameters"].(map[string]any)
	for name, p := range parameters {
		p, _ := p.(map[string]any)
		if value := example(name, p); off(p) && value != nil {
			full[name] = value
		}
	}
	return full
}

// off reports whether a parameter's default stands for nothing.
func off(p map[string]any) bool {
	return p["AllowedValues"] == nil && slices.Contains([]string{"", "0"}, fmt.Sprint(p["Default"]))
}

var suchAs = regexp.MustCompile(`such as ([^\s,;]+)`)

// example is a value that a parameter takes: that of examples, or one that its own texts or limits name.
func example(name string, p map[string]any) any {
	candidates := []any{p["MaxValue"], "1000"}
	for _, m := range suchAs.FindAllStringSubmatch(fmt.Sprint(p["Description"], " ", p["ConstraintDescription"]), -1) {
		candidates = append(candidates, m[1])
	}
	if given, ok := examples[name]; ok {
		candidates = []any{given}
	}
	for _, value := range candidates {
		if value != nil && parameterProblem(p, fmt.Sprint(value)) == "" {
			return value
		}
	}
	return nil
}

// TestExamples: what a parameter switches on is checked.
func TestExamples(t *testing.T) {
	t.Parallel()
	parameters, _ := mustParse(t, samtest.ReadFile(t, "template.yaml"))["Parameters"].(map[string]any)
	for name, p := range parameters {
		p, _ := p.(map[string]any)
		if off(p) && example(name, p) == nil {
			t.Errorf("the parameter %s is off by default: let its Description say \"such as\" and a value, or give it one in examples", name)
		}
	}
}

// merged are the entries of both, of b where both have one.
func merged(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// parameterProblem says what CloudFormation has against a value of a declared parameter.
func parameterProblem(p map[string]any, value string) string {
	if allowed, ok := p["AllowedValues"].([]any); ok && !slices.ContainsFunc(allowed, func(a any) bool { return fmt.Sprint(a) == value }) {
		return fmt.Sprintf("is %q, want one of %v", value, allowed)
	}
	if pattern, ok := p["AllowedPattern"].(string); ok && !matchesWhole(pattern, value) {
		return fmt.Sprintf("is %q, which does not match %s: it %v", value, pattern, p["ConstraintDescription"])
	}
	if p["Type"] == "Number" {
		if n := numeric(value); fmt.Sprint(n) != value && !regexp.MustCompile(`^-?[0-9.]+$`).MatchString(value) ||
			p["MinValue"] != nil && n < numeric(p["MinValue"]) || p["MaxValue"] != nil && n > numeric(p["MaxValue"]) {
			return fmt.Sprintf("is %q, want a number from %v to %v", value, p["MinValue"], p["MaxValue"])
		}
	}
	return ""
}

var negativeLookahead = regexp.MustCompile(`\(\?!([^()]*)\)`)

// matchesWhole is a match of CloudFormation's, whose patterns match the whole value and may look ahead, as Go's may not.
func matchesWhole(pattern, value string) bool {
	m := negativeLookahead.FindStringSubmatchIndex(pattern)
	if m == nil {
		return regexp.MustCompile(`^(?:` + pattern + `)$`).MatchString(value)
	}
	before := pattern[:m[0]]
	refused := before[strings.LastIndex(before, "|")+1:] + pattern[m[2]:m[3]]
	return matchesWhole(before+pattern[m[1]:], value) && !regexp.MustCompile(refused).MatchString(value)
}

// checkFindings fails the test unless found is one finding or several that contain want; none, where want is empty.
func checkFindings(t *testing.T, name string, found []string, want string) {
	t.Helper()
	if got := strings.Join(found, "\n"); (want == "") != (got == "") || !strings.Contains(got, want) {
		t.Errorf("%s: got %q, want %q", name, got, want)
	}
}

package functions_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"rental.example/adapters/samtest"
)

// inputs are a template's Parameters and Rules: what CloudFormation checks before it makes anything.
type inputs struct {
	parameters map[string]map[string]any
	rules      map[string]map[string]any
}

func readInputs(t *testing.T) inputs {
	t.Helper()
	var document struct {
		Parameters yaml.Node `yaml:"Parameters"`
		Rules      yaml.Node `yaml:"Rules"`
	}
	if err := yaml.Unmarshal([]byte(samtest.ReadFile(t, "template.yaml")), &document); err != nil {
		t.Fatal(err)
	}
	in := inputs{parameters: section(inputForm(&document.Parameters)), rules: section(inputForm(&document.Rules))}
	if len(in.parameters) == 0 || len(in.rules) == 0 {
		t.Fatal("template.yaml has no Parameters or no Rules")
	}
	return in
}

func section(v any) map[string]map[string]any {
	all := map[string]map[string]any{}
	m, _ := v.(map[string]any)
	for name, entry := range m {
		all[name], _ = entry.(map[string]any)
	}
	return all
}

// inputForm is a value with each short intrinsic function in its long form. Scalars are strings, as the values of
// parameters are.
func inputForm(n *yaml.Node) any {
	var v any = n.Value
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = inputForm(n.Content[i+1])
		}
		v = m
	case yaml.SequenceNode:
		l := []any{}
		for _, e := range n.Content {
			l = append(l, inputForm(e))
		}
		v = l
	}
	switch tag := n.Tag; {
	case tag == "!Ref":
		return map[string]any{"Ref": v}
	case strings.HasPrefix(tag, "!") && !strings.HasPrefix(tag, "!!"):
		return map[string]any{"Fn::" + tag[1:]: v}
	}
	return v
}

// refusals are the sentences with which CloudFormation refuses values: "Name: sentence" for a value that its own
// parameter excludes, else the AssertDescription of each Rule that fails.
func (in inputs) refusals(values map[string]string) []string {
	var found []string
	c := conditions{parameters: map[string]any{}}
	for name := range values {
		if in.parameters[name] == nil {
			found = append(found, name+": is no parameter")
		}
	}
	for name, p := range in.parameters {
		value, given := values[name]
		if !given {
			value, _ = p["Default"].(string)
		}
		c.parameters[name] = value
		if !allows(p, value) {
			found = append(found, fmt.Sprintf("%s: %v", name, p["ConstraintDescription"]))
		}
	}
	if len(found) == 0 {
		found = in.broken(c)
	}
	slices.Sort(found)
	return found
}

// broken are the sentences of the assertions that fail.
func (in inputs) broken(c conditions) []string {
	var found []string
	for _, rule := range in.rules {
		if condition := rule["RuleCondition"]; condition != nil && !c.holds(condition) {
			continue
		}
		for _, a := range each(rule["Assertions"]) {
			if a, _ := a.(map[string]any); !c.holds(a["Assert"]) {
				found = append(found, fmt.Sprint(a["AssertDescription"]))
			}
		}
	}
	return found
}

// allows reports whether a parameter takes a value.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
func allows(p map[string]any, value string) bool {
	if allowed, ok := p["AllowedValues"].([]any); ok && !slices.Contains(allowed, any(value)) {
		return false
	}
	if pattern, ok := p["AllowedPattern"].(string); ok && !matches(pattern, value) {
		return false
	}
	if p["Type"] != "Number" {
		return true
	}
	n, err := strconv.ParseFloat(value, 64)
	return err == nil && n >= limit(p["MinValue"], n) && n <= limit(p["MaxValue"], n)
}

func limit(v any, fallback float64) float64 {
	text, _ := v.(string)
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	return fallback
}

var lookahead = regexp.MustCompile(`\(\?!([a-z-]+)\)`)

// matches reports whether a pattern matches the whole of a value. Go has no negative lookahead: what matches by way of
// the excluded text does not match.
func matches(pattern, value string) bool {
	with := regexp.MustCompile(`^(?:` + lookahead.ReplaceAllString(pattern, "(?P<excluded>$1)") + `)$`)
	if m := with.FindStringSubmatch(value); m != nil && with.SubexpIndex("excluded") >= 0 && m[with.SubexpIndex("excluded")] != "" {
		return false
	}
	return regexp.MustCompile(`^(?:` + lookahead.ReplaceAllString(pattern, "") + `)$`).MatchString(value)
}

// TestParametersAreBounded: whatever a person can write is checked, and the refusal says what to write instead.
func TestParametersAreBounded(t *testing.T) {
	t.Parallel()
	in := readInputs(t)
	for name, p := range in.parameters {
		listed, bounded := p["AllowedValues"] != nil, p["MinValue"] != nil && p["MaxValue"] != nil
		if !listed && !bounded && p["AllowedPattern"] == nil {
			t.Errorf("%s takes anything: give it AllowedValues, an AllowedPattern, or MinValue and MaxValue", name)
		}
		// Without one, CloudFormation says "must be one of AllowedValues", or shows the pattern.
		if sentence, _ := p["ConstraintDescription"].(string); !strings.HasPrefix(sentence, "must be ") {
			t.Errorf("%s has the ConstraintDescription %q: say what it must be", name, sentence)
		}
		if p["Description"] == nil || p["Default"] == nil {
			t.Errorf("%s has no Description or no Default", name)
		}
	}
	for name, rule := range in.rules {
		for _, a := range each(rule["Assertions"]) {
			a, _ := a.(map[string]any)
			if sentence, _ := a["AssertDescription"].(string); sentence == "" {
				t.Errorf("%s fails without a sentence", name)
			}
		}
	}
}

// with are values over others.
func with(base map[string]string, pairs ...string) map[string]string {
	values := maps.Clone(base)
	if values == nil {
		values = map[string]string{}
	}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		values[name] = value
	}
	return values
}

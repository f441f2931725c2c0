package functions_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// inputs are a template's Parameters and Rules: what CloudFormation checks before it makes anything.
type inputs struct {
	parameters, rules map[string]map[string]any
}

func readInputs(t *testing.T) inputs {
	t.Helper()
	template := mustParse(t, samtest.ReadFile(t, "template.yaml"))
	in := inputs{map[string]map[string]any{}, map[string]map[string]any{}}
	for section, entries := range map[string]map[string]map[string]any{"Parameters": in.parameters, "Rules": in.rules} {
		declared, _ := template[section].(map[string]any)
		for name, entry := range declared {
			entries[name], _ = entry.(map[string]any)
		}
	}
	if len(in.parameters) == 0 || len(in.rules) == 0 {
		t.Fatal("template.yaml has no Parameters or no Rules")
	}
	return in
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
			value = fmt.Sprint(p["Default"])
		}
		c.parameters[name] = value
		if parameterProblem(p, value) != "" {
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

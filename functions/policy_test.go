package functions_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"rental.example/adapters/samtest"
)

// TestPolicy checks what is deployed, in each stage and mode, by the rules of policyrules_test.go. Exceptions are in the
// template's Metadata, each with its reason.
func TestPolicy(t *testing.T) {
	t.Parallel()
	var all []map[string]any
	for _, d := range stagesAndModes(mustParse(t, samtest.ReadFile(t, "template.yaml"))) {
		optional := map[string]any{"WafRequestsPerIp": "1000", "ItemsConcurrency": "50",
			"PermissionsBoundary": "arn:aws:iam::123456789012:policy/boundary"}
		maps.Copy(optional, d.parameters)
		all = append(all, optional)
	}
	used := map[string]bool{}
	var reasons map[string]any
	for i, template := range translate(t, all) {
		reasons, _ = samtest.Lookup(template, "Metadata", "PolicyExceptions").(map[string]any)
		s := resolve(template, all[i])
		what := fmt.Sprintf("%v, mode %v", all[i]["Stage"], all[i]["OpenSearchMode"])
		parameters, _ := template["Parameters"].(map[string]any)
		for _, f := range s.findings(all[i]["OpenSearchMode"] != "none", slices.Collect(maps.Keys(parameters))...) {
			general := s.general(f)
			used[f], used[general] = true, true
			if reasons[f] == nil && reasons[general] == nil {
				t.Errorf("%s: %s", what, f)
			}
		}
		if canary := len(s.of("AWS::CodeDeploy::DeploymentGroup")) > 0; canary != (all[i]["Stage"] == "prod") {
			t.Errorf("%s: gradual deployment: %v", what, canary)
		}
		flows, _ := samtest.Lookup(s["UserPoolClient"], "Properties", "ExplicitAuthFlows").([]any)
		if passwords := slices.Contains(flows, any("ALLOW_USER_PASSWORD_AUTH")); passwords == (all[i]["Stage"] == "prod") {
			t.Errorf("%s: sign-in by the password itself: %v", what, passwords)
		}
	}
	for exception, reason := range reasons {
		if reason, _ := reason.(string); !used[exception] || reason == "" {
			t.Errorf("the exception %q has the reason %q and is used: %v", exception, reason, used[exception])
		}
	}
}

// translate is the template as CloudFormation gets it, for each set of parameters.
func translate(t *testing.T, parameters []map[string]any) []map[string]any {
	t.Helper()
	var templates []map[string]any
	runPython(t, "translate.py", []string{filepath.Join(samtest.Root(t), "template.yaml")}, parameters, &templates)
	if len(templates) != len(parameters) {
		t.Fatalf("%d templates for %d sets of parameters", len(templates), len(parameters))
	}
	return templates
}

// runPython runs a script of testdata/checks that reads and writes JSON. The test is skipped where no SAM_PYTHON
// says which Python has what the SAM CLI brings, and fails so under CI.
func runPython(t *testing.T, script string, args []string, input, output any) {
	t.Helper()
	python := samtest.Endpoint(t, "SAM_PYTHON", "sam")
	data, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, append([]string{filepath.Join(samtest.Root(t), "testdata/checks", script)}, args...)...)
	cmd.Stdin = bytes.NewReader(data)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v: %s", script, err, stderr.String())
	}
	if err := json.Unmarshal(out, output); err != nil {
		t.Fatalf("%s: %v", script, err)
	}
}

// stack is what one set of parameters deploys: resources by name, with no conditions left.
type stack map[string]map[string]any

// resolve decides a translated template's conditions by the parameters, and leaves out what they exclude.
// Other intrinsic functions stay.
func resolve(template, parameters map[string]any) stack {
	c := conditions{parameters: map[string]any{}}
	c.named, _ = template["Conditions"].(map[string]any)
	declared, _ := template["Parameters"].(map[string]any)
	for name, p := range declared {
		p, _ := p.(map[string]any)
		c.parameters[name] = p["Default"]
	}
	for name, value := range parameters {
		c.parameters[name] = value
	}
	s := stack{}
	resources, _ := template["Resources"].(map[string]any)
	for name, r := range resources {
		r, _ := r.(map[string]any)
		if condition, ok := r["Condition"].(string); ok && !c.holds(c.named[condition]) {
			continue
		}
		s[name], _ = c.without(r).(map[string]any)
	}
	return s
}

// conditions decides a template's conditions. One that it cannot decide does not hold; TestConditionsAreKnown reports it.
type conditions struct {
	named, parameters map[string]any
}

func (c conditions) holds(condition any) bool {
	m, _ := condition.(map[string]any)
	if name, ok := m["Condition"].(string); ok {
		return c.holds(c.named[name])
	}
	for function, args := range m {
		args, _ := args.([]any)
		if len(args) < decided[function] {
			return false
		}
		switch function {
		case "Fn::Equals":
			return fmt.Sprint(c.value(args[0])) == fmt.Sprint(c.value(args[1])) // parameters are texts
		case "Fn::Not":
			return !c.holds(args[0])
		case "Fn::And":
			return !slices.ContainsFunc(args, func(a any) bool { return !c.holds(a) })
		case "Fn::Or":
			return slices.ContainsFunc(args, c.holds)
		case "Fn::Contains": // in Rules alone
			list, _ := args[0].([]any)
			return slices.ContainsFunc(list, func(e any) bool { return fmt.Sprint(e) == fmt.Sprint(c.value(args[1])) })
		}
	}
	return false
}

// decided are the functions of conditions, with the least number of their arguments.
var decided = map[string]int{"Fn::Equals": 2, "Fn::Not": 1, "Fn::And": 2, "Fn::Or": 2, "Fn::Contains": 2}

// undecided are the parts of a condition that conditions cannot decide.
func undecided(condition any) (found []string) {
	m, _ := condition.(map[string]any)
	if _, named := m["Condition"].(string); named {
		return nil
	}
	for function, v := range m {
		args, _ := v.([]any)
		if least, known := decided[function]; known && len(args) >= least {
			if function == "Fn::Not" || function == "Fn::And" || function == "Fn::Or" {
				for _, arg := range args {
					found = append(found, undecided(arg)...)
				}
			}
			return found
		}
	}
	return []string{fmt.Sprint(condition)}
}

// value is a parameter's, of a reference.
func (c conditions) value(v any) any {
	if m, ok := v.(map[string]any); ok {
		name, _ := m["Ref"].(string)
		return c.parameters[name]
	}
	return v
}

// noValue is what a property or an element becomes that is left out.
type noValue struct{}

// without is a value with every Fn::If decided.
func (c conditions) without(v any) any {
	switch v := v.(type) {
	case []any:
		var kept []any
		for _, e := range v {
			if e = c.without(e); e != (noValue{}) {
				kept = append(kept, e)
			}
		}
		return kept
	case map[string]any:
		return c.withoutIn(v)
	}
	return v
}

func (c conditions) withoutIn(m map[string]any) any {
	if m["Ref"] == "AWS::NoValue" {
		return noValue{}
	}
	if args, ok := m["Fn::If"].([]any); ok {
		name, _ := args[0].(string)
		if c.holds(c.named[name]) {
			return c.without(args[1])
		}
		return c.without(args[2])
	}
	kept := map[string]any{}
	for key, e := range m {
		if e = c.without(e); e != any(noValue{}) {
			kept[key] = e
		}
	}
	return kept
}

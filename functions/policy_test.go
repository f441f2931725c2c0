package functions_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"rental.example/adapters/samtest"
)

// TestPolicy holds what is deployed, in each stage and mode, against the rules of policyrules_test.go. What
// breaks one stands in the template's Metadata, with the reason why it may.
func TestPolicy(t *testing.T) {
	t.Parallel()
	var all []map[string]any
	for _, stage := range []string{"dev", "staging", "prod"} {
		for _, mode := range []string{"none", "domain", "existing"} {
			all = append(all, map[string]any{"Stage": stage, "OpenSearchMode": mode, "OpenSearchDomainName": "items",
				"OpenSearchEndpoint": "https://search-items.eu-west-1.es.amazonaws.com", "RepublishSchedule": "rate(1 day)",
				"AlarmEmail": "ops@example.com"})
		}
	}
	used := map[string]bool{}
	var reasons map[string]any
	for i, template := range translate(t, all) {
		reasons, _ = samtest.At(template, "Metadata", "PolicyExceptions").(map[string]any)
		s := resolve(template, all[i])
		what := fmt.Sprintf("%v, mode %v", all[i]["Stage"], all[i]["OpenSearchMode"])
		for _, f := range s.findings(all[i]["OpenSearchMode"] != "none") {
			general := s.general(f)
			used[f], used[general] = true, true
			if reasons[f] == nil && reasons[general] == nil {
				t.Errorf("%s: %s", what, f)
			}
		}
		if canary := len(s.of("AWS::CodeDeploy::DeploymentGroup")) > 0; canary != (all[i]["Stage"] == "prod") {
			t.Errorf("%s: gradual deployment: %v", what, canary)
		}
	}
	for exception, reason := range reasons {
		if reason, _ := reason.(string); !used[exception] || reason == "" {
			t.Errorf("the exception %q has the reason %q and is used: %v", exception, reason, used[exception])
		}
	}
}

// translate is the template as CloudFormation gets it, for each set of parameters. The test is skipped where
// no SAM_PYTHON says which Python has the SAM CLI's translator, and fails so under CI.
func translate(t *testing.T, parameters []map[string]any) []map[string]any {
	t.Helper()
	python := samtest.Endpoint(t, "SAM_PYTHON", "sam")
	input, err := json.Marshal(parameters)
	if err != nil {
		t.Fatal(err)
	}
	root := samtest.Root(t)
	cmd := exec.Command(python, filepath.Join(root, "testdata/checks/translate.py"), filepath.Join(root, "template.yaml"))
	cmd.Stdin = bytes.NewReader(input)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var templates []map[string]any
	if err := json.Unmarshal(out, &templates); err != nil || len(templates) != len(parameters) {
		t.Fatalf("%d templates for %d sets of parameters: %v", len(templates), len(parameters), err)
	}
	return templates
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

// conditions decides a template's conditions.
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
		switch function {
		case "Fn::Equals":
			return fmt.Sprint(c.value(args[0])) == fmt.Sprint(c.value(args[1])) // parameters are texts
		case "Fn::Not":
			return !c.holds(args[0])
		case "Fn::And":
			return !slices.ContainsFunc(args, func(a any) bool { return !c.holds(a) })
		case "Fn::Or":
			return slices.ContainsFunc(args, c.holds)
		}
	}
	panic(fmt.Sprintf("a condition like no other: %v", condition))
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

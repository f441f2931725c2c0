package functions_test

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// plan is what one set of parameters deploys, of template.yaml as it is, before SAM translates it.
type plan struct {
	stack      stack
	parameters map[string]any // their values
	globals    map[string]any // of functions
	left       stack          // what a condition leaves out, by its name
	conditions map[string]any
	declared   map[string]map[string]any // parameters
}

// planOf is the template's, read without SAM so that the costs need no tool. Parameters that are not set have their
// defaults.
func planOf(t *testing.T, set map[string]any) plan {
	t.Helper()
	template := mustParse(t, samtest.ReadFile(t, "template.yaml"))
	p := plan{stack: resolve(template, set), parameters: map[string]any{}, left: stack{}, declared: map[string]map[string]any{}}
	p.conditions, _ = template["Conditions"].(map[string]any)
	declared, _ := template["Parameters"].(map[string]any)
	for name, d := range declared {
		p.declared[name], _ = d.(map[string]any)
		p.parameters[name] = p.declared[name]["Default"]
	}
	maps.Copy(p.parameters, set)
	if globals, _ := template["Globals"].(map[string]any); globals != nil {
		p.globals, _ = globals["Function"].(map[string]any)
	}
	all, _ := template["Resources"].(map[string]any)
	for name, r := range all {
		if r, _ := r.(map[string]any); p.stack[name] == nil {
			p.left[name] = r
		}
	}
	return p
}

// value is v, of a parameter where v refers to one.
func (p plan) value(v any) any {
	if m, ok := v.(map[string]any); ok {
		if name, ok := m["Ref"].(string); ok {
			return p.parameters[name]
		}
	}
	return v
}

// number is v as a number: the template has some, and parameters have some as texts.
func (p plan) number(t *testing.T, what string, v any) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(fmt.Sprint(p.value(v)), 64)
	if err != nil {
		t.Fatalf("%s is %v, of which the costs need a number: let it be one, or a parameter that has one", what, v)
	}
	return n
}

// ofFunction is a property of a function, or what all of them have.
func (p plan) ofFunction(name, property string) any {
	if own, ok := p.stack.of("AWS::Serverless::Function")[name][property]; ok {
		return p.value(own)
	}
	return p.value(p.globals[property])
}

// mapped are the functions that event source mappings call, by the logical ids of their sources' kinds.
func (p plan) mapped(kind string) (functions []string) {
	for _, m := range p.stack.of("AWS::Lambda::EventSourceMapping") {
		if p.stack[referred(m["EventSourceArn"])]["Type"] == kind {
			functions = append(functions, referred(m["FunctionName"]))
		}
	}
	return functions
}

// referred is the resource that a value refers to.
func referred(v any) string {
	if names := references(v); len(names) > 0 {
		name, _, _ := strings.Cut(names[0], ".") // !Ref Function.Alias is SAM's
		return name
	}
	return ""
}

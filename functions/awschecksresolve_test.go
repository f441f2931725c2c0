package functions_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"rental.example/adapters/samtest"
)

// place is where a stack is: what its pseudo parameters are.
type place struct{ stack, id, region string }

var (
	here        = place{stack: "rental-prod", id: "1a2b3c4d-0000-11ee-8000-0123456789ab", region: "eu-west-1"}
	again       = place{stack: "rental-prod", id: "5e6f7a8b-0000-11ee-8000-0123456789ab", region: "eu-west-1"}
	otherStack  = place{stack: "second-prod", id: "9c0d1e2f-0000-11ee-8000-0123456789ab", region: "eu-west-1"}
	otherRegion = place{stack: "rental-prod", id: "3a4b5c6d-0000-11ee-8000-0123456789ab", region: "us-east-1"}
)

func (p place) pseudoParameters() map[string]any {
	return map[string]any{
		"AWS::StackName": p.stack, "AWS::Region": p.region, "AWS::AccountId": "111122223333", "AWS::Partition": "aws",
		"AWS::URLSuffix": "amazonaws.com", "AWS::NoValue": noValue{},
		"AWS::StackId": fmt.Sprintf("arn:aws:cloudformation:%s:111122223333:stack/%s/%s", p.region, p.stack, p.id),
	}
}

// physical is what a Ref to a resource without a name of its own gives: CloudFormation makes the name from
// the stack's and a random part, of which no two stacks have the same.
func (p place) physical(logicalID string) string {
	return fmt.Sprintf("%s-%s-%s", p.stack, logicalID, strings.ToUpper(p.id[:8]))
}

// resolved is a template as one set of parameters resolves it: no intrinsic function is left.
type resolved struct {
	stack
	globals  map[string]any // Globals.Function
	problems []string       // what cannot be resolved here
}

// resolveAt resolves a template, without its transform.
func resolveAt(template, parameters map[string]any, at place) resolved {
	e := &evaluation{place: at, values: at.pseudoParameters()}
	e.conditions.parameters = e.values
	e.conditions.named, _ = template["Conditions"].(map[string]any)
	e.mappings, _ = template["Mappings"].(map[string]any)
	declared, _ := template["Parameters"].(map[string]any)
	for name, p := range declared {
		p, _ := p.(map[string]any)
		e.values[name] = p["Default"]
	}
	maps.Copy(e.values, parameters)
	d := resolved{stack: stack{}}
	resources, _ := template["Resources"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(resources)) {
		r, _ := resources[name].(map[string]any)
		if condition, ok := r["Condition"].(string); ok && !e.holds(e.named[condition]) {
			continue
		}
		e.at = name
		d.stack[name], _ = e.value(r).(map[string]any)
	}
	if globals, ok := template["Globals"].(map[string]any); ok {
		e.at = "Globals"
		d.globals, _ = e.value(globals["Function"]).(map[string]any)
	}
	d.problems = e.problems
	return d
}

// evaluation resolves intrinsic functions.
type evaluation struct {
	conditions
	place
	at               string // the resource that is looked at
	values, mappings map[string]any
	problems         []string
}

func (e *evaluation) value(v any) any {
	switch v := v.(type) {
	case []any:
		l := []any{}
		for _, x := range v {
			if x = e.value(x); x != any(noValue{}) {
				l = append(l, x)
			}
		}
		return l
	case map[string]any:
		if function, args, ok := intrinsic(v); ok {
			return e.call(function, args)
		}
		m := map[string]any{}
		for key, x := range v {
			if x = e.value(x); x != any(noValue{}) {
				m[key] = x
			}
		}
		return m
	}
	return v
}

// intrinsic are the name and the arguments of an intrinsic function.
func intrinsic(m map[string]any) (function string, args any, ok bool) {
	for key, value := range m {
		if len(m) == 1 && (key == "Ref" || strings.HasPrefix(key, "Fn::")) {
			return key, value, true
		}
	}
	return "", nil, false
}

func (e *evaluation) call(function string, args any) any {
	if function == "Fn::If" {
		return e.choice(each(args))
	}
	args = e.value(args)
	l := each(args)
	switch {
	case function == "Ref":
		return e.reference(fmt.Sprint(args))
	case function == "Fn::Sub":
		return e.substitute(l)
	case function == "Fn::GetAtt" && len(l) == 2:
		return fmt.Sprintf("%s.%v", e.physical(fmt.Sprint(l[0])), l[1])
	case function == "Fn::Join" && len(l) == 2:
		return join(l[0], each(l[1]))
	case function == "Fn::Split" && len(l) == 2:
		parts := []any{}
		for part := range strings.SplitSeq(fmt.Sprint(l[1]), fmt.Sprint(l[0])) {
			parts = append(parts, part)
		}
		return parts
	case function == "Fn::Select" && len(l) == 2:
		var n int
		if _, err := fmt.Sscan(fmt.Sprint(l[0]), &n); err == nil && n >= 0 && n < len(each(l[1])) {
			return each(l[1])[n]
		}
	case function == "Fn::FindInMap" && len(l) == 3:
		if found := samtest.Lookup(e.mappings, fmt.Sprint(l[0]), fmt.Sprint(l[1]), fmt.Sprint(l[2])); found != nil {
			return found
		}
	}
	return e.unresolved(function, args)
}

func (e *evaluation) choice(args []any) any {
	if name, ok := args[0].(string); ok && len(args) == 3 && e.named[name] != nil {
		if e.holds(e.named[name]) {
			return e.value(args[1])
		}
		return e.value(args[2])
	}
	return e.unresolved("Fn::If", args)
}

// unresolved keeps what cannot be resolved from being taken for a good value.
func (e *evaluation) unresolved(function string, args any) any {
	e.problems = append(e.problems, fmt.Sprintf("%s: %s of %v cannot be resolved: correct it, or have functions/awschecksresolve_test.go resolve it", e.at, function, args))
	return ""
}

func (e *evaluation) reference(name string) any {
	if value, ok := e.values[name]; ok {
		return value
	}
	return e.physical(name)
}

var substitution = regexp.MustCompile(`\$\{([^!{}][^{}]*)\}`)

// substitute is Fn::Sub, of a text or of a text and values.
func (e *evaluation) substitute(args []any) any {
	text, _ := args[0].(string)
	var own map[string]any
	if len(args) == 2 {
		own, _ = args[1].(map[string]any)
	}
	text = substitution.ReplaceAllStringFunc(text, func(match string) string {
		name := strings.TrimSpace(match[2 : len(match)-1])
		if value, ok := own[name]; ok {
			return fmt.Sprint(value)
		}
		if resource, attribute, ok := strings.Cut(name, "."); ok {
			return fmt.Sprintf("%s.%s", e.physical(resource), attribute)
		}
		return fmt.Sprint(e.reference(name))
	})
	return strings.ReplaceAll(text, "${!", "${")
}

func join(separator any, parts []any) string {
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = fmt.Sprint(part)
	}
	return strings.Join(texts, fmt.Sprint(separator))
}

package template

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// exists reports whether the Condition of a resource is true.
func (r *resolver) exists(res resource) bool {
	condition := member(res.node, "Condition")
	return condition == nil || r.holds(condition, condition.Value)
}

// holds reports whether the condition of that name is true.
func (r *resolver) holds(n *yaml.Node, name string) bool {
	condition, ok := r.conditions[name]
	if !ok || r.evaluating[name] {
		r.errorf(n, "the template has no condition %s, or it refers to itself", name)
		return false
	}
	r.evaluating[name] = true
	defer delete(r.evaluating, name)
	return r.evaluate(condition)
}

func (r *resolver) evaluate(n *yaml.Node) bool {
	name, args := intrinsic(n)
	if condition := member(n, "Condition"); name == "" && condition != nil { // the long form
		name, args = "Condition", condition
	}
	switch {
	case name == "Condition":
		return r.holds(n, args.Value)
	case name == "Fn::Not" && len(args.Content) == 1:
		return !r.evaluate(args.Content[0])
	case name == "Fn::And":
		return !slices.ContainsFunc(args.Content, func(e *yaml.Node) bool { return !r.evaluate(e) })
	case name == "Fn::Or":
		return slices.ContainsFunc(args.Content, r.evaluate)
	case name == "Fn::Equals" && len(args.Content) == 2:
		a, b := r.resolve(args.Content[0]), r.resolve(args.Content[1])
		return a != nil && b != nil && a.Value == b.Value
	}
	r.errorf(n, "this is no condition")
	return false
}

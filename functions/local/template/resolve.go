package template

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"rental.example/functions/local/sandbox"
)

// resource is a resource that is not resolved.
type resource struct {
	id, kind string // kind is the Type
	node     *yaml.Node
}

// resolver resolves the intrinsic functions of a document, and collects what is wrong.
type resolver struct {
	file       string
	values     map[string]string     // of parameters, and names of tables
	parameters map[string]*yaml.Node // declarations
	conditions map[string]*yaml.Node
	mappings   *yaml.Node
	globals    *yaml.Node // of functions
	order      []resource
	resources  map[string]resource
	authorizer bool            // requests of routes need a token unless they say otherwise
	evaluating map[string]bool // conditions, to find circles
	at         string          // the property that is read
	errs       []error
}

func newResolver(d *Document, values map[string]string) *resolver {
	r := &resolver{
		file: d.file, values: values, parameters: map[string]*yaml.Node{}, conditions: map[string]*yaml.Node{},
		mappings: member(d.root, "Mappings"), globals: member(member(d.root, "Globals"), "Function"),
		resources: map[string]resource{}, evaluating: map[string]bool{},
	}
	for name, node := range pairs(member(d.root, "Parameters")) {
		r.parameters[name] = node
	}
	for name, node := range pairs(member(d.root, "Conditions")) {
		r.conditions[name] = node
	}
	for id, node := range pairs(member(d.root, "Resources")) {
		kind := member(node, "Type")
		if r.at = id; kind == nil {
			r.errorf(node, "want a Type")
			continue
		}
		res := resource{id, kind.Value, node}
		r.order, r.resources[id] = append(r.order, res), res
		r.authorizer = r.authorizer || member(member(member(node, "Properties"), "Auth"), "DefaultAuthorizer") != nil
	}
	return r
}

// errorf adds an error about the property that is read.
func (r *resolver) errorf(n *yaml.Node, format string, args ...any) {
	err := fmt.Errorf("%s:%d: %s: %s", r.file, n.Line, r.at, fmt.Sprintf(format, args...))
	if !slices.ContainsFunc(r.errs, func(e error) bool { return e.Error() == err.Error() }) { // conditions are evaluated often
		r.errs = append(r.errs, err)
	}
}

// resolve returns n without intrinsic functions. It returns nil for AWS::NoValue, and for what it cannot resolve, which is
// an error.
func (r *resolver) resolve(n *yaml.Node) *yaml.Node {
	if name, args := intrinsic(n); name != "" {
		return r.call(n, name, args)
	}
	switch n.Kind {
	case yaml.AliasNode:
		r.errorf(n, "CloudFormation supports no YAML aliases")
		return nil
	case yaml.ScalarNode:
		return n
	}
	resolved := *n
	resolved.Content = nil
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
	}
	for i := step - 1; i < len(n.Content); i += step {
		if value := r.resolve(n.Content[i]); value != nil {
			resolved.Content = append(append(resolved.Content, n.Content[i-step+1:i]...), value)
		}
	}
	return &resolved
}

// call returns the value of an intrinsic function.
func (r *resolver) call(n *yaml.Node, name string, args *yaml.Node) *yaml.Node {
	if name == "Fn::If" {
		return r.choose(args)
	}
	errs := len(r.errs)
	if args = r.resolve(args); args == nil || len(r.errs) > errs {
		return nil
	}
	l := args.Content
	switch {
	case name == "Ref":
		return r.ref(n, args.Value)
	case name == "Fn::GetAtt" && args.Kind == yaml.ScalarNode:
		id, attribute, _ := strings.Cut(args.Value, ".")
		return r.attribute(n, id, attribute)
	case name == "Fn::GetAtt" && len(l) == 2:
		return r.attribute(n, l[0].Value, l[1].Value)
	case name == "Fn::Sub" && args.Kind == yaml.ScalarNode:
		return r.substitute(n, args.Value, nil)
	case name == "Fn::Sub" && len(l) == 2:
		return r.substitute(n, l[0].Value, l[1])
	case name == "Fn::Join" && len(l) == 2:
		return scalar(n, strings.Join(texts(l[1]), l[0].Value))
	case name == "Fn::Split" && len(l) == 2:
		return list(n, strings.Split(l[1].Value, l[0].Value))
	case name == "Fn::Select" && len(l) == 2:
		if i, err := strconv.Atoi(l[0].Value); err == nil && i >= 0 && i < len(l[1].Content) {
			return l[1].Content[i]
		}
	case name == "Fn::FindInMap" && len(l) == 3:
		if found := member(member(member(r.mappings, l[0].Value), l[1].Value), l[2].Value); found != nil {
			return found
		}
	}
	r.errorf(n, "%s cannot be resolved here: it is not supported, or its arguments are wrong", name)
	return nil
}

func texts(n *yaml.Node) (all []string) {
	for _, e := range n.Content {
		all = append(all, e.Value)
	}
	return all
}

func list(n *yaml.Node, elements []string) *yaml.Node {
	l := &yaml.Node{Kind: yaml.SequenceNode, Line: n.Line}
	for _, e := range elements {
		l.Content = append(l.Content, scalar(n, e))
	}
	return l
}

func (r *resolver) choose(args *yaml.Node) *yaml.Node {
	if len(args.Content) != 3 {
		r.errorf(args, "Fn::If: want a condition and two values")
		return nil
	}
	if r.holds(args.Content[0], args.Content[0].Value) {
		return r.resolve(args.Content[1])
	}
	return r.resolve(args.Content[2])
}

// pseudoParameters are the values of what every template can refer to.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
var pseudoParameters = map[string]string{
	"AWS::AccountId": sandbox.AccountID, "AWS::Region": sandbox.Region, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com",
	"AWS::StackName": "local", "AWS::StackId": ARN("cloudformation", "stack/local/00000000-0000-4000-8000-000000000000"),
}

// ref returns the value of a parameter or what identifies a resource.
func (r *resolver) ref(n *yaml.Node, name string) *yaml.Node {
	if name == "AWS::NoValue" {
		return nil
	}
	if value, ok := pseudoParameters[name]; ok {
		return scalar(n, value)
	}
	if parameter, ok := r.parameters[name]; ok {
		return r.parameter(n, name, parameter)
	}
	if id, attribute, ok := strings.Cut(name, "."); ok { // of SAM: Function.Alias, Function.Version
		return r.attribute(n, id, attribute)
	}
	return r.attribute(n, name, "")
}

// parameterValue returns the value of a parameter; ok is false if it has none.
func (r *resolver) parameterValue(name string, declared *yaml.Node) (value string, ok bool) {
	if value, ok = r.values[name]; ok {
		return value, true
	}
	if node := member(declared, "Default"); node != nil {
		return node.Value, true
	}
	return "", false
}

func (r *resolver) parameter(n *yaml.Node, name string, declared *yaml.Node) *yaml.Node {
	value, ok := r.parameterValue(name, declared)
	if !ok {
		r.errorf(n, "the parameter %s has no default and no value in functions/local/options.go", name)
		return nil
	}
	if kind := member(declared, "Type"); kind != nil && strings.Contains(kind.Value, "List") {
		return list(n, strings.Split(value, ","))
	}
	return scalar(n, value)
}

var substitution = regexp.MustCompile(`\$\{([^!{}][^{}]*)\}`)

// substitute is Fn::Sub: own are the values of its second form.
func (r *resolver) substitute(n *yaml.Node, text string, own *yaml.Node) *yaml.Node {
	errs := len(r.errs)
	text = substitution.ReplaceAllStringFunc(text, func(match string) string {
		name := strings.TrimSpace(match[2 : len(match)-1])
		value := member(own, name)
		if value == nil {
			value = r.ref(n, name)
		}
		if value == nil {
			return ""
		}
		return value.Value
	})
	if len(r.errs) > errs {
		return nil
	}
	return scalar(n, strings.ReplaceAll(text, "${!", "${"))
}

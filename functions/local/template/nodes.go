package template

import (
	"iter"
	"strings"

	"go.yaml.in/yaml/v3"
)

// pairs returns the members of a mapping in their order; none of another node.
func pairs(n *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if n == nil || n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.Content[i].Value, n.Content[i+1]) {
				return
			}
		}
	}
}

// member returns the value of a key, or nil.
func member(n *yaml.Node, key string) *yaml.Node {
	for name, value := range pairs(n) {
		if name == key {
			return value
		}
	}
	return nil
}

// intrinsic returns the name and the arguments of an intrinsic function in its short or long form: Ref, Condition or one
// that begins with Fn::. The name is empty for any other node.
func intrinsic(n *yaml.Node) (name string, args *yaml.Node) {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		plain := *n
		plain.Tag = ""
		if name = n.Tag[1:]; name != "Ref" && name != "Condition" {
			name = "Fn::" + name
		}
		return name, &plain
	}
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 {
		if key := n.Content[0].Value; key == "Ref" || strings.HasPrefix(key, "Fn::") {
			return key, n.Content[1]
		}
	}
	return "", nil
}

// scalar returns a text at the line of n.
func scalar(n *yaml.Node, text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Value: text, Line: n.Line}
}

// plainValue returns a resolved node as JSON has it: a map, a list, a string, a number, a boolean or nil.
func plainValue(n *yaml.Node) (v any, err error) {
	err = n.Decode(&v)
	return v, err
}

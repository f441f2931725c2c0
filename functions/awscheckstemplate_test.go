package functions_test

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parseTemplate reads a template with its intrinsic functions in CloudFormation's long form: !Ref X is
// {"Ref": "X"}, as in JSON.
func parseTemplate(text string) (map[string]any, error) {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		return nil, err
	}
	if len(node.Content) != 1 {
		return nil, fmt.Errorf("%d documents", len(node.Content))
	}
	v, err := inLongForm(node.Content[0])
	template, _ := v.(map[string]any)
	return template, err
}

func inLongForm(n *yaml.Node) (any, error) {
	v, err := untagged(n)
	if err != nil || !strings.HasPrefix(n.Tag, "!") || strings.HasPrefix(n.Tag, "!!") {
		return v, err
	}
	switch name := n.Tag[1:]; name {
	case "Ref", "Condition":
		return map[string]any{name: v}, nil
	case "GetAtt":
		if text, ok := v.(string); ok {
			resource, attribute, _ := strings.Cut(text, ".")
			v = []any{resource, attribute}
		}
		fallthrough
	default:
		return map[string]any{"Fn::" + name: v}, nil
	}
}

func untagged(n *yaml.Node) (any, error) {
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			v, err := inLongForm(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			m[n.Content[i].Value] = v
		}
		return m, nil
	case yaml.SequenceNode:
		l := []any{}
		for _, e := range n.Content {
			v, err := inLongForm(e)
			if err != nil {
				return nil, err
			}
			l = append(l, v)
		}
		return l, nil
	case yaml.ScalarNode:
		if n.ShortTag() == "!!str" || n.ShortTag() == "!!timestamp" || !strings.HasPrefix(n.Tag, "!!") {
			return n.Value, nil
		}
		var v any
		return v, n.Decode(&v)
	}
	return nil, fmt.Errorf("line %d: CloudFormation takes no YAML aliases", n.Line)
}

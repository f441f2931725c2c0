// Package filterpolicy applies the filter policies of Amazon SNS to messages.
//
// It supports, for strings, exact values, prefix, suffix, equals-ignore-case, wildcard and anything-but of these; for
// numbers, exact values and numeric ranges; null and booleans in bodies; and exists. It supports neither $or nor cidr.
//
// https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html
package filterpolicy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Scopes of a policy.
const (
	MessageAttributes = "MessageAttributes"
	MessageBody       = "MessageBody"
)

// Attribute is a message attribute of a textual type: String, String.Array or Number.
type Attribute struct{ Type, Value string }

// Policy is a filter policy. It is safe for concurrent use.
type Policy struct {
	scope string
	keys  []key
}

// key is a key of a policy: with conditions, one of which must match, or with the keys of an object in a body.
type key struct {
	name       string
	conditions []condition
	nested     []key
}

// condition reports whether a value matches; exists is false if there is none. Values are as encoding/json decodes them.
type condition func(value any, exists bool) bool

// New returns the policy of a value as encoding/json decodes it. The error says which key or operator is not supported.
func New(policy any, scope string) (*Policy, error) {
	if scope != MessageAttributes && scope != MessageBody {
		return nil, fmt.Errorf("the scope %q is unknown: want %s or %s", scope, MessageAttributes, MessageBody)
	}
	keys, err := newKeys(policy, scope == MessageBody)
	if err != nil {
		return nil, err
	}
	return &Policy{scope, keys}, nil
}

func newKeys(policy any, mayNest bool) (keys []key, err error) {
	members, ok := policy.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("want an object, not %v", policy)
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		k := key{name: name}
		list, isList := members[name].([]any)
		switch {
		case name == "$or":
			return nil, fmt.Errorf("$or is not supported here")
		case !isList && mayNest:
			k.nested, err = newKeys(members[name], true)
		case !isList || len(list) == 0:
			err = fmt.Errorf("want a list of values")
		}
		for _, value := range list {
			c, invalid := newCondition(value)
			if invalid != nil {
				err = invalid
			}
			k.conditions = append(k.conditions, c)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// Matches reports whether a message matches all keys of the policy. A body that is no JSON object matches no policy of
// bodies.
func (p *Policy) Matches(attributes map[string]Attribute, body string) bool {
	if p.scope == MessageAttributes {
		values := map[string]any{}
		for name, a := range attributes {
			if v, ok := a.value(); ok {
				values[name] = v
			}
		}
		return matchAll(p.keys, values)
	}
	var values map[string]any
	return json.Unmarshal([]byte(body), &values) == nil && values != nil && matchAll(p.keys, values)
}

func matchAll(keys []key, values map[string]any) bool {
	return !slices.ContainsFunc(keys, func(k key) bool { return !k.matches(values) })
}

func (k key) matches(values map[string]any) bool {
	value, exists := values[k.name]
	if k.nested != nil {
		return slices.ContainsFunc(elements(value), func(v any) bool {
			object, _ := v.(map[string]any)
			return matchAll(k.nested, object)
		})
	}
	return slices.ContainsFunc(elements(value), func(v any) bool {
		return slices.ContainsFunc(k.conditions, func(c condition) bool { return c(v, exists) })
	})
}

// elements returns the elements of a list, one of which must match; any other value is one.
func elements(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return []any{value}
}

// value returns an attribute as JSON has it; none if it is malformed or of another type.
func (a Attribute) value() (v any, ok bool) {
	switch kind, _, _ := strings.Cut(a.Type, "."); {
	case a.Type == "String.Array":
		return v, json.Unmarshal([]byte(a.Value), &v) == nil
	case kind == "Number":
		n, err := strconv.ParseFloat(a.Value, 64)
		return n, err == nil
	}
	return a.Value, strings.HasPrefix(a.Type, "String")
}

package template

import (
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// properties reads the properties of a resource, or those within one. A missing property has the default that the caller
// names; a malformed one is an error of the resolver.
type properties struct {
	r    *resolver
	path string     // such as UsersFunction.Events.GetUser
	at   *yaml.Node // for errors about what is missing
	node *yaml.Node // mapping; nil: none
}

// of returns the properties of a resource.
func (r *resolver) of(res resource) properties {
	return properties{r, res.id, res.node, member(res.node, "Properties")}
}

// value returns a property without intrinsic functions, or nil.
func (p properties) value(key string) *yaml.Node {
	n := member(p.node, key)
	if n == nil {
		return nil
	}
	p.r.at = p.path + "." + key
	return p.r.resolve(n)
}

func (p properties) text(key, fallback string) string {
	n := p.value(key)
	switch {
	case n == nil:
		return fallback
	case n.Kind != yaml.ScalarNode:
		p.r.errorf(n, "want a text")
	}
	return n.Value
}

// required returns a text that must not be missing.
func (p properties) required(key string) string {
	if member(p.node, key) == nil {
		p.r.at = p.path + "." + key
		p.r.errorf(p.at, "the property is missing")
	}
	return p.text(key, "")
}

func (p properties) number(key string, fallback int) int {
	n := p.value(key)
	if n == nil {
		return fallback
	}
	number, err := strconv.Atoi(n.Value)
	if err != nil {
		p.r.errorf(n, "want a whole number, not %q", n.Value)
	}
	return number
}

// seconds returns a time that the template has in seconds; -1 is Infinite.
func (p properties) seconds(key string, fallback int) time.Duration {
	if n := p.number(key, fallback); n != Infinite {
		return time.Duration(n) * time.Second
	}
	return Infinite
}

func (p properties) boolean(key string, fallback bool) bool {
	n := p.value(key)
	if n == nil {
		return fallback
	}
	value, err := strconv.ParseBool(n.Value)
	if err != nil {
		p.r.errorf(n, "want true or false, not %q", n.Value)
	}
	return value
}

// list returns the elements of a list.
func (p properties) list(key string) []*yaml.Node {
	n := p.value(key)
	switch {
	case n == nil:
		return nil
	case n.Kind != yaml.SequenceNode:
		p.r.errorf(n, "want a list")
	}
	return n.Content
}

// each returns the properties of each element of a list.
func (p properties) each(key string) (all []properties) {
	for i, n := range p.list(key) {
		all = append(all, properties{p.r, p.path + "." + key + "." + strconv.Itoa(i), n, n})
	}
	return all
}

// within returns the properties within a property.
func (p properties) within(key string) properties {
	n := p.value(key)
	if n == nil {
		return properties{p.r, p.path + "." + key, p.at, nil}
	}
	return properties{p.r, p.path + "." + key, n, n}
}

// oneOf returns the resource of one of the types that a property identifies, and its type. There may be none.
func (p properties) oneOf(key string, kinds ...string) (id, kind string) {
	value := p.required(key)
	for _, kind := range kinds {
		if id, ok := p.r.find(kind, value); ok {
			return id, kind
		}
	}
	return "", ""
}

// queue returns the queue that a property identifies. Without the property it is empty.
func (p properties) queue(key string) string {
	n := p.value(key)
	if n == nil {
		return ""
	}
	id, ok := p.r.find(typeQueue, n.Value)
	if !ok {
		p.r.errorf(n, "%s is no queue of this template", n.Value)
	}
	return id
}

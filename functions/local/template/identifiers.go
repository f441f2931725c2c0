package template

import (
	"cmp"
	"strings"

	"go.yaml.in/yaml/v3"

	"rental.example/functions/local/sandbox"
)

// attribute returns an attribute of a resource; without a name, what Ref returns.
func (r *resolver) attribute(n *yaml.Node, id, name string) *yaml.Node {
	res, ok := r.resources[id]
	switch {
	case !ok:
		r.errorf(n, "the template has no parameter and no resource %s", id)
		return nil
	case !r.exists(res):
		r.errorf(n, "%s does not exist: its Condition is false", id)
		return nil
	}
	attributes := r.attributes(res)
	value, ok := attributes[name]
	switch {
	case attributes == nil && name == "":
		value = id
	case attributes == nil:
		value = id + "." + name
	case !ok:
		r.errorf(n, "%s has no attribute %s", id, name)
		return nil
	}
	return scalar(n, value)
}

// attributes returns the attributes of a resource that is simulated, with what Ref returns by an empty name; nil of others.
func (r *resolver) attributes(res resource) map[string]string {
	switch res.kind {
	case typeTable:
		name, ok := r.values[res.id]
		if !ok {
			name = tableName(res.id)
		}
		arn := ARN("dynamodb", "table/"+name)
		return map[string]string{"": name, "Arn": arn, "StreamArn": arn + "/stream/2026-01-01T00:00:00.000"}
	case typeTopic:
		arn := ARN("sns", res.id)
		return map[string]string{"": arn, "TopicArn": arn, "TopicName": res.id}
	case typeQueue:
		url := QueueURL(res.id)
		return map[string]string{"": url, "Arn": ARN("sqs", res.id), "QueueName": res.id, "QueueUrl": url}
	case typeFunction:
		arn := sandbox.Function{Name: res.id}.ARN()
		return map[string]string{"": res.id, "Arn": arn, "Alias": arn + ":live", "Version": arn + ":1"}
	}
	return nil
}

// find returns the resource of that type one of whose attributes is value.
func (r *resolver) find(kind, value string) (id string, ok bool) {
	for _, res := range r.order {
		if res.kind != kind || !r.exists(res) {
			continue
		}
		for _, attribute := range r.attributes(res) {
			if attribute == value {
				return res.id, true
			}
		}
	}
	return "", false
}

// tableName returns the name of the table with a logical ID: users for UsersTable.
func tableName(id string) string {
	name := strings.ToLower(id)
	return cmp.Or(strings.TrimSuffix(name, "table"), name)
}

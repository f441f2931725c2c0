package functions_test

import (
	"fmt"
	"slices"
	"strings"

	"rental.example/adapters/samtest"
)

// need is an action that a function's role must allow.
type need struct {
	action string
	on     string // a part of the resource: a name of template.yaml, or the end of a path
	why    string
}

// searchRequests are the method and a part of the path by which the client sends each request to OpenSearch.
// https://docs.opensearch.org/latest/api-reference/
var searchRequests = map[string][2]string{
	"BulkRequest": {"Post", "/_bulk"}, "ClusterHealthRequest": {"Get", "/_cluster/health/"}, "DeleteRequest": {"Delete", "/_doc/"},
	"GetRequest": {"Get", "/_doc/"}, "IndexRequest": {"Put", "/_doc/"}, "IndicesCreateRequest": {"Put", "-v1"},
	"IndicesPutAliasRequest": {"Put", "/_aliases/"}, "IndicesPutMappingRequest": {"Put", "/_mapping"},
	"IndicesRefreshRequest": {"Post", "/_refresh"}, "MgetRequest": {"Post", "/_mget"}, "SearchRequest": {"Post", "/_search"},
}

// actionNames are the actions of calls that IAM calls otherwise.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var actionNames = map[string]string{
	"lambda:Invoke": "lambda:InvokeFunction", "sns:PublishBatch": "sns:Publish", "sqs:SendMessageBatch": "sqs:SendMessage",
	"sqs:DeleteMessageBatch": "sqs:DeleteMessage",
}

// calledTypes are the types of resources that calls of a service name: a function knows them by its variables.
var calledTypes = map[string]string{
	"dynamodb": "AWS::DynamoDB::Table", "sns": "AWS::SNS::Topic", "sqs": "AWS::SQS::Queue", "lambda": "AWS::Serverless::Function",
}

// mappingRights are the actions by which Lambda reads the source of a mapping, with the rights of the function.
// https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
var mappingRights = map[string][]string{
	"AWS::DynamoDB::Table": {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"},
	"AWS::SQS::Queue":      {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"},
}

// rights are the actions that a function's role lacks for the calls of its code and the mappings of its events, and those
// that it has for nothing.
func (tr *tree) rights() (found []string) {
	for _, f := range tr.functions() {
		needs := append(tr.callNeeds(f), tr.mappingNeeds(f)...)
		at := tr.at("Resources", f.name, "Properties", "Policies")
		granted := statements(f.properties["Policies"])
		for _, n := range needs {
			if n.action == "" {
				found = append(found, n.why)
			} else if !slices.ContainsFunc(granted, n.allowedBy) {
				found = append(found, fmt.Sprintf("%s: %s may not %s on %s, which %s needs: add that to its Policies", at, f.name, n.action, n.on, n.why))
			}
		}
		for _, s := range granted {
			for _, a := range each(s["Action"]) {
				if action := plain(a); !slices.ContainsFunc(needs, func(n need) bool { return n.action == action }) {
					found = append(found, fmt.Sprintf("%s: %s may %s, which neither its code nor a mapping needs: take it out of its Policies", at, f.name, action))
				}
			}
		}
	}
	return found
}

func (n need) allowedBy(s map[string]any) bool {
	return slices.ContainsFunc(each(s["Action"]), func(v any) bool { return plain(v) == n.action }) && slices.ContainsFunc(each(s["Resource"]), n.named)
}

// named reports whether a resource of a statement is one of the need.
func (n need) named(resource any) bool {
	text := plain(resource)
	path := strings.HasPrefix(n.on, "/") || strings.HasPrefix(n.on, "-")
	return n.on == "any" || !path && slices.Contains(references(resource), n.on) ||
		path && (strings.HasSuffix(text, n.on) || strings.HasSuffix(n.on, "/") && strings.Contains(text, n.on))
}

// callNeeds are the actions for the calls that a function's code can make, on each resource that its variables name.
func (tr *tree) callNeeds(f function) (needs []need) {
	calls := tr.calls["functions/"+f.folder+"/bootstrap"]
	for _, call := range sortedKeys(calls) {
		service, operation, _ := strings.Cut(call, ":")
		if service == "es" {
			request, ok := searchRequests[operation]
			if !ok {
				needs = append(needs, need{why: fmt.Sprintf("functions/parts_rights_test.go: searchRequests lacks opensearchapi.%s, which %s sends: add its method and path", operation, calls[call])})
				continue
			}
			needs = append(needs, need{"es:ESHttp" + request[0], request[1], calls[call]})
			continue
		}
		action := call
		if other, ok := actionNames[call]; ok {
			action = other
		}
		on := tr.named(f, calledTypes[service])
		if calledTypes[service] == "" {
			on = []string{"any"}
		}
		for _, resource := range on {
			needs = append(needs, need{action, resource, calls[call]})
		}
		if len(on) == 0 {
			needs = append(needs, need{why: fmt.Sprintf("%s: no variable of %s names an %s, which %s calls: write one below Environment.Variables",
				tr.at("Resources", f.name, "Properties", "Environment"), f.name, calledTypes[service], calls[call])})
		}
	}
	return needs
}

// named are the resources of a type that a function's variables name.
func (tr *tree) named(f function, kind string) (names []string) {
	for _, name := range references(f.own()) {
		if samtest.Lookup(tr.template, "Resources", name, "Type") == kind {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// mappingNeeds are the actions for the event source mappings of a function.
func (tr *tree) mappingNeeds(f function) (needs []need) {
	for name, m := range tr.deployed.of("AWS::Lambda::EventSourceMapping") {
		if !slices.Contains(references(m["FunctionName"]), f.name) {
			continue
		}
		for _, source := range references(m["EventSourceArn"]) {
			kind, _ := samtest.Lookup(tr.template, "Resources", source, "Type").(string)
			for _, action := range mappingRights[kind] {
				needs = append(needs, need{action, source, name})
			}
		}
		for _, queue := range references(samtest.Lookup(m, "DestinationConfig", "OnFailure")) {
			needs = append(needs, need{"sqs:SendMessage", queue, name})
		}
	}
	return needs
}

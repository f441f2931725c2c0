package functions_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"rental.example/adapters/samtest"
)

// public are the routes that want no token.
var public = []string{"GET /items", "HEAD /items", "GET /items/{id}", "HEAD /items/{id}"}

// findings are what breaks a rule, each as the Metadata would list it, in order. parameters are what the template
// declares.
func (s stack) findings(items bool, parameters ...string) []string {
	found := slices.Concat(s.wildcards(), s.unencrypted(), s.failuresLost(), s.wrongAuthorizers(), s.unaliased(), s.noRollback(),
		s.dangling(parameters), s.oldTLS(), s.sharedDeadLetters(), s.rolledBackByCallers(), s.unretained())
	if !items {
		found = append(found, s.searchRightsWithoutItems()...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// general returns a finding about a resource as one about its type.
func (s stack) general(finding string) string {
	name, what, _ := strings.Cut(finding, ": ")
	if kind, ok := s[name]["Type"].(string); ok {
		return kind + ": " + what
	}
	return finding
}

// of are the properties of the resources of a type, by name.
func (s stack) of(kind string) map[string]map[string]any {
	found := map[string]map[string]any{}
	for name, r := range s {
		if r["Type"] == kind {
			found[name], _ = r["Properties"].(map[string]any)
		}
	}
	return found
}

// statements are those that allow something, of every policy in a value. Some are JSON in a text.
func statements(v any) []map[string]any {
	var found []map[string]any
	switch v := v.(type) {
	case string:
		var document any
		if strings.HasPrefix(v, "{") && json.Unmarshal([]byte(v), &document) == nil {
			return statements(document)
		}
	case []any:
		for _, e := range v {
			found = append(found, statements(e)...)
		}
	case map[string]any:
		if v["Effect"] == "Allow" {
			return []map[string]any{v}
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			found = append(found, statements(v[key])...)
		}
	}
	return found
}

// each returns the elements of a list, or a single value as a list.
func each(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

// plain returns a value without the intrinsic functions around it.
func plain(v any) string {
	if m, ok := v.(map[string]any); ok {
		for _, key := range []string{"Fn::Sub", "Ref", "Fn::GetAtt"} {
			if inner, ok := m[key]; ok {
				return plain(inner)
			}
		}
	}
	if l, ok := v.([]any); ok {
		return plain(l[0])
	}
	return fmt.Sprint(v)
}

// wildcards are policies with wildcards, and AWS's managed policies.
func (s stack) wildcards() []string {
	var found []string
	for name, r := range s {
		for _, statement := range statements(r["Properties"]) {
			if statement["NotAction"] != nil || statement["NotResource"] != nil {
				found = append(found, name+": allows all but something")
			}
			for _, key := range []string{"Action", "Resource", "Principal"} {
				for _, v := range each(statement[key]) {
					if text := plain(v); strings.Contains(text, "*") {
						found = append(found, fmt.Sprintf("%s: %s %s", name, key, text))
					}
				}
			}
		}
		for _, arn := range each(samtest.Lookup(r, "Properties", "ManagedPolicyArns")) {
			if text := plain(arn); text != "<nil>" {
				found = append(found, "managed policy "+text[strings.LastIndex(text, "/")+1:])
			}
		}
	}
	return found
}

// unencrypted: whatever keeps data encrypts it.
func (s stack) unencrypted() []string {
	safe := map[string]func(p map[string]any) bool{
		"AWS::S3::Bucket":     func(p map[string]any) bool { return p["BucketEncryption"] != nil },
		"AWS::SQS::Queue":     func(p map[string]any) bool { return p["SqsManagedSseEnabled"] == true || p["KmsMasterKeyId"] != nil },
		"AWS::SNS::Topic":     func(p map[string]any) bool { return p["KmsMasterKeyId"] != nil },
		"AWS::Logs::LogGroup": func(p map[string]any) bool { return p["KmsKeyId"] != nil },
		"AWS::DynamoDB::Table": func(p map[string]any) bool {
			return samtest.Lookup(p, "SSESpecification", "SSEEnabled") == true
		},
		"AWS::OpenSearchService::Domain": func(p map[string]any) bool {
			return samtest.Lookup(p, "EncryptionAtRestOptions", "Enabled") == true &&
				samtest.Lookup(p, "NodeToNodeEncryptionOptions", "Enabled") == true &&
				samtest.Lookup(p, "DomainEndpointOptions", "EnforceHTTPS") == true
		},
	}
	var found []string
	for kind, encrypts := range safe {
		for name, p := range s.of(kind) {
			if !encrypts(p) {
				found = append(found, name+": not encrypted")
			}
		}
	}
	return found
}

// function is the function that an alias, or an ARN with one in it, is of.
func (s stack) function(v any) string {
	name := plain(v)
	if alias, ok := s[name]; ok && alias["Type"] == "AWS::Lambda::Alias" {
		name = plain(samtest.Lookup(alias, "Properties", "FunctionName"))
	}
	return name
}

// unaliased: functions are invoked by their alias, which deployments move and roll back.
func (s stack) unaliased() []string {
	var found []string
	for kind, property := range map[string]string{
		"AWS::Lambda::EventSourceMapping": "FunctionName", "AWS::Lambda::Permission": "FunctionName",
		"AWS::Events::Rule": "Targets", "AWS::Scheduler::Schedule": "Target", "AWS::ApiGateway::RestApi": "Body",
	} {
		for name, p := range s.of(kind) {
			for _, function := range references(p[property]) {
				if s[function]["Type"] == "AWS::Lambda::Function" {
					found = append(found, name+": invokes $LATEST, not the alias")
				}
			}
		}
	}
	return found
}

// noRollback: the alarm of a function's errors rolls its deployments back.
func (s stack) noRollback() []string {
	var found []string
	groups := s.of("AWS::CodeDeploy::DeploymentGroup")
	for name, alarm := range s.of("AWS::CloudWatch::Alarm") {
		function := ""
		for _, d := range each(alarm["Dimensions"]) {
			if d, _ := d.(map[string]any); d["Name"] == "FunctionName" && alarm["MetricName"] == "Errors" {
				function = plain(d["Value"])
			}
		}
		group, ok := groups[function+"DeploymentGroup"]
		if ok && !slices.Contains(references(group["AlarmConfiguration"]), name) {
			found = append(found, name+": rolls no deployment back")
		}
	}
	return found
}

// failuresLost: the failures of a function that is invoked asynchronously are kept. TestStreamMappings and TestQueueMappings check
// the same of mappings.
func (s stack) failuresLost() []string {
	var found []string
	for name, p := range s.of("AWS::Lambda::Permission") {
		if principal := plain(p["Principal"]); principal != "apigateway.amazonaws.com" && !s.keepsFailures(s.function(p["FunctionName"])) {
			found = append(found, fmt.Sprintf("%s: failures of %s go nowhere", name, principal))
		}
	}
	return found
}

// keepsFailures reports whether a function's asynchronous invocations that fail go somewhere.
func (s stack) keepsFailures(function string) bool {
	if samtest.Lookup(s[function], "Properties", "DeadLetterConfig", "TargetArn") != nil {
		return true
	}
	for _, p := range s.of("AWS::Lambda::EventInvokeConfig") {
		if s.function(p["FunctionName"]) == function && samtest.Lookup(p, "DestinationConfig", "OnFailure", "Destination") != nil {
			return true
		}
	}
	return false
}

// wrongAuthorizers: every route but the public ones has the authorizer, and each of those has none.
func (s stack) wrongAuthorizers() []string {
	var found []string
	for name, api := range s.of("AWS::ApiGateway::RestApi") {
		paths, _ := samtest.Lookup(api, "Body", "paths").(map[string]any)
		if len(paths) == 0 {
			found = append(found, name+": no routes")
		}
		for path, methods := range paths {
			methods, _ := methods.(map[string]any)
			for method, m := range methods {
				m, _ := m.(map[string]any)
				route := strings.ToUpper(method) + " " + path
				if method != "options" && authorized(m) == slices.Contains(public, route) {
					found = append(found, name+": "+route+" has the wrong authorizer")
				}
			}
		}
	}
	return found
}

// authorized reports whether a method can be called through the authorizer alone.
func authorized(method map[string]any) bool {
	ways, _ := method["security"].([]any)
	return len(ways) > 0 && !slices.ContainsFunc(ways, func(way any) bool {
		w, _ := way.(map[string]any)
		return len(w) != 1 || w["CognitoAuthorizer"] == nil
	})
}

var inText = regexp.MustCompile(`\$\{([A-Za-z0-9]+)(\.[A-Za-z0-9.]+)?\}`)

// references are the names that a value refers to.
func references(v any) []string {
	var names []string
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			names = append(names, references(e)...)
		}
	case map[string]any:
		for key, e := range v {
			switch key {
			case "Ref", "Fn::GetAtt":
				names = append(names, strings.SplitN(plain(e), ".", 2)[0])
			case "Fn::Sub":
				own, _ := each(e)[len(each(e))-1].(map[string]any)
				for _, m := range inText.FindAllStringSubmatch(plain(e), -1) {
					if own[m[1]] == nil {
						names = append(names, m[1])
					}
				}
				names = append(names, references(own)...)
			default:
				names = append(names, references(e)...)
			}
		}
	}
	return names
}

// dangling: nothing refers to what a condition leaves out.
func (s stack) dangling(parameters []string) []string {
	var found []string
	for name, r := range s {
		for _, other := range references(r["Properties"]) {
			if s[other] == nil && !strings.HasPrefix(other, "AWS::") && !slices.Contains(parameters, other) {
				found = append(found, name+": refers to "+other+", which is not there")
			}
		}
	}
	return found
}

// searchRightsWithoutItems: without items, no role has rights in OpenSearch.
func (s stack) searchRightsWithoutItems() []string {
	var found []string
	for name, r := range s {
		for _, statement := range statements(r["Properties"]) {
			if slices.ContainsFunc(each(statement["Action"]), func(a any) bool { return strings.HasPrefix(plain(a), "es:") }) {
				found = append(found, name+": allows OpenSearch without items")
			}
		}
	}
	return found
}

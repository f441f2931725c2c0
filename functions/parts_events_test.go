package functions_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"rental.example/adapters/samtest"
)

// authorizers are the routes that are public in template.yaml alone, or in the code alone. TestPolicy checks what SAM makes
// of them; this needs nothing but Go.
func (tr *tree) authorizers() (found []string) {
	public := map[string]bool{}
	for _, routes := range services() {
		for _, r := range routes {
			public[r.String()] = r.Public
		}
	}
	for name, p := range tr.all.of("AWS::Serverless::Api") {
		authorizer := plain(samtest.Lookup(p, "Auth", "DefaultAuthorizer"))
		if samtest.Lookup(p, "Auth", "Authorizers", authorizer) == nil {
			found = append(found, fmt.Sprintf("%s: %s has the DefaultAuthorizer %s, which is none of its Authorizers, so that every route is public: write its name",
				tr.at("Resources", name, "Properties", "Auth", "DefaultAuthorizer"), name, authorizer))
		}
	}
	for _, f := range tr.functions() {
		events, _ := f.properties["Events"].(map[string]any)
		for _, event := range sortedKeys(events) {
			properties, _ := samtest.Lookup(events, event, "Properties").(map[string]any)
			method, path := strings.ToUpper(plain(properties["Method"])), plain(properties["Path"])
			isPublic, known := public[strings.Replace(method, "HEAD", "GET", 1)+" "+path]
			if !known {
				continue // TestRoutesOfTemplate reports it
			}
			open, at := samtest.Lookup(properties, "Auth", "Authorizer") == "NONE", tr.at("Resources", f.name, "Properties", "Events", event)
			switch {
			case isPublic && !open:
				found = append(found, fmt.Sprintf("%s: %s %s of %s is public in functions/%s: write Auth: { Authorizer: NONE } below Properties", at, method, path, f.name, f.folder))
			case open && !isPublic:
				found = append(found, fmt.Sprintf("%s: %s %s of %s needs a caller in functions/%s: take Auth out", at, method, path, f.name, f.folder))
			}
		}
	}
	return found
}

// deliveries are subscriptions and rules that AWS would not deliver: without a policy of the queue for the topic, or a
// permission of the function for the rule.
func (tr *tree) deliveries() (found []string) {
	s := tr.all
	for name, p := range s.of("AWS::SNS::Subscription") {
		if p["Protocol"] != "sqs" {
			continue
		}
		for _, queue := range slices.Concat(references(p["Endpoint"]), references(p["RedrivePolicy"])) {
			if !s.accepts(queue, references(p["TopicArn"])) {
				found = append(found, fmt.Sprintf("%s: no AWS::SQS::QueuePolicy lets the topic of %s send to %s: add a statement such as TopicDelivers of ItemSyncQueuesPolicy",
					tr.at("Resources", name), name, queue))
			}
		}
	}
	for name, p := range s.of("AWS::Events::Rule") {
		for _, function := range references(p["Targets"]) {
			if s[function]["Type"] == "AWS::Serverless::Function" && !s.permits(function, name) {
				found = append(found, fmt.Sprintf("%s: no AWS::Lambda::Permission lets %s invoke %s: add one such as RepublishRulePermission", tr.at("Resources", name), name, function))
			}
		}
	}
	return found
}

// accepts reports whether a policy lets SNS send the messages of a topic to a queue.
func (s stack) accepts(queue string, topics []string) bool {
	for _, p := range s.of("AWS::SQS::QueuePolicy") {
		for _, allows := range statements(p["PolicyDocument"]) {
			source := references(samtest.Lookup(allows, "Condition", "ArnEquals", "aws:SourceArn"))
			if slices.Contains(references(p["Queues"]), queue) && slices.Contains(references(allows["Resource"]), queue) &&
				plain(allows["Action"]) == "sqs:SendMessage" && plain(samtest.Lookup(allows, "Principal", "Service")) == "sns.amazonaws.com" &&
				slices.Equal(source, topics) {
				return true
			}
		}
	}
	return false
}

// permits reports whether a rule may invoke a function.
func (s stack) permits(function, rule string) bool {
	for _, p := range s.of("AWS::Lambda::Permission") {
		if slices.Contains(references(p["FunctionName"]), function) && slices.Contains(references(p["SourceArn"]), rule) &&
			p["Action"] == "lambda:InvokeFunction" && p["Principal"] == "events.amazonaws.com" {
			return true
		}
	}
	return false
}

// unchecked are functions that serve requests or events, and whose new versions the hook of deployments does not check;
// and those that nothing invokes.
func (tr *tree) unchecked() (found []string) {
	const path = "Globals.Function.DeploymentPreference.Hooks"
	hooks := references(samtest.Lookup(tr.template, strings.Split(path, ".")...))
	for _, f := range tr.functions() {
		if !tr.triggered(f) && !slices.Contains(hooks, f.name) {
			found = append(found, fmt.Sprintf("%s: nothing invokes %s: write an event, a mapping or a rule, or name it in %s", tr.at("Resources", f.name), f.name, path))
		}
		if !slices.Contains(hooks, f.name) {
			continue
		}
		for _, other := range tr.functions() {
			served := strings.Contains(fmt.Sprint(other.properties["Events"]), "Type:Api") || len(tr.mappingNeeds(other)) > 0
			if served && !slices.Contains(references(f.own()), other.name) {
				found = append(found, fmt.Sprintf("%s: %s does not check new versions of %s: write a variable ending in _VERSION with !Ref %[3]s.Version, and a check in functions/%s/bootstrap/main.go",
					tr.at("Resources", f.name, "Properties", "Environment", "Variables"), f.name, other.name, f.folder))
			}
		}
	}
	return found
}

var usedOutput = regexp.MustCompile(`(?:\$\(output |OutputKey OutputValue )([A-Z]\w+)\)`)

// outputs are those that scripts ask a stack for, and template.yaml does not have.
func (tr *tree) outputs() (found []string) {
	declared, _ := tr.template["Outputs"].(map[string]any)
	for _, name := range []string{"functions/e2e/deployed", "testdata/ops", "testdata/take-up"} {
		for _, m := range usedOutput.FindAllStringSubmatch(tr.files[name], -1) {
			if declared[m[1]] == nil {
				found = append(found, fmt.Sprintf("%s: there is no output %s, which %s asks for: add it, or correct the name there", tr.at("Outputs"), m[1], name))
			}
		}
	}
	return found
}

// throttles are settings of methods without a limit of requests: a method with settings of its own inherits none. And
// those of a GET without the same for HEAD, which API Gateway counts apart.
func (tr *tree) throttles() (found []string) {
	for name, p := range tr.all.of("AWS::Serverless::Api") {
		at, limited := tr.at("Resources", name, "Properties", "MethodSettings"), map[string]bool{}
		for _, setting := range each(p["MethodSettings"]) {
			setting, _ := setting.(map[string]any)
			method := fmt.Sprint(setting["HttpMethod"], " ", setting["ResourcePath"])
			limited[method] = true
			for _, limit := range []string{"ThrottlingRateLimit", "ThrottlingBurstLimit"} {
				if setting[limit] == nil {
					found = append(found, fmt.Sprintf("%s: %s of %s has no %s: write it", at, method, name, limit))
				}
			}
		}
		for _, method := range sortedKeys(limited) {
			if path, reads := strings.CutPrefix(method, "GET "); reads && !limited["HEAD "+path] {
				found = append(found, fmt.Sprintf("%s: %s of %s has settings, and HEAD %s has none: write the same for it", at, method, name, path))
			}
		}
		if !limited["* /*"] {
			found = append(found, fmt.Sprintf("%s: %s has no settings of all methods: write ResourcePath: \"/*\" and HttpMethod: \"*\" with limits", at, name))
		}
	}
	return found
}

// unaliased are what invokes a function, and not its alias, which deployments move and roll back. TestPolicy checks the same
// of routes.
func (tr *tree) unaliased() (found []string) {
	s := tr.all
	for kind, property := range map[string]string{
		"AWS::Lambda::EventSourceMapping": "FunctionName", "AWS::Lambda::Permission": "FunctionName", "AWS::Events::Rule": "Targets",
	} {
		for name, p := range s.of(kind) {
			for _, function := range references(p[property]) {
				if s[function]["Type"] == "AWS::Serverless::Function" && !strings.Contains(fmt.Sprint(p[property]), function+".Alias") {
					found = append(found, fmt.Sprintf("%s: %s invokes $LATEST of %s: write !Ref %[3]s.Alias", tr.at("Resources", name, "Properties", property), name, function))
				}
			}
		}
	}
	return found
}

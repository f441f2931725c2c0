package functions_test

import (
	"strings"

	"rental.example/adapters/samtest"
)

// oldTLS: what takes requests from outside wants TLS 1.2 or later. Without a policy of its own, a regional API
// accepts TLS 1.0.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
func (s stack) oldTLS() []string {
	var found []string
	for name, api := range s.of("AWS::ApiGateway::RestApi") {
		policy, _ := api["SecurityPolicy"].(string)
		if !strings.HasPrefix(policy, "SecurityPolicy_TLS13_1_") {
			found = append(found, name+": accepts TLS before 1.2")
		}
		// An enhanced policy without a mode is refused.
		if strings.HasPrefix(policy, "SecurityPolicy_") && api["EndpointAccessMode"] == nil {
			found = append(found, name+": has a SecurityPolicy and no EndpointAccessMode")
		}
	}
	for name, domain := range s.of("AWS::OpenSearchService::Domain") {
		policy, _ := samtest.Lookup(domain, "DomainEndpointOptions", "TLSSecurityPolicy").(string)
		if !strings.HasPrefix(policy, "Policy-Min-TLS-1-2-") {
			found = append(found, name+": accepts TLS before 1.2")
		}
	}
	return found
}

// sharedDeadLetters: a queue that is neither consumed nor the dead-letter queue of another one says so, so that no queue of
// another owner moves messages there.
func (s stack) sharedDeadLetters() []string {
	used := map[string]bool{}
	queues := s.of("AWS::SQS::Queue")
	for _, q := range queues {
		used[plain(samtest.Lookup(q, "RedrivePolicy", "deadLetterTargetArn"))] = true
	}
	for _, m := range s.of("AWS::Lambda::EventSourceMapping") {
		used[plain(m["EventSourceArn"])] = true
	}
	var found []string
	for name, q := range queues {
		if !used[name] && samtest.Lookup(q, "RedriveAllowPolicy", "redrivePermission") != "denyAll" {
			found = append(found, name+": may be the dead-letter queue of any other")
		}
	}
	return found
}

// rolledBackByCallers: an alarm that rolls deployments back is not triggered by what any caller can cause. The 5xx responses of API Gateway
// include the 503 of an overloaded search, and the account's throttles.
func (s stack) rolledBackByCallers() []string {
	var found []string
	for _, group := range s.of("AWS::CodeDeploy::DeploymentGroup") {
		for _, name := range references(group["AlarmConfiguration"]) {
			for _, metric := range metrics(s[name]["Properties"]) {
				if metric == "AWS/ApiGateway 5XXError" || metric == "AWS/Lambda Throttles" {
					found = append(found, name+": rolls deployments back for what callers cause")
				}
			}
		}
	}
	return found
}

// metrics are the metrics of an alarm, "namespace name" each: its own or those of its metric math.
func metrics(alarm any) []string {
	properties, _ := alarm.(map[string]any)
	all := []map[string]any{properties}
	for _, m := range each(properties["Metrics"]) {
		m, _ := m.(map[string]any)
		metric, _ := samtest.Lookup(m, "MetricStat", "Metric").(map[string]any)
		all = append(all, metric)
	}
	var names []string
	for _, m := range all {
		if m["MetricName"] != nil {
			names = append(names, plain(m["Namespace"])+" "+plain(m["MetricName"]))
		}
	}
	return names
}

// unretained: what has data outlives its stack, and its replacement. RetainExceptOnCreate, so that a first deployment
// that fails leaves nothing behind.
func (s stack) unretained() []string {
	var found []string
	for name, r := range s {
		switch r["Type"] {
		case "AWS::DynamoDB::Table", "AWS::Cognito::UserPool", "AWS::OpenSearchService::Domain":
			if r["DeletionPolicy"] != "RetainExceptOnCreate" || r["UpdateReplacePolicy"] != "Retain" {
				found = append(found, name+": wants DeletionPolicy RetainExceptOnCreate and UpdateReplacePolicy Retain")
			}
		}
	}
	return found
}

package functions_test

import (
	"fmt"
	"slices"
	"strings"

	"rental.example/adapters/samtest"
)

// A scope is where a name must be the only one.
type scope int

const (
	regional scope = iota // in an account and region: the name contains the stack's
	global                // in an account, whatever the region: it contains the region, too
	nested                // within what it belongs to, such as a pool
)

// scopes are the names that are no property Name or ...Name, or not regional. All others are.
var scopes = map[string]scope{
	// "All dashboards in your account are global, not region-specific."
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
	"AWS::CloudWatch::Dashboard DashboardName":          global,
	"AWS::Logs::ResourcePolicy PolicyName":              regional,
	"AWS::Cognito::UserPoolDomain Domain":               global,
	"AWS::IAM::Role RoleName":                           global,
	"AWS::IAM::ManagedPolicy ManagedPolicyName":         global,
	"AWS::IAM::User UserName":                           global,
	"AWS::S3::Bucket BucketName":                        global,
	"AWS::Budgets::Budget Budget.BudgetName":            global,
	"AWS::XRay::SamplingRule SamplingRule.RuleName":     regional,
	"AWS::KMS::Alias AliasName":                         regional,
	"AWS::CE::AnomalyMonitor MonitorName":               global,
	"AWS::CE::AnomalySubscription SubscriptionName":     global,
	"AWS::Backup::BackupPlan BackupPlan.BackupPlanName": regional,
	"AWS::Cognito::UserPoolResourceServer Name":         nested,
	"AWS::ApiGateway::Stage StageName":                  nested,
	"AWS::ApiGateway::Authorizer Name":                  nested,
	"AWS::ApiGateway::Model Name":                       nested,
	"AWS::ApiGateway::RequestValidator Name":            nested,
	"AWS::Lambda::Alias Name":                           nested,
}

// a physicalName is a name that the template gives instead of CloudFormation.
type physicalName struct {
	resource, property, value string
	scope                     scope
	kept                      bool // the resource outlives its stack
}

// physicalNames are all that a stack has, by resource and property.
func (s stack) physicalNames() map[string]physicalName {
	found := map[string]physicalName{}
	for id, r := range s {
		kind, _ := r["Type"].(string)
		properties, _ := r["Properties"].(map[string]any)
		for _, property := range nameProperties(kind) {
			value, ok := samtest.Lookup(properties, strings.Split(property, ".")...).(string)
			if within := scopes[kind+" "+property]; ok && within != nested {
				found[id+" "+property] = physicalName{id, property, value, within, outlives(r)}
			}
		}
	}
	return found
}

// outlives reports whether a resource stays when its stack no longer has it.
func outlives(r map[string]any) bool {
	policy, _ := r["DeletionPolicy"].(string)
	return strings.HasPrefix(policy, "Retain")
}

// nameProperties are where resources of a type have their names: Name, that of the type and Name, as in TableName,
// and what scopes lists.
func nameProperties(kind string) []string {
	names := []string{"Name", kind[strings.LastIndex(kind, ":")+1:] + "Name"}
	for key := range scopes {
		if of, property, _ := strings.Cut(key, " "); of == kind && !slices.Contains(names, property) {
			names = append(names, property)
		}
	}
	return names
}

// clashes are the names that two stacks would both want. A name that is a parameter is the reader's to choose.
func clashes(template, parameters map[string]any) (found []string) {
	names := func(p place) map[string]physicalName { return resolveAt(template, parameters, p).physicalNames() }
	stacks, regions, lives := names(otherStack), names(otherRegion), names(again)
	for key, n := range names(here) {
		raw, _ := samtest.Lookup(template, "Resources", n.resource, "Properties").(map[string]any)
		given, _ := samtest.Lookup(raw, strings.Split(n.property, ".")...).(map[string]any)
		if ref, _ := given["Ref"].(string); samtest.Lookup(template, "Parameters", ref) != nil {
			continue
		}
		what := fmt.Sprintf("%s: %s %q", n.resource, n.property, n.value)
		switch {
		case stacks[key].value == n.value:
			found = append(found, what+" is the same in every stack of the account: put ${AWS::StackName} into it")
		case n.scope == global && regions[key].value == n.value:
			found = append(found, what+" is the same in two regions, and names are the account's: put ${AWS::Region} into it")
		// Cognito takes a second pool of a name.
		case n.kept && n.property != "UserPoolName" && lives[key].value == n.value:
			found = append(found, what+" stays after its stack, and a new stack of that name cannot make it again: "+
				`put the stack's id into it: !Select [2, !Split ["/", !Ref AWS::StackId]]`)
		}
	}
	return found
}

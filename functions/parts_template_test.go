package functions_test

import (
	"fmt"
	"slices"
	"strings"

	"rental.example/adapters/samtest"
)

// excepted reports whether the Metadata of template.yaml has an exception for a finding of functions/policyrules_test.go.
func (tr *tree) excepted(finding string) bool {
	exceptions, _ := samtest.Lookup(tr.template, "Metadata", "PolicyExceptions").(map[string]any)
	return exceptions[finding] != nil || exceptions[tr.deployed.general(finding)] != nil
}

// rollbacks are the alarms of functions' errors that do not roll back a deployment of the function. TestPolicy checks the same
// of what SAM makes; this needs nothing but Go.
func (tr *tree) rollbacks() (found []string) {
	shared := references(samtest.Lookup(tr.template, "Globals", "Function", "DeploymentPreference", "Alarms"))
	for _, f := range tr.functions() {
		preference, _ := f.properties["DeploymentPreference"].(map[string]any)
		if preference["Enabled"] == false {
			continue
		}
		all := append(slices.Clone(shared), references(preference["Alarms"])...)
		for name, alarm := range tr.deployed.of("AWS::CloudWatch::Alarm") {
			watched := slices.Contains(references(alarm["Dimensions"]), f.name) && alarm["MetricName"] == "Errors"
			if watched && !slices.Contains(all, name) && !tr.excepted(name+": rolls no deployment back") {
				found = append(found, fmt.Sprintf("%s: %s does not roll back deployments of %s: write DeploymentPreference: { Alarms: [!Ref %s] } there",
					tr.at("Resources", f.name, "Properties", "DeploymentPreference", "Alarms"), name, f.name, name))
			}
		}
	}
	for _, name := range shared {
		if tr.deployed[name]["Type"] != "AWS::CloudWatch::Alarm" {
			found = append(found, fmt.Sprintf("%s: the deployments' list names %s, which is no alarm: correct its name",
				tr.at("Globals", "Function", "DeploymentPreference", "Alarms"), name))
		}
	}
	return found
}

// fixes are what to write for a finding of the rules that storage shares with TestPolicy.
var fixes = map[string]string{
	"AWS::DynamoDB::Table":           "SSESpecification: { SSEEnabled: true, SSEType: KMS }",
	"AWS::SQS::Queue":                "SqsManagedSseEnabled: true",
	"AWS::SNS::Topic":                "KmsMasterKeyId: alias/aws/sns",
	"AWS::OpenSearchService::Domain": "EncryptionAtRestOptions, NodeToNodeEncryptionOptions and EnforceHTTPS",
}

// storage is what keeps data without encryption, retention, recovery or, in prod, protection from deletion.
func (tr *tree) storage() (found []string) {
	for _, finding := range slices.Concat(tr.deployed.unencrypted(), tr.deployed.unretained(), tr.deployed.sharedDeadLetters()) {
		if tr.excepted(finding) {
			continue
		}
		name, what, _ := strings.Cut(finding, ": ")
		kind, _ := tr.deployed[name]["Type"].(string)
		write := ""
		if what == "not encrypted" && fixes[kind] != "" {
			write = "; write " + fixes[kind]
		}
		found = append(found, fmt.Sprintf("%s: %s: %s%s", tr.at("Resources", name), name, what, write))
	}
	for name, p := range tr.deployed.of("AWS::DynamoDB::Table") {
		if samtest.Lookup(p, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") != true {
			found = append(found, fmt.Sprintf("%s: %s cannot be recovered to a point in time: write PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }",
				tr.at("Resources", name, "Properties", "PointInTimeRecoverySpecification"), name))
		}
		if p["DeletionProtectionEnabled"] != true {
			found = append(found, fmt.Sprintf("%s: %s is not protected from deletion in prod: write DeletionProtectionEnabled: !If [IsProd, true, false]",
				tr.at("Resources", name, "Properties", "DeletionProtectionEnabled"), name))
		}
	}
	for name, p := range tr.deployed.of("AWS::Logs::LogGroup") {
		if p["RetentionInDays"] == nil {
			found = append(found, fmt.Sprintf("%s: %s keeps logs for ever: write RetentionInDays: !Ref LogRetentionDays", tr.at("Resources", name), name))
		}
	}
	return found
}

// tableAlarms are the tables of functions whose throttles no alarm watches.
func (tr *tree) tableAlarms() (found []string) {
	watched := map[string]bool{}
	for _, alarm := range tr.deployed.of("AWS::CloudWatch::Alarm") {
		for _, metric := range metrics(alarm) {
			for _, name := range references(alarm) {
				watched[name+" "+metric] = true
			}
		}
	}
	for _, f := range tr.functions() {
		for _, table := range tr.named(f, "AWS::DynamoDB::Table") {
			for _, metric := range []string{"ReadThrottleEvents", "WriteThrottleEvents"} {
				if !watched[table+" AWS/DynamoDB "+metric] {
					found = append(found, fmt.Sprintf("template.yaml: no alarm watches %s of %s, which %s calls: add one such as UsersTableThrottlesAlarm", metric, table, f.name))
				}
			}
		}
	}
	return found
}

// unknown are references to what template.yaml does not have, but for what SAM makes of a function.
func (tr *tree) unknown() (found []string) {
	declared, _ := tr.template["Parameters"].(map[string]any)
	known := sortedKeys(declared)
	for _, f := range tr.functions() {
		known = append(known, f.name+"Role")
	}
	for _, finding := range tr.all.dangling(known) {
		name, _, _ := strings.Cut(finding, ":")
		found = append(found, fmt.Sprintf("%s: %s: correct the name", tr.at("Resources", name), finding))
	}
	conditions, _ := tr.template["Conditions"].(map[string]any)
	resources, _ := tr.template["Resources"].(map[string]any)
	for _, name := range sortedKeys(resources) {
		for _, condition := range conditionsIn(resources[name]) {
			if conditions[condition] == nil {
				found = append(found, fmt.Sprintf("%s: %s has the condition %s, which is not in Conditions: correct its name", tr.at("Resources", name), name, condition))
			}
		}
	}
	return found
}

// conditionsIn are the conditions that a resource names: its own, and those of Fn::If.
func conditionsIn(v any) (names []string) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			names = append(names, conditionsIn(e)...)
		}
	case map[string]any:
		if args, ok := v["Fn::If"].([]any); ok && len(args) > 0 {
			names = append(names, fmt.Sprint(args[0]))
		}
		if own, ok := v["Condition"].(string); ok && v["Type"] != nil {
			names = append(names, own)
		}
		for _, key := range sortedKeys(v) {
			names = append(names, conditionsIn(v[key])...)
		}
	}
	return names
}

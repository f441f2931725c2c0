package functions_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"rental.example/adapters/samtest"
)

// mayBeEmpty are the properties whose services take an empty string.
var mayBeEmpty = map[string]*regexp.Regexp{
	// An empty variable is the same as an absent one, to the SDK.
	"AWS::Serverless::Function": regexp.MustCompile(`^Environment\.Variables\.`),
}

// empty are the properties that their service refuses: empty strings, and nulls, which CloudFormation refuses.
func (s stack) empty() (found []string) {
	for name, r := range s {
		kind, _ := r["Type"].(string)
		for _, path := range emptyStrings("", r["Properties"]) {
			path = strings.TrimPrefix(path, ".")
			if may := mayBeEmpty[kind]; r["Properties"] != nil && (may == nil || !may.MatchString(path)) {
				found = append(found, fmt.Sprintf("%s: %s is empty: leave it out by !If and AWS::NoValue, or list it in mayBeEmpty with its source", name, path))
			}
		}
		for _, arn := range arns(r["Properties"]) {
			found = append(found, fmt.Sprintf("%s: a part of %s is empty", name, arn))
		}
	}
	return found
}

var hollow = regexp.MustCompile(`arn:[^"\s]*?//[^"\s]*`)

// arns are the ARNs in a value that have an empty part, as a name that is an empty parameter leaves it.
func arns(v any) (found []string) {
	switch v := v.(type) {
	case string:
		found = hollow.FindAllString(strings.ReplaceAll(v, "://", ":"), -1)
	case []any:
		for _, e := range v {
			found = append(found, arns(e)...)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			found = append(found, arns(v[key])...)
		}
	}
	return found
}

// unversioned are the properties of a function that are no part of a version: Lambda publishes none when nothing
// else differs. Each is in the hash that SAM names the version after when AutoPublishAliasAllProperties is true,
// and then the deployment fails: "A version for this Lambda function exists".
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
// https://github.com/aws/serverless-application-model/issues/3281
var unversioned = map[string]string{
	"Tags":                         `tag the stack: tags = "app=rental stage=prod" in the deploy table of samconfig.toml`,
	"PropagateTags":                `tag the stack: tags = "app=rental stage=prod" in the deploy table of samconfig.toml`,
	"ReservedConcurrentExecutions": "limit the event source mapping (ScalingConfig), or set it by put-function-concurrency",
	"CodeSigningConfigArn":         "set it by put-function-code-signing-config",
	"RecursiveLoop":                "set it by put-function-recursion-config",
	"RuntimeManagementConfig":      "set it by put-runtime-management-config",
	"FunctionScalingConfig":        "set it by put-function-scaling-config",
	"FunctionUrlConfig":            "make it an AWS::Lambda::Url of the alias",
}

// unpublishable are the properties of functions that make a deployment fail when they alone change. A parameter that
// is changed in samconfig.toml changes the code with it, of which that file is part, so one that says so may set them.
func (r resolved) unpublishable(template map[string]any) (found []string) {
	all := r.globals["AutoPublishAliasAllProperties"] == true
	for name, p := range r.of("AWS::Serverless::Function") {
		if p["AutoPublishAliasAllProperties"] != true && !all {
			continue
		}
		for property, instead := range unversioned {
			where, raw := name, samtest.Lookup(template, "Resources", name, "Properties", property)
			switch {
			case p[property] != nil:
			case r.globals[property] != nil:
				where, raw = "Globals.Function", samtest.Lookup(template, "Globals", "Function", property)
			default:
				continue
			}
			if !byConfigFile(template, raw) {
				found = append(found, fmt.Sprintf("%s: %s is no part of a version: changed alone, it names a version that Lambda does not publish, and the deployment fails; "+
					"%s, or make it a parameter whose Description says to change it in samconfig.toml, which is part of the code", where, property, instead))
			}
		}
	}
	return found
}

// byConfigFile reports whether a value is a parameter's whose Description names samconfig.toml.
func byConfigFile(template map[string]any, v any) bool {
	ours := 0
	for _, name := range references(v) {
		if name == "AWS::NoValue" {
			continue
		}
		ours++
		if text, _ := samtest.Lookup(template, "Parameters", name, "Description").(string); !strings.Contains(text, "samconfig.toml") {
			return false
		}
	}
	return ours > 0
}

// replaceable are domains that a new EngineVersion would replace by an empty one.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html
func (s stack) replaceable() (found []string) {
	for name := range s.of("AWS::OpenSearchService::Domain") {
		if samtest.Lookup(s[name], "UpdatePolicy", "EnableVersionUpgrade") != true {
			found = append(found, name+": a new EngineVersion would make a new, empty domain: add UpdatePolicy: { EnableVersionUpgrade: true }")
		}
	}
	return found
}

// indexRights are indexes that no function may query, and rights to indexes that are not there.
func (s stack) indexRights(at place) (found []string) {
	rights := map[string]bool{}
	for _, p := range s.of("AWS::Serverless::Function") {
		for _, statement := range statements(p["Policies"]) {
			for _, resource := range each(statement["Resource"]) {
				rights[fmt.Sprint(resource)] = true
			}
		}
	}
	for name, p := range s.of("AWS::DynamoDB::Table") {
		prefix := at.physical(name) + ".Arn/index/"
		for _, index := range each(p["GlobalSecondaryIndexes"]) {
			index, _ := index.(map[string]any)
			if right := prefix + fmt.Sprint(index["IndexName"]); index != nil && !rights[right] {
				found = append(found, fmt.Sprintf("%s: no function may query the index %v: name it in the policy of the function that lists by it", name, index["IndexName"]))
			}
			delete(rights, prefix+fmt.Sprint(index["IndexName"]))
		}
		for right := range rights {
			if index, ok := strings.CutPrefix(right, prefix); ok {
				found = append(found, fmt.Sprintf("%s: a policy names the index %s, which is not there: take it off the policy", name, index))
			}
		}
	}
	return found
}

package functions_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"rental.example/adapters/samtest"
)

// TestRolesAreNarrow: no role that deploys allows a whole service, or names more than the stack's resources where the
// service has names.
func TestRolesAreNarrow(t *testing.T) {
	t.Parallel()
	template := roles(t)
	for role := range of(template, "AWS::IAM::Role") {
		for _, s := range statements(template.Properties(t, role)["Policies"]) {
			for _, f := range wide(s) {
				t.Errorf("%s, statement %v: %s", role, s["Sid"], f)
			}
		}
	}
}

// TestRolesAreNarrowNegative: the same finds what is too wide.
func TestRolesAreNarrowNegative(t *testing.T) {
	t.Parallel()
	for statement, want := range map[string]string{
		`{"Action":"sqs:*","Resource":"arn:x:${StackName}-*"}`:                              "allows sqs:*",
		`{"Action":"sqs:CreateQueue","Resource":"*"}`:                                       "sqs:CreateQueue can name resources",
		`{"Action":"logs:PutQueryDefinition","Resource":"*"}`:                               "no condition",
		`{"Action":"iam:CreateRole","Resource":"arn:aws:iam::1:role/*"}`:                    "arn:aws:iam::1:role/* is not the stack's",
		`{"Action":"iam:CreateRole","Resource":"arn:aws:iam::1:role/${StackName}*"}`:        "is not the stack's",
		`{"Action":"iam:PassRole","Resource":"arn:aws:iam::1:role/${StackName}-*"}`:         "to any service",
		`{"Action":"iam:AttachRolePolicy","Resource":"arn:aws:iam::1:role/${StackName}-*"}`: "any managed policy",
		`{"NotAction":"iam:*","Resource":"arn:x:${StackName}-*"}`:                           "all but",
	} {
		var s map[string]any
		if err := json.Unmarshal([]byte(statement), &s); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(wide(s), "\n"); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q in it", statement, got, want)
		}
	}
}

// ofStack are ARNs that no other stack's resources have.
var ofStack = regexp.MustCompile(`[:/]\$\{StackName\}(-\*|/\*)?$|^ExecutionRole\.Arn$`)

// samsOwn are what SAM and its transform need beside the stack.
var samsOwn = []string{
	"arn:${AWS::Partition}:cloudformation:${AWS::Region}:aws:transform/Serverless-2016-10-31",
	"arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:changeSet/*",
	"arn:${AWS::Partition}:cloudformation:${AWS::Region}:${AWS::AccountId}:stack/aws-sam-cli-managed-default/*",
}

// wide is what a statement allows beyond what it should.
func wide(s map[string]any) []string {
	var found []string
	if s["NotAction"] != nil || s["NotResource"] != nil {
		found = append(found, "allows all but something")
	}
	condition, _ := json.Marshal(s["Condition"])
	for _, action := range each(s["Action"]) {
		action := fmt.Sprint(action)
		everywhere := slices.Contains(each(s["Resource"]), any("*"))
		switch {
		case strings.Contains(action, "*"):
			found = append(found, "allows "+action+": name the actions")
		case everywhere && !slices.Contains(append([]string{"cloudformation:GetTemplateSummary"}, namesNoResource...), action):
			found = append(found, action+" can name resources: name those of ${StackName}, or add it to namesNoResource with the service's page at hand")
		case everywhere && s["Condition"] == nil:
			found = append(found, action+" has no condition: aws:RequestedRegion at least")
		case action == "iam:PassRole" && !strings.Contains(string(condition), "iam:PassedToService"):
			found = append(found, "passes roles to any service: say which in iam:PassedToService")
		case strings.HasSuffix(action, "tachRolePolicy") && !strings.Contains(string(condition), "iam:PolicyARN"):
			found = append(found, "attaches any managed policy: say which in iam:PolicyARN")
		}
	}
	for _, r := range each(s["Resource"]) {
		arn := fmt.Sprint(r)
		if arn != "*" && !ofStack.MatchString(arn) && !slices.Contains(namedByService, arn) && !slices.Contains(samsOwn, arn) {
			found = append(found, arn+" is not the stack's: name ${StackName}-*, or say in namedByService why that cannot be")
		}
	}
	return found
}

// TestManagedPolicies: the policies of AWS's own that a deployment may attach are those that the template's Metadata
// names, which TestPolicy compares with what is deployed.
func TestManagedPolicies(t *testing.T) {
	t.Parallel()
	var metadata struct {
		Metadata struct {
			PolicyExceptions map[string]string `yaml:"PolicyExceptions"`
		} `yaml:"Metadata"`
	}
	if err := yaml.Unmarshal([]byte(samtest.ReadFile(t, "template.yaml")), &metadata); err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for exception := range metadata.Metadata.PolicyExceptions {
		if name, ok := strings.CutPrefix(exception, "managed policy "); ok {
			want = append(want, name)
		}
	}
	for _, s := range statements(roles(t).Properties(t, "ExecutionRole")["Policies"]) {
		arns, _ := samtest.Lookup(s, "Condition", "ArnEquals", "iam:PolicyARN").([]any)
		for _, arn := range arns {
			got = append(got, fmt.Sprint(arn)[strings.LastIndex(fmt.Sprint(arn), "/")+1:])
		}
	}
	if diff := diffNames(want, got); diff != "" {
		t.Errorf("policies that ExecutionRole may attach (-template.yaml +environment.yaml):\n%s", diff)
	}
}

// TestPolicySizes: all policies of a role together are at most 10,240 characters.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func TestPolicySizes(t *testing.T) {
	t.Parallel()
	for name, role := range of(roles(t), "AWS::IAM::Role") {
		text, err := json.Marshal(role.Properties["Policies"])
		if err != nil {
			t.Fatal(err)
		}
		// As ARNs will be, of the longest region's name.
		size := len(strings.NewReplacer("${AWS::Partition}", "aws", "${AWS::Region}", "ap-southeast-2",
			"${AWS::AccountId}", "123456789012", "${StackName}", strings.Repeat("s", 24)).Replace(string(text)))
		if size > 10_240 {
			t.Errorf("%s: its policies are %d characters, more than 10,240: move a statement into an AWS::IAM::ManagedPolicy", name, size)
		}
	}
}

// TestEndToEndRights: the deploying role may do in the user pool what the suite does there, and no more.
func TestEndToEndRights(t *testing.T) {
	t.Parallel()
	var want, got []string
	for _, call := range regexp.MustCompile(`(?m)\bidp (admin-[a-z-]+)`).FindAllStringSubmatch(samtest.ReadFile(t, "functions/e2e/deployed"), -1) {
		action := "cognito-idp:"
		for _, word := range strings.Split(call[1], "-") {
			action += strings.ToUpper(word[:1]) + word[1:]
		}
		want = append(want, action)
	}
	for _, action := range allowed(roles(t).Properties(t, "DeployRole")) {
		if strings.HasPrefix(action, "cognito-idp:") {
			got = append(got, action)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(slices.Compact(want), got); diff != "" {
		t.Errorf("calls of functions/e2e/deployed and rights of DeployRole (-calls +rights):\n%s", diff)
	}
}

// TestPlanRoleChangesNothing: before the approval nothing is executed.
func TestPlanRoleChangesNothing(t *testing.T) {
	t.Parallel()
	for _, action := range allowed(roles(t).Properties(t, "PlanRole")) {
		service, verb, _ := strings.Cut(action, ":")
		reads := strings.HasPrefix(verb, "Describe") || strings.HasPrefix(verb, "Get") || strings.HasPrefix(verb, "List")
		plans := service == "cloudformation" && (strings.HasSuffix(verb, "ChangeSet") && verb != "ExecuteChangeSet" || strings.HasSuffix(verb, "agResource"))
		if !reads && !plans && action != "s3:PutObject" && action != "iam:PassRole" {
			t.Errorf("PlanRole allows %s, before anybody approved", action)
		}
	}
}

// immutableSubject is how GitHub writes the subject of a token of a repository made, renamed or transferred since
// 2026-07-15. https://docs.github.com/en/actions/reference/security/oidc#immutable-subject-claims
const immutableSubject = "repo:${Owner}@${OwnerId}/${Name}@${RepositoryId}:environment:${Environment}"

// TestTrust: the roles trust tokens of one environment of one repository, in the form that GitHub writes today.
func TestTrust(t *testing.T) {
	t.Parallel()
	template := roles(t)
	for role, environment := range map[string]string{"PlanRole": "-plan", "DeployRole": ""} {
		trust := statements(template.Properties(t, role)["AssumeRolePolicyDocument"])
		if len(trust) != 1 {
			t.Fatalf("%s: %d statements of trust", role, len(trust))
		}
		equals, _ := samtest.Lookup(trust[0], "Condition", "StringEquals").(map[string]any)
		if equals["token.actions.githubusercontent.com:aud"] != "sts.amazonaws.com" {
			t.Errorf("%s trusts tokens for others than sts.amazonaws.com", role)
		}
		if f := subjectFinding(equals["token.actions.githubusercontent.com:sub"], environment); f != "" {
			t.Errorf("%s %s", role, f)
		}
	}
	if f := subjectFinding("repo:${Repository}:environment:${Environment}", ""); !strings.Contains(f, "old form") {
		t.Errorf("the old form alone: got %q", f)
	}
	trust := statements(template.Properties(t, "ExecutionRole")["AssumeRolePolicyDocument"])
	if len(trust) != 1 || samtest.Lookup(trust[0], "Condition", "StringEqualsIfExists", "aws:SourceAccount") != "AWS::AccountId" {
		t.Error("ExecutionRole can be assumed through CloudFormation of another account: aws:SourceAccount is missing")
	}
}

// subjectFinding says what is wrong with the subject that a role trusts: !If [HasNamesOnly, the old form, !Sub
// [the immutable form, ...]].
func subjectFinding(subject any, environment string) string {
	choice, _ := subject.([]any)
	if len(choice) != 3 || choice[0] != "HasNamesOnly" {
		return fmt.Sprintf("trusts %v, the old form of the subject, which no token of a repository made since 2026-07-15 has: "+
			"trust %s unless the parameter Subject says names", subject, immutableSubject+environment)
	}
	immutable, _ := choice[2].([]any)
	if len(immutable) != 2 || immutable[0] != immutableSubject+environment {
		return fmt.Sprintf("trusts %v, want %s", choice[2], immutableSubject+environment)
	}
	if old := "repo:${Repository}:environment:${Environment}" + environment; choice[1] != old {
		return fmt.Sprintf("trusts %v for Subject=names, want %s", choice[1], old)
	}
	return ""
}

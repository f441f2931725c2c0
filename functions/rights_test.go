package functions_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"rental.example/adapters/samtest"
)

// roles reads the template of the roles that deploy.
func roles(t *testing.T) samtest.Template {
	t.Helper()
	var template samtest.Template
	if err := yaml.Unmarshal([]byte(samtest.ReadFile(t, "functions/deploy/environment.yaml")), &template); err != nil {
		t.Fatal(err)
	}
	return template
}

// TestExecutionRole compares what CloudFormation may do with what template.yaml makes it do, in every stage and mode.
func TestExecutionRole(t *testing.T) {
	t.Parallel()
	for _, f := range rightsFindings(typesOf(samtest.LoadTemplate(t)), allowed(roles(t).Properties(t, "ExecutionRole"))) {
		t.Error(f)
	}
}

// rightsFindings are the actions that a role lacks for types of resources, and those that none of them needs.
func rightsFindings(types map[string][]string, allowed []string) []string {
	var found, needed []string
	for _, kind := range slices.Sorted(maps.Keys(types)) {
		actions, ok := handlerActions[kind]
		if !ok && !strings.Contains(kind, ".") {
			found = append(found, fmt.Sprintf("%s is of type %s, which functions/rightstable_test.go does not have: add a row "+
				"with the permissions of its resource schema's handlers (aws cloudformation describe-type --type RESOURCE --type-name %s), "+
				"and the same actions to ExecutionRole in functions/deploy/environment.yaml", types[kind][0], kind, kind))
		}
		lacks := slices.DeleteFunc(slices.Clone(actions), func(action string) bool { return slices.Contains(allowed, action) })
		if len(lacks) > 0 {
			found = append(found, fmt.Sprintf("ExecutionRole lacks %s, which CloudFormation calls for %s (%s): add that to "+
				"functions/deploy/environment.yaml, for resources named ${StackName}-* where the service has names",
				strings.Join(lacks, ", "), types[kind][0], kind))
		}
		needed = append(needed, actions...)
	}
	for _, action := range allowed {
		if !slices.Contains(needed, action) {
			found = append(found, fmt.Sprintf("ExecutionRole allows %s, which no resource of template.yaml needs: take it out of "+
				"functions/deploy/environment.yaml, or add it to the type's row in functions/rightstable_test.go", action))
		}
	}
	return found
}

// TestRightsFindings: each action that ExecutionRole lacks is reported, one too many, and a type without a row.
func TestRightsFindings(t *testing.T) {
	t.Parallel()
	types, rights := typesOf(samtest.LoadTemplate(t)), allowed(roles(t).Properties(t, "ExecutionRole"))
	for i, action := range rights {
		rest := slices.Delete(slices.Clone(rights), i, i+1)
		checkFindings(t, "without "+action, rightsFindings(types, rest), "ExecutionRole lacks "+action)
	}
	checkFindings(t, "too many", rightsFindings(types, append(rights, "sqs:PurgeQueue")), "ExecutionRole allows sqs:PurgeQueue, which no resource")
	types["AWS::Kinesis::Stream"] = []string{"Stream"}
	checkFindings(t, "unknown type", rightsFindings(types, rights), "Stream is of type AWS::Kinesis::Stream")
}

// typesOf are the types of what CloudFormation gets of a template, with the names they are from, and "Type.Property"
// for properties that handlerActions has. What SAM makes of its own types is in generated.
func typesOf(template samtest.Template) map[string][]string {
	types := map[string][]string{}
	for name, r := range template.Resources {
		kinds := []string{r.Type}
		if strings.HasPrefix(r.Type, "AWS::Serverless::") {
			kinds = append(generated(r, template.Globals), "AWS::Serverless-2016-10-31")
		}
		for _, kind := range kinds {
			types[kind] = append(types[kind], name)
			for property := range r.Properties {
				if key := kind + "." + property; handlerActions[key] != nil {
					types[key] = append(types[key], name)
				}
			}
		}
	}
	for _, names := range types {
		slices.Sort(names)
	}
	return types
}

// generated are the types that SAM makes of a resource of one of its own.
// https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
func generated(r samtest.Resource, globals map[string]any) []string {
	property := func(name string) bool {
		return r.Properties[name] != nil || samtest.Lookup(globals, strings.TrimPrefix(r.Type, "AWS::Serverless::"), name) != nil
	}
	switch r.Type {
	case "AWS::Serverless::Api":
		return []string{"AWS::ApiGateway::RestApi", "AWS::ApiGateway::Deployment", "AWS::ApiGateway::Stage"}
	case "AWS::Serverless::Function":
		kinds := []string{"AWS::Lambda::Function", "AWS::IAM::Role"}
		for name, made := range map[string][]string{
			"AutoPublishAlias":     {"AWS::Lambda::Version", "AWS::Lambda::Alias"},
			"DeploymentPreference": {"AWS::CodeDeploy::Application", "AWS::CodeDeploy::DeploymentGroup"},
			"EventInvokeConfig":    {"AWS::Lambda::EventInvokeConfig"},
			"Events":               {"AWS::Lambda::Permission"}, // of type Api: TestMappings allows no other
		} {
			if property(name) {
				kinds = append(kinds, made...)
			}
		}
		return kinds
	}
	return []string{r.Type}
}

// TestGenerated compares generated with SAM's own translation, in each stage and mode.
func TestGenerated(t *testing.T) {
	t.Parallel()
	var all []map[string]any
	for _, mode := range []string{"none", "domain", "existing"} {
		all = append(all, map[string]any{"Stage": "prod", "OpenSearchMode": mode})
	}
	translated := map[string]bool{}
	for _, template := range translate(t, all) {
		resources, _ := template["Resources"].(map[string]any)
		for _, r := range resources {
			r, _ := r.(map[string]any)
			kind, _ := r["Type"].(string)
			translated[kind] = true
		}
	}
	var want []string
	for kind := range typesOf(samtest.LoadTemplate(t)) {
		if !strings.Contains(kind, ".") && kind != "AWS::Serverless-2016-10-31" {
			want = append(want, kind)
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(translated)), want); diff != "" {
		t.Errorf("generated, in this file, says otherwise than SAM (-SAM +generated):\n%s", diff)
	}
}

// allowed are the actions that a role's own policies allow.
func allowed(role map[string]any) []string {
	var actions []string
	for _, s := range statements(role["Policies"]) {
		for _, a := range each(s["Action"]) {
			actions = append(actions, fmt.Sprint(a))
		}
	}
	slices.Sort(actions)
	return slices.Compact(actions)
}

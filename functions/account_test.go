package functions_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// TestAccountParameters: what AWS or GitHub would refuse, the templates refuse first, and say what to write.
func TestAccountParameters(t *testing.T) {
	t.Parallel()
	for file, parameters := range map[string]map[string]struct{ good, bad []string }{
		"functions/deploy/account.yaml": {
			"Email":          {[]string{"ops@example.com"}, []string{"", "ops", "ops@example", "a b@example.com"}},
			"AnomalyMonitor": {[]string{"none", "make", "arn:aws:ce::123456789012:anomalymonitor/0f3a-9b"}, []string{"", "yes", "arn:aws:ce::1:x"}},
		},
		"functions/deploy/environment.yaml": {
			"StackName":            {[]string{"rental-prod"}, []string{"", "Rental", "deploy-rental-prod", "rental_prod", "1rental", strings.Repeat("a", 25)}},
			"Repository":           {[]string{"octo-org/octo.repo_1"}, []string{"", "octo-repo", "https://github.com/octo-org/octo-repo", "a/b/c", "octo-org/*"}},
			"OwnerId":              {[]string{"123456"}, []string{"", "octo-org", "0", "12*"}},
			"RepositoryId":         {[]string{"456789"}, []string{"", "octo-repo", "*"}},
			"OpenSearchDomainName": {[]string{"", "rental-items-prod"}, []string{"*", "it", "Items"}},
			"PermissionsBoundary":  {[]string{"", "arn:aws:iam::123456789012:policy/limits"}, []string{"limits", "arn:aws:iam::123456789012:role/x"}},
		},
	} {
		declared, _ := mustParse(t, samtest.ReadFile(t, file))["Parameters"].(map[string]any)
		for name, p := range declared {
			p, _ := p.(map[string]any)
			if p["AllowedPattern"] == nil {
				continue
			}
			examples, ok := parameters[name]
			if constraint, _ := p["ConstraintDescription"].(string); !ok || !strings.HasPrefix(constraint, "must be ") || p["Description"] == nil {
				t.Errorf("%s: %s needs examples in this test, a Description, and a ConstraintDescription that begins with \"must be\"", file, name)
			}
			for _, value := range examples.good {
				if problem := parameterProblem(p, value); problem != "" {
					t.Errorf("%s: %s %s", file, name, problem)
				}
			}
			for _, value := range examples.bad {
				if parameterProblem(p, value) == "" {
					t.Errorf("%s: %s takes %q", file, name, value)
				}
			}
		}
	}
}

// TestProtect: the stack policy names every resource that has data, and none that is not there.
func TestProtect(t *testing.T) {
	t.Parallel()
	var want, got []string
	for name, r := range samtest.LoadTemplate(t).Resources {
		if slices.Contains([]string{"AWS::DynamoDB::Table", "AWS::Cognito::UserPool", "AWS::OpenSearchService::Domain", "AWS::S3::Bucket"}, r.Type) {
			want = append(want, name)
		}
	}
	for _, m := range regexp.MustCompile(`LogicalResourceId/(\w+)`).FindAllStringSubmatch(samtest.ReadFile(t, "functions/deploy/protect"), -1) {
		got = append(got, m[1])
	}
	if diff := diffNames(want, got); diff != "" {
		t.Errorf("functions/deploy/protect protects other resources than those with data (-template.yaml +protect):\n%s", diff)
	}
}

// TestWorkflowsAgree: the workflows, samconfig.toml and the checks name the same SAM CLI and region; and staging and
// prod the same processor, since prod gets what was built for staging.
func TestWorkflowsAgree(t *testing.T) {
	t.Parallel()
	config, texts := samtest.ReadFile(t, "samconfig.toml"), workflows(t)
	version := regexp.MustCompile(`(?m)^version=(\S+)$`).FindStringSubmatch(samtest.ReadFile(t, "testdata/engines/sam"))[1]
	installs := regexp.MustCompile(`aws-sam-cli==(\S+)`).FindAllStringSubmatch(texts["deploy.yml"]+texts["environment.yml"], -1)
	if len(installs) == 0 {
		t.Error("no workflow installs the SAM CLI")
	}
	for _, m := range installs {
		if m[1] != version {
			t.Errorf("a workflow installs the SAM CLI %s, testdata/engines/sam %s", m[1], version)
		}
	}
	architecture := map[string]string{}
	for _, environment := range []string{"staging", "prod"} {
		global := regexp.MustCompile(`(?s)\[` + environment + `\.global\.parameters\](.*?)\n\[`).FindStringSubmatch(config)
		if global == nil {
			t.Fatalf("samconfig.toml has no [%s.global.parameters]", environment)
		}
		if m := regexp.MustCompile(`Architecture=(\w+)`).FindStringSubmatch(global[1]); m != nil {
			architecture[environment] = m[1]
		}
		region := regexp.MustCompile(`(?m)^region = "([^"]+)"`).FindStringSubmatch(global[1])
		for _, m := range regexp.MustCompile(`aws-region: (\S+)`).FindAllStringSubmatch(texts["environment.yml"], -1) {
			if region == nil || m[1] != region[1] {
				t.Errorf("environment.yml has credentials of %s, samconfig.toml deploys %s to %v", m[1], environment, region)
			}
		}
	}
	if architecture["staging"] == "" || architecture["staging"] != architecture["prod"] {
		t.Errorf("samconfig.toml has %v: prod gets what was built for staging, so write the same Architecture for both", architecture)
	}
}

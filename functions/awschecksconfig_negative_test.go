package functions_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/samtest"
)

const goodConfig = `version = 0.1
# A comment with [brackets] and "quotes".
[default.global.parameters]
stack_name = "rental-dev" # its name
parameter_overrides = ["Stage=dev", "Architecture=x86_64", "OpenSearchMode=none"]
[default.deploy.parameters]
tags = "app=rental stage=dev"
[prod.global.parameters]
parameter_overrides = [
  "Stage=prod", "Architecture=arm64", 'OpenSearchMode=none',
  "Gradual=true", 'RepublishSchedule="cron(15 3 * * ? *)"',
]
[prod.deploy.parameters]
confirm_changeset = true
tags = "app=rental stage=prod"
`

// TestConfigFileNegative: each rule sees the file that breaks it.
func TestConfigFileNegative(t *testing.T) {
	t.Parallel()
	template := mustParse(t, samtest.ReadFile(t, "template.yaml"))
	for name, test := range map[string]struct{ old, new, want string }{
		"nothing":                         {"", "", ""},
		"cron without quotes":             {`'RepublishSchedule="cron(15 3 * * ? *)"'`, `"RepublishSchedule=cron(15 3 * * ? *)"`, `samconfig.toml, prod: SAM ends the value of RepublishSchedule at a space or a quote and loses "3 * * ? *)": write 'RepublishSchedule="cron(15 3 * * ? *)"'`},
		"rate without quotes":             {`'RepublishSchedule="cron(15 3 * * ? *)"'`, `"RepublishSchedule=rate(1 day)"`, `loses "day)"`},
		"escaped quotes":                  {`'RepublishSchedule="cron(15 3 * * ? *)"'`, `"RepublishSchedule=\"cron(15 3 * * ? *)\""`, ""},
		"several in one string":           {`"Gradual=true", 'RepublishSchedule=`, `'Gradual=true RepublishSchedule=`, ""},
		"parameter that is not":           {"Gradual=true", "Gradually=true", "template.yaml has no parameter Gradually"},
		"value that is not":               {"Architecture=arm64", "Architecture=arm", `prod: Architecture is "arm", want one of [arm64 x86_64]`},
		"value of another pattern":        {`"Gradual=true"`, `"Gradual=true", "AllowedOrigin=https://app.example.com/"`, "AllowedOrigin is \"https://app.example.com/\", which does not match"},
		"endpoint in a VPC":               {`"Gradual=true"`, `"Gradual=true", "OpenSearchEndpoint=https://vpc-x.es.amazonaws.com"`, "OpenSearchEndpoint is"},
		"endpoint":                        {`"Gradual=true"`, `"Gradual=true", "OpenSearchEndpoint=https://search-x.es.amazonaws.com"`, ""},
		"number beyond its limit":         {`"Gradual=true"`, `"Gradual=true", "RequestBurst=9999"`, "RequestBurst is \"9999\", want a number from 1 to 5000"},
		"no architecture":                 {`"Architecture=arm64", `, "", "prod: names no Architecture"},
		"no word on canaries":             {`"Gradual=true", `, "", "prod: names no Gradual"},
		"deploy differs":                  {"confirm_changeset = true", `parameter_overrides = ["Stage=prod", "Architecture=x86_64"]`, "[prod.deploy.parameters] has parameter_overrides of its own"},
		"as sam deploy --guided saves it": {"confirm_changeset = true", `parameter_overrides = "Stage=\"prod\" Architecture=\"arm64\""`, "[prod.deploy.parameters] has parameter_overrides of its own"},
		"guided":                          {"confirm_changeset = true", "guided = true", "[prod.deploy.parameters] sets guided"},
		"no tags":                         {`tags = "app=rental stage=prod"`, "", `prod: the deploy table wants tags = "app=rental stage=prod"`},
		"tags of another":                 {`tags = "app=rental stage=prod"`, `tags = "app=rental stage=dev"`, `prod: the deploy table wants tags = "app=rental stage=prod"`},
	} {
		if !strings.Contains(goodConfig, test.old) {
			t.Fatalf("%s: there is no %s", name, test.old)
		}
		found := parseConfig(t, strings.Replace(goodConfig, test.old, test.new, 1)).problems(template)
		all := strings.Join(found, "\n")
		if test.want == "" && all != "" || !strings.Contains(all, test.want) {
			t.Errorf("%s: got %q, want %q", name, all, test.want)
		}
	}
}

// TestSplitOverrides: the parameters are those that the SAM CLI finds, and what it loses is reported. The wanted values are
// those of CfnParameterOverridesType in samcli/cli/types.py.
func TestSplitOverrides(t *testing.T) {
	t.Parallel()
	const schedule = "cron(15 3 * * ? *)"
	for _, test := range []struct {
		list  []string
		given map[string]string
		lost  string
	}{
		{[]string{"Stage=prod", "Gradual=true"}, map[string]string{"Stage": "prod", "Gradual": "true"}, ""},
		{[]string{"Stage=prod  Gradual=true"}, map[string]string{"Stage": "prod", "Gradual": "true"}, ""},
		{[]string{"Stage=dev", "Stage=prod"}, map[string]string{"Stage": "prod"}, ""},
		{[]string{"RepublishSchedule=" + schedule, "Stage=prod"},
			map[string]string{"RepublishSchedule": "cron(15", "Stage": "prod"}, `loses "3 * * ? *)"`},
		{[]string{`Stage=prod RepublishSchedule="` + schedule + `"`},
			map[string]string{"Stage": "prod", "RepublishSchedule": schedule}, ""},
		{[]string{"RepublishSchedule='rate(1 day)'"}, map[string]string{"RepublishSchedule": "rate(1 day)"}, ""},
		{[]string{`RepublishSchedule=rate(1\ day)`}, map[string]string{"RepublishSchedule": "rate(1 day)"}, ""},
		{[]string{`EmailFrom="Rental \"R\" <a@b.cd>"`}, map[string]string{"EmailFrom": `Rental "R" <a@b.cd>`}, ""},
		{[]string{"AllowedOrigin=https://a.example:8443", "AlarmEmail=ops+1@b.cd"},
			map[string]string{"AllowedOrigin": "https://a.example:8443", "AlarmEmail": "ops+1@b.cd"}, ""},
		{[]string{`AlarmEmail=""`}, map[string]string{"AlarmEmail": ""}, ""},
		{[]string{"AlarmEmail="}, map[string]string{}, `write 'AlarmEmail=""'`},
	} {
		given, lost := splitOverrides(test.list)
		if diff := cmp.Diff(test.given, given); diff != "" {
			t.Errorf("%q (-SAM +splitOverrides):\n%s", test.list, diff)
		}
		checkFindings(t, strings.Join(test.list, ", "), lost, test.lost)
	}
}

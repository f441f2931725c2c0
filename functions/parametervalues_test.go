package functions_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// prod is the least that prod takes.
var prod = map[string]string{"Stage": "prod", "AllowedOrigin": "https://app.example.com", "AlarmEmail": "ops@example.com"}

// prodDomain is what samconfig.toml advises for prod with items.
var prodDomain = with(prod, "OpenSearchMode=domain", "OpenSearchDomainName=rental-items",
	"OpenSearchInstanceType=t3.medium.search", "OpenSearchInstanceCount=2", "OpenSearchVolumeSize=20")

const identity = "EmailIdentityArn=arn:aws:ses:eu-west-1:123456789012:identity/example.com"

// accepted are sets of values that AWS takes.
var accepted = []map[string]string{
	{},
	{"Stage": "staging"},
	{"LogLevel": "DEBUG", "LogRetentionDays": "365", "Architecture": "x86_64", "Gradual": "false"},
	{"AllowedOrigin": "https://app.example.com:8443", "RequestsPerSecond": "1", "RequestBurst": "5000"},
	{"RepublishSchedule": "cron(15 3 * * ? *)"},
	{"RepublishSchedule": "cron(0/30 8-18 ? * MON-FRI *)"},
	{"RepublishSchedule": "cron(0 4 L * ? 2027)"},
	{"RepublishSchedule": "rate(1 day)"},
	{"OpenSearchMode": "domain", "OpenSearchDomainName": "items"},
	{"OpenSearchMode": "existing", "OpenSearchDomainName": "items", "OpenSearchEndpoint": "https://search-items-abc.eu-west-1.es.amazonaws.com"},
	{"OpenSearchInstanceType": "t3.small.search", "OpenSearchVolumeSize": "100"},
	{"OpenSearchInstanceType": "m7g.large.search", "OpenSearchVolumeSize": "500", "OpenSearchInstanceCount": "3", "OpenSearchShards": "30"},
	{"UserPoolTier": "LITE"},
	{"WafRequestsPerIp": "10", "ItemsConcurrency": "50", "ItemSyncConcurrency": "2"},
	{"WafRequestsPerIp": "2000000000", "ItemsConcurrency": "0", "ItemSyncConcurrency": "1000"},
	{"PermissionsBoundary": "arn:aws:iam::123456789012:policy/teams/boundary"},
	with(nil, identity, "EmailFrom=Rental <no-reply@example.com>"),
	prod,
	prodDomain,
	with(prod, "PasswordAuthInProd=true"),
	with(prod, "AlarmEmail=", "AcceptNoAlarmEmail=true"),
	with(prod, "AllowedOrigin=http://localhost:3000", "AcceptLocalOrigin=true"),
	with(prodDomain, "OpenSearchInstanceCount=1", "OpenSearchInstanceType=t3.small.search", "AcceptSmallDomain=true"),
}

// refused are sets of values, each with the beginning of the one sentence that refuses it.
var refused = []struct {
	values map[string]string
	want   string
}{
	{with(nil, "Stage=production"), "Stage: "},
	{with(nil, "Architecture=amd64"), "Architecture: "},
	{with(nil, "Gradual=no"), "Gradual: "},
	{with(nil, "LogLevel=debug"), "LogLevel: "},
	{with(nil, "LogRetentionDays=31"), "LogRetentionDays: "},
	{with(nil, "AllowedOrigin=https://app.example.com/"), "AllowedOrigin: must be a scheme and a host"},
	{with(nil, "AllowedOrigin=*"), "AllowedOrigin: must be a scheme and a host"},
	{with(nil, "AcceptLocalOrigin=yes"), "AcceptLocalOrigin: "},
	{with(nil, "RequestsPerSecond=0"), "RequestsPerSecond: "},
	{with(nil, "RequestBurst=5001"), "RequestBurst: "},
	{with(nil, "SearchesPerSecond=many"), "SearchesPerSecond: "},
	{with(nil, "SearchBurst=-1"), "SearchBurst: "},
	{with(nil, "ManageApiGatewayAccount=1"), "ManageApiGatewayAccount: "},
	{with(nil, "AlarmEmail=ops"), "AlarmEmail: must be an e-mail address"},
	{with(nil, "AcceptNoAlarmEmail="), "AcceptNoAlarmEmail: "},
	{with(nil, "RepublishSchedule=rate(5 minutes)"), "RepublishSchedule: must be a cron of six fields"},
	{with(nil, "RepublishSchedule=cron(15 3 * * *)"), "RepublishSchedule: must be a cron of six fields"},
	{with(nil, "RepublishSchedule=cron(15 3 * * * *)"), "RepublishSchedule: must be a cron of six fields"},
	{with(nil, "RepublishSchedule=cron(every night)"), "RepublishSchedule: must be a cron of six fields"},
	{with(nil, "RepublishSchedule=cron(15"), "RepublishSchedule: must be a cron of six fields"},
	{with(nil, "TraceRate=5"), "TraceRate: must be a number from 0 to 1"},
	{with(nil, "UserPoolTier=lite"), "UserPoolTier: "},
	{with(nil, "WafRequestsPerIp=9"), "WafRequestsPerIp: must be 0, or a whole number from 10"},
	{with(nil, "WafRequestsPerIp=2000000001"), "WafRequestsPerIp: must be 0, or a whole number from 10"},
	{with(nil, "ItemsConcurrency=-1"), "ItemsConcurrency: "},
	{with(nil, "ItemSyncConcurrency=1"), "ItemSyncConcurrency: must be a number from 2"},
	{with(nil, "PermissionsBoundary=boundary"), "PermissionsBoundary: must be the ARN of a managed policy"},
	{with(nil, "PasswordAuthInProd=srp"), "PasswordAuthInProd: "},
	{with(nil, "EmailIdentityArn=example.com", "EmailFrom=a@example.com"), "EmailIdentityArn: must be the ARN of an SES identity"},
	{with(nil, identity, "EmailFrom=example.com"), "EmailFrom: must be an address such as"},
	{with(nil, identity), "EmailIdentityArn and EmailFrom need one another"},
	{with(nil, "EmailFrom=a@example.com"), "EmailIdentityArn and EmailFrom need one another"},
	{with(nil, "OpenSearchMode=serverless"), "OpenSearchMode: "},
	{with(nil, "OpenSearchMode=domain"), "OpenSearchMode domain and existing need OpenSearchDomainName"},
	{with(nil, "OpenSearchMode=existing", "OpenSearchDomainName=items"), "OpenSearchMode existing needs OpenSearchEndpoint"},
	{with(nil, "OpenSearchDomainName=Items"), "OpenSearchDomainName: must be 3 to 28"},
	{with(nil, "OpenSearchEndpoint=https://vpc-items-abc.eu-west-1.es.amazonaws.com"), "OpenSearchEndpoint: must be https"},
	{with(nil, "OpenSearchIndex=items-2"), "OpenSearchIndex: must be lower-case"},
	{with(nil, "OpenSearchShards=0"), "OpenSearchShards: must be a whole number"},
	{with(nil, "OpenSearchShards=31"), "OpenSearchShards: must be a whole number"},
	{with(nil, "OpenSearchInstanceType=t2.small.search"), "OpenSearchInstanceType: must be t3.small.search"},
	{with(nil, "OpenSearchInstanceCount=5"), "OpenSearchInstanceCount: must be 1, 2, 3, 4 or 6"},
	{with(nil, "OpenSearchVolumeSize=15"), "OpenSearchVolumeSize: must be 10, 20"},
	{with(nil, "OpenSearchVolumeSize=200"), "t3.small.search takes an OpenSearchVolumeSize of at most 100"},
	{with(nil, "OpenSearchInstanceType=t3.medium.search", "OpenSearchVolumeSize=500"), "t3.medium.search takes an OpenSearchVolumeSize of at most 200"},
	{with(nil, "AcceptSmallDomain=maybe"), "AcceptSmallDomain: "},
	{with(prod, "AlarmEmail="), "prod needs AlarmEmail=..."},
	{with(prod, "AllowedOrigin=http://localhost:3000"), "prod needs AllowedOrigin=https://..."},
	{with(prodDomain, "OpenSearchInstanceCount=1"), "prod needs OpenSearchInstanceCount=2 or more"},
	{with(prodDomain, "OpenSearchInstanceType=t3.small.search"), "prod needs another OpenSearchInstanceType than t3.small.search"},
}

// TestParameterValues: what AWS would refuse is refused before anything is made, each time by one sentence, and
// nothing else is. Every parameter and every assertion of a Rule refuses something here.
func TestParameterValues(t *testing.T) {
	t.Parallel()
	in := readInputs(t)
	for _, values := range accepted {
		if got := in.refusals(values); len(got) > 0 {
			t.Errorf("%v: refused: %q", values, got)
		}
	}
	var sentences []string
	for _, test := range refused {
		got := in.refusals(test.values)
		if len(got) != 1 || !strings.HasPrefix(got[0], test.want) {
			t.Errorf("%v: got %q, want %q", test.values, got, test.want)
		}
		sentences = append(sentences, got...)
	}
	refuses := func(begin string) bool {
		return slices.ContainsFunc(sentences, func(s string) bool { return strings.HasPrefix(s, begin) })
	}
	for name := range in.parameters {
		if !refuses(name + ": ") {
			t.Errorf("no value of %s is refused in this test", name)
		}
	}
	for name, rule := range in.rules {
		for _, a := range each(rule["Assertions"]) {
			if a, _ := a.(map[string]any); !refuses(fmt.Sprint(a["AssertDescription"])) {
				t.Errorf("%s: nothing in this test is refused by: %v", name, a["AssertDescription"])
			}
		}
	}
}

// TestSamconfig: CloudFormation accepts the parameters of samconfig.toml, except that prod has to name the recipient of
// alarms; and the comment advises for prod what this file tests.
func TestSamconfig(t *testing.T) {
	t.Parallel()
	in, text := readInputs(t), samtest.ReadFile(t, "samconfig.toml")
	config := parseConfig(t, text)
	for _, environment := range config.environments() {
		overrides, _ := config.overrides(environment, "deploy")
		values, _ := splitOverrides(overrides)
		var want []string
		if values["Stage"] == "prod" {
			want = []string{"prod needs AlarmEmail=..., the recipient of alarms; or write AcceptNoAlarmEmail=true"}
		}
		if got := in.refusals(values); !slices.Equal(got, want) {
			t.Errorf("samconfig.toml, %s: got %q, want %q", environment, got, want)
		}
	}
	for name, value := range prodDomain {
		if prod[name] == "" && !strings.Contains(text, `"`+name+"="+value+`"`) {
			t.Errorf("samconfig.toml does not advise %s=%s", name, value)
		}
	}
}

package functions_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// a mutant is a change of template.yaml: what is put where, by keys and positions, and part of the sentence that it
// must give. A nil value takes away.
type mutant struct {
	name  string
	value any
	path  []any
	want  string
}

func inResources(path ...any) []any { return append([]any{"Resources"}, path...) }

func inProperties(path ...any) []any {
	return slices.Insert(inResources(path...), 2, any("Properties"))
}

// TestAWSChecksNegative: each check sees the template that breaks it. Every mutant is template.yaml but for one place.
func TestAWSChecksNegative(t *testing.T) {
	t.Parallel()
	text, known := samtest.ReadFile(t, "template.yaml"), ownCatalog(t)
	sentences := func(template map[string]any) map[string]bool {
		found := map[string]bool{}
		for _, d := range leastAndMost(template) {
			for _, sentence := range refusals(template, d.parameters, known) {
				found[sentence] = true
			}
		}
		return found
	}
	before := sentences(mustParse(t, text))
	for _, m := range slices.Concat(widgets(), alarmMutants(), propertyMutants(), nameMutants()) {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			template := mustParse(t, text)
			graft(t, template, m.value, m.path)
			found := sentences(template)
			maps.DeleteFunc(found, func(sentence string, _ bool) bool { return before[sentence] })
			wantSentence(t, slices.Sorted(maps.Keys(found)), m.want)
		})
	}
}

// TestParameterOfConfigFile: a parameter that is to be changed in samconfig.toml may set what is no part of a version.
func TestParameterOfConfigFile(t *testing.T) {
	t.Parallel()
	template := mustParse(t, samtest.ReadFile(t, "template.yaml"))
	limit := map[string]any{"Fn::If": []any{"IsProd", map[string]any{"Ref": "RequestBurst"}, map[string]any{"Ref": "AWS::NoValue"}}}
	graft(t, template, limit, inProperties("UsersFunction", "ReservedConcurrentExecutions"))
	prod := map[string]any{"Stage": "prod"}
	if found := resolveAt(template, prod, here).unpublishable(template); len(found) != 1 {
		t.Errorf("got %q, want one sentence", found)
	}
	graft(t, template, "How many at once. Change it in samconfig.toml.", []any{"Parameters", "RequestBurst", "Description"})
	if found := resolveAt(template, prod, here).unpublishable(template); len(found) != 0 {
		t.Errorf("got %q, want none", found)
	}
}

// leastAndMost are the deployments of prod with the fewest and the most resources.
func leastAndMost(template map[string]any) []deployment {
	all := stagesAndModes(template)
	i := slices.IndexFunc(all, func(d deployment) bool { return d.name == "prod, mode none" })
	j := slices.IndexFunc(all, func(d deployment) bool { return d.name == "prod, mode domain, all parameters" })
	return []deployment{all[i], all[j]}
}

// wantSentence: one of the sentences found is the one that is wanted, and the others are about the same resource.
func wantSentence(t *testing.T, found []string, want string) {
	t.Helper()
	i := slices.IndexFunc(found, func(sentence string) bool { return strings.Contains(sentence, want) })
	if i < 0 {
		t.Fatalf("got %q, want %q", found, want)
	}
	about, _, _ := strings.Cut(found[i], ": ")
	for _, sentence := range found {
		if !strings.HasPrefix(sentence, about) {
			t.Errorf("got %q as well as %q", sentence, found[i])
		}
	}
}

// graft puts a value where the path leads. A position after the last appends to a list.
func graft(t *testing.T, root map[string]any, value any, path []any) {
	t.Helper()
	var v any = root
	put := func(any) {}
	for _, key := range path {
		switch key := key.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				m = map[string]any{}
				put(m)
			}
			put = func(v any) {
				if m[key] = v; v == nil {
					delete(m, key)
				}
			}
			v = m[key]
		case int:
			l, _ := v.([]any)
			if key >= len(l) {
				l = append(l, nil)
				put(l)
			}
			put = func(v any) { l[key] = v }
			v = l[key]
		}
	}
	put(value)
}

// widgets are dashboards with one metric widget that is wrong.
func widgets() (all []mutant) {
	for name, test := range map[string]struct{ metrics, want string }{
		"empty dimension":            {`[["AWS/ES","CPUUtilization","DomainName","","ClientId","1"]]`, "properties.metrics[0][3] is empty"},
		"metric that does not exist": {`[["AWS/Lambda","Erors","FunctionName","f"]]`, `AWS/Lambda has no metric "Erors"`},
		"namespace in another case":  {`[["AWS/LAMBDA","Errors","FunctionName","f"]]`, `there is no namespace "AWS/LAMBDA"`},
		"dimension that is missing":  {`[["AWS/ES","Nodes","DomainName","d"]]`, "AWS/ES publishes Nodes by [ClientId,DomainName], not by [DomainName]"},
		"half a dimension":           {`[["AWS/SQS","NumberOfMessagesSent","QueueName"]]`, "is no namespace, name and pairs"},
		"dot for another metric":     {`[["AWS/SQS","NumberOfMessagesSent","QueueName","q"],[".","Errors",".","."]]`, `AWS/SQS has no metric "Errors"`},
		"search by no dimension":     {`[[{"expression":"SEARCH('{AWS/Lambda,Function} MetricName=\"Errors\"', 'Sum', 300)"}]]`, "search: AWS/Lambda publishes Errors by"},
		"search of a wrong metric":   {`[[{"expression":"SEARCH('{AWS/Lambda,FunctionName} MetricName=(\"Errors\" OR \"Throtles\")', 'Sum', 300)"}]]`, `search: AWS/Lambda has no metric "Throtles"`},
		"search without statistic":   {`[[{"expression":"SEARCH('{AWS/Lambda,FunctionName} MetricName=\"Errors\"')"}]]`, "search: no statistic"},
		"search of no form":          {`[[{"expression":"SEARCH(AWS/Lambda)"}]]`, "a search is not SEARCH("},
		"metric of ours, misspelt":   {`[[{"expression":"SEARCH('{\"rental-prod\",service,route} MetricName=\"Request\"', 'Sum', 300)"}]]`, `rental-prod has no metric "Request"`},
	} {
		body := fmt.Sprintf(`{"widgets":[{"type":"metric","properties":{"title":"t","region":"eu-west-1","metrics":%s}}]}`, test.metrics)
		all = append(all, mutant{"widget: " + name, body, inProperties("Dashboard", "DashboardBody"), test.want})
	}
	return append(all,
		mutant{"no JSON", `{"widgets":[`, inProperties("Dashboard", "DashboardBody"), "is no JSON object with widgets"},
		mutant{"no region", `{"widgets":[{"type":"metric","properties":{"title":"t","metrics":[["AWS/SQS","SentMessageSize","QueueName","q"]]}}]}`,
			inProperties("Dashboard", "DashboardBody"), "names no region"},
		mutant{"no metrics", `{"widgets":[{"type":"metric","properties":{"title":"t","region":"eu-west-1"}}]}`,
			inProperties("Dashboard", "DashboardBody"), "has neither metrics nor annotations"},
	)
}

// alarmOf returns a resource from its JSON.
func alarmOf(t string) map[string]any {
	var resource map[string]any
	if err := json.Unmarshal([]byte(t), &resource); err != nil {
		panic(err)
	}
	return resource
}

func alarmMutants() []mutant {
	const (
		math   = `{"Type":"AWS::CloudWatch::Alarm","Properties":{"EvaluationPeriods":3,"Metrics":[{"Id":"errors","ReturnData":%s,"MetricStat":{"Stat":"Sum","Period":60,"Metric":{"Namespace":"AWS/ApiGateway","MetricName":"5XXError","Dimensions":[{"Name":"ApiName","Value":"a"},{"Name":"Stage","Value":%q}]}}},{"Id":"rate","Expression":%q}]}}`
		simple = `{"Type":"AWS::CloudWatch::Alarm","Properties":{"EvaluationPeriods":3,%s"Namespace":"AWS/SQS","MetricName":"SentMessageSize","Dimensions":[{"Name":"QueueName","Value":{"Ref":"UserEventsTopic"}}]}}`
	)
	at := inResources("AddedAlarm")
	return []mutant{
		{"alarm of no metric", alarmOf(strings.Replace(fmt.Sprintf(simple, `"Statistic":"Sum",`), "SentMessageSize", "SentMessages", 1)), at, `AWS/SQS has no metric "SentMessages"`},
		{"alarm by another dimension", alarmOf(strings.Replace(fmt.Sprintf(simple, `"Statistic":"Sum",`), "QueueName", "Queue", 1)), at, "AWS/SQS publishes SentMessageSize by [QueueName], not by [Queue]"},
		{"alarm by an empty parameter", alarmOf(strings.Replace(fmt.Sprintf(simple, `"Statistic":"Sum",`), "UserEventsTopic", "AlarmEmail", 1)), at, "the dimension QueueName of SentMessageSize has no value"},
		{"two statistics", alarmOf(fmt.Sprintf(simple, `"Statistic":"Sum","ExtendedStatistic":"p99",`)), at, "wants one of Statistic and ExtendedStatistic"},
		{"too many datapoints", alarmOf(fmt.Sprintf(simple, `"Statistic":"Sum","DatapointsToAlarm":4,`)), at, "DatapointsToAlarm 4 are more than EvaluationPeriods 3"},
		{"alarm of no index", "byTypeShard0", inProperties("UsersTableThrottlesAlarm", "Metrics", 2, "MetricStat", "Metric", "Dimensions", 1, "Value"), "no table has the index byTypeShard0"},
		{"math of an unknown id", alarmOf(fmt.Sprintf(math, "false", "prod", "IF(calls > 20, errors, 0)")), at, "names calls, which is no Id"},
		{"math without a value", alarmOf(fmt.Sprintf(math, "false", "", "errors")), at, "the dimension Stage of 5XXError has no value"},
		{"math that returns all", alarmOf(fmt.Sprintf(math, "true", "prod", "errors / 2")), at, "2 of Metrics return data"},
		{"math by a search", alarmOf(fmt.Sprintf(math, "false", "prod", "SEARCH('{AWS/SQS,QueueName}', 'Sum', 300) + errors")), at, "an alarm takes no SEARCH"},
		{"composite of an alarm that is not there", alarmOf(`{"Type":"AWS::CloudWatch::CompositeAlarm","Properties":{"AlarmRule":{"Fn::Sub":"ALARM(${ApiErrorsAlarm}) OR ALARM(${Gone})"}}}`), at, "an alarm that is not there"},
		{"composite of nothing", alarmOf(`{"Type":"AWS::CloudWatch::CompositeAlarm","Properties":{"AlarmRule":"TRUE"}}`), at, "names no alarm"},
	}
}

// TestFilteredMetrics: a metric that a filter makes exists, and no other of its namespace.
func TestFilteredMetrics(t *testing.T) {
	t.Parallel()
	template := mustParse(t, samtest.ReadFile(t, "template.yaml"))
	graft(t, template, alarmOf(`{"Type":"AWS::Logs::MetricFilter","Properties":{"FilterPattern":"x","LogGroupName":{"Ref":"ApiAccessLogs"},
		"MetricTransformations":[{"MetricNamespace":"Own","MetricName":"Faults","MetricValue":"1","Dimensions":[{"Key":"route","Value":"$.route"}]}]}}`), inResources("Added"))
	known := resolveAt(template, map[string]any{}, here).filtered()
	for _, test := range []struct {
		name, dimension, want string
	}{
		{"Faults", "route", ""},
		{"Fault", "route", `Own has no metric "Fault"`},
		{"Faults", "method", "Own publishes Faults by [route], not by [method]"},
	} {
		if got := known.missing("Own", test.name, []string{test.dimension}); !strings.HasPrefix(got, test.want) || test.want == "" && got != "" {
			t.Errorf("%s by %s: got %q, want %q", test.name, test.dimension, got, test.want)
		}
	}
}

func propertyMutants() []mutant {
	tags := map[string]any{"app": "rental"}
	return []mutant{
		{"tags on all functions", tags, []any{"Globals", "Function", "Tags"}, "Globals.Function: Tags is no part of a version"},
		{"tags on a function", tags, inProperties("UsersFunction", "Tags"), "UsersFunction: Tags is no part of a version"},
		{"reserved concurrency", 5, inProperties("UsersFunction", "ReservedConcurrentExecutions"), "ReservedConcurrentExecutions is no part of a version"},
		{"reserved concurrency by a parameter", map[string]any{"Ref": "RequestBurst"}, inProperties("UsersFunction", "ReservedConcurrentExecutions"), "ReservedConcurrentExecutions is no part of a version"},
		{"empty property", "", inProperties("UserPoolClient", "ClientName"), "UserPoolClient: ClientName is empty"},
		{"empty parameter", map[string]any{"Ref": "OpenSearchEndpoint"}, inProperties("AdminGroup", "Description"), "AdminGroup: Description is empty"},
		{"ARN with an empty part", map[string]any{"Fn::Sub": "arn:aws:es:r:1:domain/${OpenSearchDomainName}/items"}, inProperties("AdminGroup", "Description"), "AdminGroup: a part of arn:aws:es:r:1:domain//items is empty"},
		{"domain that is replaced", map[string]any{}, inResources("ItemsDomain", "UpdatePolicy"), "ItemsDomain: a new EngineVersion"},
		{"index without a right", "other", inProperties("UsersTable", "GlobalSecondaryIndexes", 0, "IndexName"), "the index"},
		{"what cannot be resolved", map[string]any{"Fn::ImportValue": "x"}, inProperties("UserPoolClient", "ClientName"), "UserPoolClient: "},
	}
}

func nameMutants() []mutant {
	sub := func(text string) map[string]any { return map[string]any{"Fn::Sub": text} }
	named := func(kind, property string) map[string]any {
		return map[string]any{"Type": kind, "Properties": map[string]any{property: "rental"}}
	}
	return []mutant{
		{"dashboard of one region", sub("${AWS::StackName}"), inProperties("Dashboard", "DashboardName"), "is the same in two regions"},
		{"dashboard of one account", sub("rental-${AWS::Region}"), inProperties("Dashboard", "DashboardName"), "is the same in every stack"},
		{"policy that stays", sub("${AWS::StackName}-logs"), inProperties("ItemsDomainLogsPolicy", "PolicyName"), "stays after its stack"},
		{"pool", "users", inProperties("UserPool", "UserPoolName"), "is the same in every stack"},
		{"query", "slowest", inProperties("SlowestRequestsQuery", "Name"), "is the same in every stack"},
		{"role", "api-logs", inProperties("ApiGatewayLoggingRole", "RoleName"), "is the same in every stack"},
		{"web ACL", named("AWS::WAFv2::WebACL", "Name"), inResources("Added"), "is the same in every stack"},
		{"sampling rule", map[string]any{"Type": "AWS::XRay::SamplingRule", "Properties": map[string]any{"SamplingRule": map[string]any{"RuleName": "rental"}}}, inResources("Added"), "is the same in every stack"},
		{"bucket", map[string]any{"Type": "AWS::S3::Bucket", "Properties": map[string]any{"BucketName": sub("${AWS::StackName}-snapshots")}}, inResources("Added"), "is the same in two regions"},
	}
}

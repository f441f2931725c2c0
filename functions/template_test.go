package functions_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/samtest"
	"rental.example/functions/itemsync"
)

// streamAge is how long a stream of DynamoDB keeps a record.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
const streamAge = 24 * time.Hour

// of are the resources of a type, by name.
func of(template samtest.Template, kind string) map[string]samtest.Resource {
	found := map[string]samtest.Resource{}
	for name, r := range template.Resources {
		if r.Type == kind {
			found[name] = r
		}
	}
	return found
}

// target is the resource that an intrinsic function or the attribute of one names.
func target(v any) string {
	text, _ := v.(string)
	return strings.SplitN(text, ".", 2)[0]
}

func seconds(v any) time.Duration {
	n, _ := v.(int)
	return time.Duration(n) * time.Second
}

func timeout(t *testing.T, template samtest.Template, function string) time.Duration {
	t.Helper()
	if own := template.Properties(t, function)["Timeout"]; own != nil {
		return seconds(own)
	}
	return seconds(samtest.Lookup(template.Globals, "Function", "Timeout"))
}

// TestQueueMappings: a message is not redelivered while the first delivery may still be processed or throttled, and is not
// dead-lettered after a short outage.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
func TestQueueMappings(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	queues := of(template, "AWS::SQS::Queue")
	checked := 0
	for name, m := range of(template, "AWS::Lambda::EventSourceMapping") {
		queue, ok := queues[target(m.Properties["EventSourceArn"])]
		if !ok {
			continue
		}
		checked++
		function := timeout(t, template, target(m.Properties["FunctionName"]))
		least := 6*function + seconds(m.Properties["MaximumBatchingWindowInSeconds"])
		if got := seconds(queue.Properties["VisibilityTimeout"]); function == 0 || got < least {
			t.Errorf("template.yaml: %s: VisibilityTimeout: visible again after %s, want %s or later", name, got, least)
		}
		if n, _ := samtest.Lookup(queue.Properties, "RedrivePolicy", "maxReceiveCount").(int); n < 3 {
			t.Errorf("template.yaml: %s: maxReceiveCount: dead-lettered after %d deliveries, want 3 or more", name, n)
		}
		dead := queues[target(samtest.Lookup(queue.Properties, "RedrivePolicy", "deadLetterTargetArn"))]
		kept, keptDead := seconds(queue.Properties["MessageRetentionPeriod"]), seconds(dead.Properties["MessageRetentionPeriod"])
		if kept == 0 || keptDead <= kept {
			t.Errorf("template.yaml: %s: MessageRetentionPeriod: messages are kept for %s, dead ones for %s from the same moment", name, kept, keptDead)
		}
	}
	if checked == 0 {
		t.Error("no mapping of a queue")
	}
}

// TestStreamMappings: records that Lambda discards go to a queue, and it retries them until they expire from the stream.
func TestStreamMappings(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	checked := 0
	for name, m := range of(template, "AWS::Lambda::EventSourceMapping") {
		if template.Resources[target(m.Properties["EventSourceArn"])].Type != "AWS::DynamoDB::Table" {
			continue
		}
		checked++
		destination := target(samtest.Lookup(m.Properties, "DestinationConfig", "OnFailure", "Destination"))
		if template.Resources[destination].Type != "AWS::SQS::Queue" {
			t.Errorf("template.yaml: %s: failures go to %q, which is no queue: write DestinationConfig.OnFailure", name, destination)
		}
		if m.Properties["MaximumRetryAttempts"] != -1 || m.Properties["MaximumRecordAgeInSeconds"] != -1 {
			t.Errorf("template.yaml: %s: good records are discarded in an outage: write -1 for MaximumRetryAttempts and MaximumRecordAgeInSeconds", name)
		}
	}
	if checked == 0 {
		t.Error("no mapping of a stream")
	}
}

// TestMappings: each mapping reports batch item failures, and no function has an event for which SAM adds a managed policy.
func TestMappings(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	for name, m := range of(template, "AWS::Lambda::EventSourceMapping") {
		if types, _ := m.Properties["FunctionResponseTypes"].([]any); !slices.Contains(types, any("ReportBatchItemFailures")) {
			t.Errorf("template.yaml: %s fails as a whole: write FunctionResponseTypes: [ReportBatchItemFailures]", name)
		}
	}
	for name, f := range of(template, "AWS::Serverless::Function") {
		events, _ := f.Properties["Events"].(map[string]any)
		for event := range events {
			if kind := samtest.Lookup(events, event, "Type"); kind != "Api" {
				t.Errorf("template.yaml: %s: SAM adds a managed policy for every resource of the account to the role, for its event of type %v", name, kind)
			}
		}
	}
}

// TestGracePeriod: when the grace period of a deletion ends, no function runs any more that has read the owner before it,
// and the message is redelivered after it.
func TestGracePeriod(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	least := timeout(t, template, "ItemsFunction") + timeout(t, template, "ItemSyncFunction")
	if itemsync.GracePeriod < least {
		t.Errorf("the grace period is %s, while functions may run for %s", itemsync.GracePeriod, least)
	}
	if most := seconds(template.Properties(t, "ItemSyncQueue")["VisibilityTimeout"]); itemsync.GracePeriod > most {
		t.Errorf("the grace period is %s, and messages are redelivered after %s", itemsync.GracePeriod, most)
	}
}

// TestQueuesAreSafe: encrypted at rest and on the way.
func TestQueuesAreSafe(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	var safe []string
	for _, p := range of(template, "AWS::SQS::QueuePolicy") {
		statements, _ := samtest.Lookup(p.Properties, "PolicyDocument", "Statement").([]any)
		for _, s := range statements {
			s, _ := s.(map[string]any)
			queues, _ := s["Resource"].([]any)
			if s["Effect"] != "Deny" || samtest.Lookup(s, "Condition", "Bool", "aws:SecureTransport") != "false" {
				continue
			}
			for _, q := range queues {
				safe = append(safe, target(q))
			}
		}
	}
	for name, q := range of(template, "AWS::SQS::Queue") {
		if q.Properties["SqsManagedSseEnabled"] != true && q.Properties["KmsMasterKeyId"] == nil {
			t.Errorf("template.yaml: %s is not encrypted: write SqsManagedSseEnabled: true", name)
		}
		if !slices.Contains(safe, name) {
			t.Errorf("template.yaml: %s takes requests without TLS: add it to a statement TlsOnly of an AWS::SQS::QueuePolicy", name)
		}
	}
}

// TestWithoutItems: OpenSearchMode none deploys no resource of the items.
func TestWithoutItems(t *testing.T) {
	t.Parallel()
	for name, r := range samtest.LoadTemplate(t).Resources {
		if strings.HasPrefix(name, "Item") && r.Condition != "HasItems" && r.Condition != "MakesItemsDomain" {
			t.Errorf("template.yaml: %s is deployed without items: give it the Condition HasItems or MakesItemsDomain", name)
		}
	}
}

// TestFunctionsOfTemplate: each is built by the Makefile, for its own processor, bears its folder's name in logs and metrics, and writes
// to a log group with a retention.
func TestFunctionsOfTemplate(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	for name, f := range of(template, "AWS::Serverless::Function") {
		folder := strings.ToLower(strings.TrimSuffix(name, "Function"))
		// Makefile, build-%Function: the folder to run in names the processor.
		build := map[string]any{"BuildMethod": "makefile", "WorkingDirectory": "testdata/lambda/${Architecture}"}
		if diff := cmp.Diff(build, f.Metadata); diff != "" || f.Properties["CodeUri"] != "." {
			t.Errorf("template.yaml: %s is built from %v: write Metadata and CodeUri as other functions have them (-want +got):\n%s", name, f.Properties["CodeUri"], diff)
		}
		if got := samtest.Lookup(f.Properties, "Environment", "Variables", "POWERTOOLS_SERVICE_NAME"); got != folder {
			t.Errorf("template.yaml: %s is %v in logs: write POWERTOOLS_SERVICE_NAME: %s below Environment.Variables", name, got, folder)
		}
		// Its value without tags, as samtest reads it. The parameter's default reserves none.
		if reserved, _ := f.Properties["ReservedConcurrentExecutions"].([]any); f.Properties["ReservedConcurrentExecutions"] != nil &&
			(len(reserved) != 3 || reserved[2] != "AWS::NoValue" || fmt.Sprint(readInputs(t).parameters[fmt.Sprint(reserved[1])]["Default"]) != "0") {
			t.Errorf("template.yaml: %s reserves concurrency unasked, which cannot be had where the account's limit is 10", name)
		}
		group := target(samtest.Lookup(f.Properties, "LoggingConfig", "LogGroup"))
		if logs := template.Resources[group]; logs.Properties["RetentionInDays"] == nil || logs.Condition != f.Condition {
			t.Errorf("template.yaml: %s writes to the log group %q: write LoggingConfig: { LogGroup: !Ref %[1]sLogs }, and that group with RetentionInDays and the function's Condition", name, group)
		}
	}
}

// TestAlarms: queues, errors, throttles and the stream's age have alarms, which notify AlarmTopic.
func TestAlarms(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	watched := map[string]samtest.Resource{}
	for name, a := range of(template, "AWS::CloudWatch::Alarm") {
		dimensions, _ := a.Properties["Dimensions"].([]any)
		for _, d := range dimensions {
			d, _ := d.(map[string]any)
			metric, _ := a.Properties["MetricName"].(string)
			watched[target(d["Value"])+" "+metric] = a
		}
		if actions, _ := a.Properties["AlarmActions"].([]any); !slices.Contains(actions, any("AlarmTopic")) {
			t.Errorf("template.yaml: %s does not notify AlarmTopic: write AlarmActions: [!Ref AlarmTopic]", name)
		}
	}
	for name := range of(template, "AWS::SQS::Queue") {
		metric := "ApproximateNumberOfMessagesVisible"
		if name == "ItemSyncQueue" {
			metric = "ApproximateAgeOfOldestMessage"
		}
		if watched[name+" "+metric].Properties == nil {
			t.Errorf("template.yaml: there is no alarm for %s of %s: add one such as ItemSyncDeadLetterAlarm", metric, name)
		}
	}
	for name, f := range of(template, "AWS::Serverless::Function") {
		if watched[name+" Errors"].Properties == nil {
			t.Errorf("template.yaml: there is no alarm for the errors of %s: add one such as UsersErrorsAlarm", name)
		}
		if len(apiEvents(f)) > 0 && watched[name+" Throttles"].Properties == nil {
			t.Errorf("template.yaml: there is no alarm for the throttles of %s: add one such as UsersThrottlesAlarm", name)
		}
	}
	threshold, _ := watched["UserEventsFunction IteratorAge"].Properties["Threshold"].(int)
	if late := time.Duration(threshold) * time.Millisecond; late == 0 || late > streamAge/12 {
		t.Errorf("template.yaml: the alarm for the stream's age, UserEventsAgeAlarm, has a threshold of %s", late)
	}
}

// apiEvents are the names of the events by which requests lead to f.
func apiEvents(f samtest.Resource) (names []string) {
	events, _ := f.Properties["Events"].(map[string]any)
	for event := range events {
		if samtest.Lookup(events, event, "Type") == "Api" {
			names = append(names, event)
		}
	}
	return names
}

// TestRequestQuery: it looks for both ids, in the lines of every function.
func TestRequestQuery(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	query := template.Properties(t, "RequestQuery")
	searched := fmt.Sprint(query["LogGroupNames"])
	for name, f := range of(template, "AWS::Serverless::Function") {
		if group := target(samtest.Lookup(f.Properties, "LoggingConfig", "LogGroup")); !strings.Contains(searched, group) {
			t.Errorf("template.yaml: RequestQuery does not look into the log group %q of %s: add it to LogGroupNames: %s", group, name, searched)
		}
	}
	text, _ := query["QueryString"].(string)
	for _, id := range []string{"api_request_id", "correlation_id"} {
		if !regexp.MustCompile(`filter .*\b` + id + ` = "`).MatchString(text) {
			t.Errorf("template.yaml: RequestQuery does not look for %s:\n%s", id, text)
		}
	}
}

// TestOpenAPIVersion: with Cors, Auth and conditional paths, SAM writes a malformed document of version 3.0.1.
// https://github.com/aws/serverless-application-model/issues/2557
func TestOpenAPIVersion(t *testing.T) {
	t.Parallel()
	if got := samtest.Lookup(samtest.LoadTemplate(t).Globals, "Api", "OpenApiVersion"); got != "2.0" {
		t.Errorf("Globals.Api.OpenApiVersion is %v, want \"2.0\"", got)
	}
}

// TestFaultsAreLogged: what the filter of faults looks at is in each line of the access log.
func TestFaultsAreLogged(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	filter := template.Properties(t, "ApiFaults")
	format, _ := samtest.Lookup(template.Properties(t, "Api"), "AccessLogSetting", "Format").(string)
	pattern, _ := filter["FilterPattern"].(string)
	fields := regexp.MustCompile(`\$\.(\w+)`).FindAllStringSubmatch(pattern, -1)
	if len(fields) == 0 || filter["LogGroupName"] != "ApiAccessLogs" {
		t.Errorf("template.yaml: ApiFaults: %s of %v finds no fault in the access log: write LogGroupName: !Ref ApiAccessLogs", pattern, filter["LogGroupName"])
	}
	for _, f := range fields {
		if !regexp.MustCompile(`"` + f[1] + `":`).MatchString(format) {
			t.Errorf("the access log has no %s: %s", f[1], format)
		}
	}
}

package pipeline

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/samtest"
)

// TestTopology compares the topology with the template.
func TestTopology(t *testing.T) {
	t.Parallel()
	template := samtest.LoadTemplate(t)
	d := deployed()
	of := func(resource string, path ...string) any {
		return samtest.Lookup(template.Properties(t, resource), path...)
	}
	check := func(what string, got, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s of template.yaml and deployed() of functions/local/pipeline/topology.go differ (-template +table):\n%s", what, diff)
		}
	}
	for name, timeout := range d.timeouts {
		check(name, seconds(timeout), of(name, "Timeout"))
	}
	s := d.stream
	for property, got := range map[string]any{
		"EventSourceArn": s.table + ".StreamArn", "FunctionName": s.function + ".Alias", "StartingPosition": s.startingPosition,
		"BatchSize": s.batchSize, "MaximumBatchingWindowInSeconds": seconds(s.window), "BisectBatchOnFunctionError": s.bisect,
		"FunctionResponseTypes": responseTypes(s.reportsFailures), "MaximumRetryAttempts": s.maxRetries,
		"MaximumRecordAgeInSeconds": seconds(s.maxAge), "ParallelizationFactor": s.parallelization,
		"DestinationConfig": map[string]any{"OnFailure": map[string]any{"Destination": s.onFailure + ".Arn"}},
	} {
		check("UserEventsMapping."+property, got, of("UserEventsMapping", property))
	}
	c := d.consumer
	for property, got := range map[string]any{
		"EventSourceArn": c.queue + ".Arn", "FunctionName": c.function + ".Alias", "BatchSize": c.batchSize,
		"MaximumBatchingWindowInSeconds": seconds(c.window), "FunctionResponseTypes": responseTypes(c.reportsFailures),
		"ScalingConfig": map[string]any{"MaximumConcurrency": "ItemSyncConcurrency"},
	} {
		check("ItemSyncMapping."+property, got, of("ItemSyncMapping", property))
	}
	check("ItemSyncConcurrency", c.maxConcurrency, template.Parameters["ItemSyncConcurrency"]["Default"])
	sub := d.subscription
	for property, got := range map[string]any{
		"TopicArn": sub.topic, "Protocol": "sqs", "Endpoint": sub.queue + ".Arn", "RawMessageDelivery": sub.raw,
		"FilterPolicyScope": sub.filterScope,
		"FilterPolicy":      map[string]any{sub.attribute: []any{map[string]any{"prefix": sub.prefix}}},
		"RedrivePolicy":     map[string]any{"deadLetterTargetArn": sub.deadLetters + ".Arn"},
	} {
		check("ItemSyncSubscription."+property, got, of("ItemSyncSubscription", property))
	}
	for _, q := range d.queues {
		checkQueue(t, q, template.Properties(t, q.name))
	}
	queues := 0
	for name, r := range template.Resources {
		if r.Type == "AWS::SQS::Queue" {
			queues++
		}
		_, known := d.timeouts[name]
		known = known || r.Condition == "DeploysGradually" // CodeDeploy's hook: there is no CodeDeploy here
		if r.Type == "AWS::Serverless::Function" && r.Properties["Timeout"] != nil && !known {
			t.Errorf("template.yaml: %s has a timeout of its own: add it to timeouts in functions/local/pipeline/topology.go", name)
		}
	}
	check("queues", len(d.queues), queues)
}

func checkQueue(t *testing.T, q queueSpec, properties map[string]any) {
	t.Helper()
	want := queueSpec{name: q.name, visibility: defaultVisibility}
	if v, ok := properties["VisibilityTimeout"].(int); ok {
		want.visibility = time.Duration(v) * time.Second
	}
	retention, _ := properties["MessageRetentionPeriod"].(int)
	want.retention = time.Duration(retention) * time.Second
	want.maxReceiveCount, _ = samtest.Lookup(properties, "RedrivePolicy", "maxReceiveCount").(int)
	if target, _ := samtest.Lookup(properties, "RedrivePolicy", "deadLetterTargetArn").(string); target != "" {
		want.deadLetters = target[:len(target)-len(".Arn")]
	}
	if diff := cmp.Diff(want, q, cmp.AllowUnexported(queueSpec{})); diff != "" {
		t.Errorf("%s of template.yaml and deployed() of functions/local/pipeline/topology.go differ (-template +table):\n%s", q.name, diff)
	}
	for _, property := range []string{"DelaySeconds", "FifoQueue", "ReceiveMessageWaitTimeSeconds", "MaximumMessageSize"} {
		if properties[property] != nil {
			t.Errorf("%s has %s, which the pipeline does not support", q.name, property)
		}
	}
}

func seconds(d time.Duration) int {
	if d == Infinite {
		return Infinite
	}
	return int(d / time.Second)
}

func responseTypes(reports bool) any {
	if reports {
		return []any{"ReportBatchItemFailures"}
	}
	return nil
}

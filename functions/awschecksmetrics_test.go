package functions_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/samtest"
)

// publishedMetrics are those that a service publishes under one set of dimensions, and under no other unless it is
// listed, too. CloudWatch takes an alarm for a metric that does not exist: it never leaves INSUFFICIENT_DATA.
type publishedMetrics struct {
	namespace  string
	dimensions string // in order, parted by commas
	names      string // parted by spaces
	source     string // below https://docs.aws.amazon.com/
}

var publishedByAWS = []publishedMetrics{
	{"AWS/ApiGateway", "ApiName,Stage", "4XXError 5XXError CacheHitCount CacheMissCount Count IntegrationLatency Latency", apiGatewayMetrics},
	{"AWS/ApiGateway", "ApiName", "4XXError 5XXError CacheHitCount CacheMissCount Count IntegrationLatency Latency", apiGatewayMetrics},
	{"AWS/ApiGateway", "ApiName,Method,Resource,Stage", "4XXError 5XXError CacheHitCount CacheMissCount Count IntegrationLatency Latency", apiGatewayMetrics},
	{"AWS/Cognito", "UserPool,UserPoolClient", "SignUpSuccesses SignUpThrottles SignInSuccesses SignInThrottles TokenRefreshSuccesses TokenRefreshThrottles " +
		"FederationSuccesses FederationThrottles", "cognito/latest/developerguide/metrics-for-cognito-user-pools.html"},
	{"AWS/DynamoDB", "TableName", "ConsumedReadCapacityUnits ConsumedWriteCapacityUnits ReadThrottleEvents WriteThrottleEvents ConditionalCheckFailedRequests " +
		"TimeToLiveDeletedItemCount", dynamoDBMetrics},
	{"AWS/DynamoDB", "GlobalSecondaryIndexName,TableName", "ConsumedReadCapacityUnits ConsumedWriteCapacityUnits ReadThrottleEvents WriteThrottleEvents", dynamoDBMetrics},
	{"AWS/DynamoDB", "Operation,TableName", "SuccessfulRequestLatency SystemErrors ThrottledRequests ReturnedItemCount", dynamoDBMetrics},
	{"AWS/ES", "ClientId,DomainName", "ClusterStatus.green ClusterStatus.yellow ClusterStatus.red Shards.active Shards.unassigned Nodes SearchableDocuments " +
		"CPUUtilization FreeStorageSpace ClusterUsedSpace ClusterIndexWritesBlocked JVMMemoryPressure OldGenJVMMemoryPressure AutomatedSnapshotFailure " +
		"CPUCreditBalance OpenSearchDashboardsHealthyNodes KMSKeyError KMSKeyInaccessible InvalidHostHeaderRequests OpenSearchRequests 2xx 3xx 4xx 5xx " +
		"ReadLatency WriteLatency ReadThroughput WriteThroughput DiskQueueDepth ReadIOPS WriteIOPS SearchRate SearchLatency IndexingRate IndexingLatency " +
		"ThreadpoolWriteQueue ThreadpoolWriteRejected ThreadpoolSearchQueue ThreadpoolSearchRejected", "opensearch-service/latest/developerguide/managedomains-cloudwatchmetrics.html"},
	{"AWS/Events", "RuleName", "Invocations FailedInvocations TriggeredRules MatchedEvents ThrottledRules InvocationsSentToDlq InvocationsFailedToBeSentToDlq",
		"eventbridge/latest/userguide/eb-monitoring.html"},
	{"AWS/Lambda", "FunctionName", lambdaFunctionMetrics, lambdaMetrics},
	{"AWS/Lambda", "FunctionName,Resource", lambdaFunctionMetrics, lambdaMetrics},
	{"AWS/Lambda", "ExecutedVersion,FunctionName,Resource", lambdaFunctionMetrics, lambdaMetrics},
	{"AWS/Lambda", "EventSourceMappingUUID", "PolledEventCount FilteredOutEventCount InvokedEventCount FailedInvokeEventCount DroppedEventCount " +
		"OnFailureDestinationDeliveredEventCount DeletedEventCount", lambdaMetrics},
	{"AWS/SNS", "TopicName", "NumberOfMessagesPublished NumberOfNotificationsDelivered NumberOfNotificationsFailed NumberOfNotificationsFilteredOut " +
		"NumberOfNotificationsRedrivenToDlq NumberOfNotificationsFailedToRedriveToDlq PublishSize", "sns/latest/dg/sns-monitoring-using-cloudwatch.html"},
	{"AWS/SQS", "QueueName", "ApproximateAgeOfOldestMessage ApproximateNumberOfMessagesDelayed ApproximateNumberOfMessagesNotVisible " +
		"ApproximateNumberOfMessagesVisible NumberOfEmptyReceives NumberOfMessagesDeleted NumberOfMessagesReceived NumberOfMessagesSent SentMessageSize",
		"AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html"},
	{"AWS/WAFV2", "Region,Rule,WebACL", "AllowedRequests BlockedRequests CountedRequests CaptchaRequests ChallengeRequests", "waf/latest/developerguide/waf-metrics.html"},
}

const (
	apiGatewayMetrics     = "apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html"
	dynamoDBMetrics       = "amazondynamodb/latest/developerguide/metrics-dimensions.html"
	lambdaMetrics         = "lambda/latest/dg/monitoring-metrics-types.html"
	lambdaFunctionMetrics = "Invocations Errors DeadLetterErrors DestinationDeliveryFailures Throttles ProvisionedConcurrencyInvocations " +
		"Duration PostRuntimeExtensionsDuration IteratorAge OffsetLag ConcurrentExecutions ProvisionedConcurrentExecutions AsyncEventsReceived AsyncEventAge AsyncEventsDropped RecursiveInvocationsDropped"
)

// catalog is every metric that is published: by AWS, and by the functions in the stack's own namespace.
type catalog []publishedMetrics

// missing says what is wrong with a metric that nothing publishes, and is empty for one that is.
func (c catalog) missing(namespace, name string, dimensions []string) string {
	set := strings.Join(slices.Sorted(slices.Values(dimensions)), ",")
	var inNamespace, ofName []string
	for _, m := range c {
		if m.namespace != namespace {
			continue
		}
		inNamespace = append(inNamespace, m.dimensions)
		if name == "" || slices.Contains(strings.Fields(m.names), name) {
			ofName = append(ofName, m.dimensions)
		}
	}
	const table = "; correct it, or add it with its source to functions/awschecksmetrics_test.go"
	switch {
	case len(inNamespace) == 0:
		return fmt.Sprintf("there is no namespace %q%s", namespace, table)
	case len(ofName) == 0:
		return fmt.Sprintf("%s has no metric %q%s", namespace, name, table)
	case !slices.Contains(ofName, set):
		return fmt.Sprintf("%s publishes %s by [%s], not by [%s]%s", namespace, name, strings.Join(ofName, "] or ["), set, table)
	}
	return ""
}

// filtered are the metrics that the stack's filters make of log lines.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-metricfilter.html
func (s stack) filtered() (found catalog) {
	for _, p := range s.of("AWS::Logs::MetricFilter") {
		for _, m := range each(p["MetricTransformations"]) {
			m, _ := m.(map[string]any)
			var dimensions []string
			for _, d := range each(m["Dimensions"]) {
				if d, ok := d.(map[string]any); ok {
					dimensions = append(dimensions, fmt.Sprint(d["Key"]))
				}
			}
			slices.Sort(dimensions)
			namespace, _ := m["MetricNamespace"].(string)
			name, _ := m["MetricName"].(string)
			found = append(found, publishedMetrics{namespace, strings.Join(dimensions, ","), name, ""})
		}
	}
	return found
}

var ownCount = regexp.MustCompile(`cloudwatch\.Count\{Name: "([A-Za-z]+)"`)

// ownMetrics are those that the functions write to the namespace, read off what they write.
func ownMetrics(t *testing.T, namespace string) catalog {
	t.Helper()
	var counts []cloudwatch.Count
	err := fs.WalkDir(os.DirFS(filepath.Join(samtest.Root(t), "functions")), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		for _, m := range ownCount.FindAllStringSubmatch(samtest.ReadFile(t, filepath.Join("functions", path)), -1) {
			counts = append(counts, cloudwatch.Count{Name: m[1]})
		}
		return nil
	})
	if err != nil || len(counts) == 0 {
		t.Fatalf("the functions write no counts of their own: %v", err)
	}
	var lines bytes.Buffer
	written := cloudwatch.NewMetrics(&lines, namespace, "users", time.Now)
	written.Request("GET /user", 200, time.Second, true)
	written.Invocation(true, counts...)
	return embedded(t, lines.Bytes())
}

// embedded are the metrics of lines in the embedded metric format.
func embedded(t *testing.T, lines []byte) (found catalog) {
	t.Helper()
	for line := range bytes.Lines(lines) {
		var document struct {
			AWS struct {
				CloudWatchMetrics []struct {
					Namespace  string
					Dimensions [][]string
					Metrics    []struct{ Name string }
				}
			} `json:"_aws"`
		}
		if err := json.Unmarshal(line, &document); err != nil {
			t.Fatal(err)
		}
		for _, directive := range document.AWS.CloudWatchMetrics {
			var names []string
			for _, m := range directive.Metrics {
				names = append(names, m.Name)
			}
			for _, set := range directive.Dimensions {
				found = append(found, publishedMetrics{directive.Namespace, strings.Join(slices.Sorted(slices.Values(set)), ","), strings.Join(names, " "), ""})
			}
		}
	}
	return found
}

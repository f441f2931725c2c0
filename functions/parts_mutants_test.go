package functions_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// partMutant takes a part away or misspells it, by the first old in file; without old, it deletes the file, or all that
// begin so. A sentence must name the part and the file to edit.
type partMutant struct {
	file, old, now string
	part, edit     string
}

const inUsers, inItems = "functions/users/", "functions/items/"

// partMutants are mistakes that the compiler does not see, and neither do the other tests.
var partMutants = []partMutant{
	// Variables.
	{"template.yaml", "          USERS_TABLE: !Ref UsersTable", "          USER_TABLE: !Ref UsersTable", "USERS_TABLE", "template.yaml:"},
	{"template.yaml", "          USERS_TABLE: !Ref UsersTable", "          USER_TABLE: !Ref UsersTable", "sets USER_TABLE", "template.yaml:"},
	{"template.yaml", "          ALLOWED_ORIGIN: !Ref AllowedOrigin\n", "", "ALLOWED_ORIGIN", "template.yaml:"},
	{"template.yaml", "          OPEN_SEARCH_SHARDS: !Ref OpenSearchShards\n", "", "ItemSyncFunction has no variable OPEN_SEARCH_SHARDS", "template.yaml:"},
	{"template.yaml", "USER_EVENTS_TOPIC_ARN: !Ref UserEventsTopic", `USER_EVENTS_TOPIC_ARN: ""`, "USER_EVENTS_TOPIC_ARN to nothing", "template.yaml:"},
	{"template.yaml", "LOG_LEVEL: !Ref LogLevel", "LOGLEVEL: !Ref LogLevel", "LOGLEVEL", "template.yaml:"},
	{"template.yaml", `AWS_ENDPOINT_URL_SQS: ""`, `AWS_ENDPOINT_URL_SQ: ""`, "AWS_ENDPOINT_URL_SQS", "template.yaml:"},
	{"template.yaml", "USERS_TABLE: !Ref UsersTable", "USERS_TABLE: !Ref UserPool", "AWS::DynamoDB::Table", "template.yaml:"},
	{inUsers + "bootstrap/main.go", `"USERS_TABLE"`, `"USER_TABLE"`, "UsersFunction has no variable USER_TABLE", inUsers + "bootstrap/main.go"},
	{"testdata/env.json", `    "USERS_TABLE": "users",` + "\n", "", "USERS_TABLE", "testdata/env.json"},
	{"testdata/env.json", `"OPEN_SEARCH_INDEX"`, `"OPEN_SEARCH_INDICES"`, "OPEN_SEARCH_INDICES", "testdata/env.json"},
	{"testdata/env.json", `"AWS_ENDPOINT_URL_DYNAMODB"`, `"AWS_ENDPOINT_URL_DYNAMO"`, "AWS_ENDPOINT_URL_DYNAMODB", "testdata/env.json"},
	// Rights.
	{"template.yaml", "[dynamodb:GetItem, dynamodb:PutItem, dynamodb:UpdateItem]", "[dynamodb:GetItem, dynamodb:UpdateItem]", "UsersFunction may not dynamodb:PutItem", "template.yaml:"},
	{"template.yaml", "Action: dynamodb:Query", "Action: dynamodb:Scan", "dynamodb:Query on UsersTable", "template.yaml:"},
	{"template.yaml", "Action: dynamodb:Query", "Action: dynamodb:Scan", "UsersFunction may dynamodb:Scan", "template.yaml:"},
	{"template.yaml", "[dynamodb:Scan, dynamodb:UpdateItem]\n              Resource: !GetAtt UsersTable.Arn", "[dynamodb:Scan, dynamodb:UpdateItem]\n              Resource: !GetAtt ErasuresTable.Arn",
		"RepublishFunction may not dynamodb:Scan on UsersTable", "template.yaml:"},
	{"template.yaml", "[es:ESHttpGet, es:ESHttpPut, es:ESHttpDelete]", "[es:ESHttpGet, es:ESHttpPut]", "ItemsFunction may not es:ESHttpDelete", "template.yaml:"},
	{"template.yaml", "${OpenSearchIndex}/_bulk", "${OpenSearchIndex}/_bulks", "ItemSyncFunction may not es:ESHttpPost on /_bulk", "template.yaml:"},
	{"template.yaml", "sqs:ReceiveMessage, ", "", "ItemSyncFunction may not sqs:ReceiveMessage on ItemSyncQueue", "template.yaml:"},
	{"template.yaml", "[!GetAtt UserEventsDeadLetterQueue.Arn, !GetAtt UserEventsFailureQueue.Arn]\n            - Sid: ReadStream", "[!GetAtt UserEventsDeadLetterQueue.Arn]\n            - Sid: ReadStream",
		"sqs:SendMessage on UserEventsFailureQueue", "template.yaml:"},
	{"template.yaml", "codedeploy:PutLifecycleEventHookExecutionStatus", "codedeploy:PutLifecycleEvent", "codedeploy:PutLifecycleEventHookExecutionStatus", "template.yaml:"},
	{"adapters/dynamo/table.go", "input.TableName, input.ReturnValues = &t.name, types.ReturnValueAllOld\n", "_, _ = t.client.DeleteItem(ctx, nil)\n\tinput.TableName, input.ReturnValues = &t.name, types.ReturnValueAllOld\n",
		"UsersFunction may not dynamodb:DeleteItem", "adapters/dynamo/table.go:"},
	// Deployments and what keeps data.
	{"template.yaml", "      DeploymentPreference: { Alarms: [!Ref ItemsErrorsAlarm] }\n", "", "ItemsErrorsAlarm", "template.yaml:"},
	{"template.yaml", "!Ref ApiFaultsAlarm, !Ref UsersErrorsAlarm, ", "!Ref ApiFaultsAlarm, ", "UsersErrorsAlarm", "template.yaml:"},
	{"template.yaml", "!Ref ApiFaultsAlarm, !Ref UsersErrorsAlarm, ", "!Ref ApiFaultAlarm, !Ref UsersErrorsAlarm, ", "ApiFaultAlarm", "template.yaml:"},
	{"template.yaml", "  UsersTable:\n    Type: AWS::DynamoDB::Table\n    DeletionPolicy: RetainExceptOnCreate\n", "  UsersTable:\n    Type: AWS::DynamoDB::Table\n", "UsersTable: wants DeletionPolicy", "template.yaml:"},
	{"template.yaml", "      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }\n", "", "UsersTable cannot be recovered", "template.yaml:"},
	{"template.yaml", "SSESpecification: { SSEEnabled: true, SSEType: KMS }\n      StreamSpecification", "StreamSpecification", "UsersTable: not encrypted", "template.yaml:"},
	{"template.yaml", "      DeletionProtectionEnabled: !If [IsProd, true, false]\n", "", "UsersTable is not protected", "template.yaml:"},
	{"template.yaml", "    Properties: { MessageRetentionPeriod: 1209600, SqsManagedSseEnabled: true }", "    Properties: { MessageRetentionPeriod: 1209600 }", "ItemSyncDeadLetterQueue: not encrypted", "template.yaml:"},
	{"template.yaml", "  ItemsFunctionLogs:\n    Type: AWS::Logs::LogGroup\n    Condition: HasItems\n    DeletionPolicy: Delete\n    UpdateReplacePolicy: Delete\n    Properties: { RetentionInDays: !Ref LogRetentionDays }",
		"  ItemsFunctionLogs:\n    Type: AWS::Logs::LogGroup\n    Condition: HasItems", "ItemsFunctionLogs keeps logs for ever", "template.yaml:"},
	{"template.yaml", "MetricName: ReadThrottleEvents", "MetricName: ReadThrottle", "ReadThrottleEvents of UsersTable", "template.yaml:"},
	{"template.yaml", "          USERS_TABLE: !Ref UsersTable", "          USERS_TABLE: !Ref UserTable", "UsersFunction: refers to UserTable", "template.yaml:"},
	{"template.yaml", "  ItemSyncFunctionLogs:\n    Type: AWS::Logs::LogGroup\n    Condition: HasItems", "  ItemSyncFunctionLogs:\n    Type: AWS::Logs::LogGroup\n    Condition: HasItem", "ItemSyncFunctionLogs has the condition HasItem,", "template.yaml:"},
	{"samconfig.toml", "capabilities = \"CAPABILITY_IAM\"\ntags = \"app=rental stage=prod\"", "tags = \"app=rental stage=prod\"", "[prod.deploy.parameters] has capabilities", "samconfig.toml:"},
	{"samconfig.toml", `env_vars = "testdata/env.json"`, `env_vars = "testdata/envs.json"`, "env_vars = testdata/envs.json", "samconfig.toml:"},
	// Requests and events.
	{"template.yaml", "        DefaultAuthorizer: CognitoAuthorizer\n", "", "Api has the DefaultAuthorizer", "template.yaml:"},
	{"template.yaml", "      Hooks: { PreTraffic: !If [DeploysGradually, !Ref PreTrafficFunction, !Ref AWS::NoValue] }\n", "", "nothing invokes PreTrafficFunction", "template.yaml:"},
	{"template.yaml", "  ItemSyncMapping:\n    Type: AWS::Lambda::EventSourceMapping", "  ItemSyncMapping:\n    Type: AWS::Lambda::EventSource", "nothing invokes ItemSyncFunction", "template.yaml:"},
	{"template.yaml", "FunctionName: !Ref UserEventsFunction.Alias", "FunctionName: !Ref UserEventsFunction", "UserEventsMapping invokes $LATEST", "template.yaml:"},
	{"template.yaml", "            ThrottlingBurstLimit: !Ref SearchBurst\n", "", "GET /~1items of Api has no ThrottlingBurstLimit", "template.yaml:"},
	{"template.yaml", "            HttpMethod: HEAD\n", "            HttpMethod: OPTIONS\n", "HEAD /~1items has none", "template.yaml:"},
	{"template.yaml", `Path: "/items/{id}", Method: get, Auth: { Authorizer: NONE } }`, `Path: "/items/{id}", Method: get }`, "GET /items/{id} of ItemsFunction is public", "template.yaml:"},
	{"template.yaml", `Path: /users, Method: get }`, `Path: /users, Method: get, Auth: { Authorizer: NONE } }`, "GET /users of UsersFunction needs a caller", "template.yaml:"},
	{"template.yaml", "          - Sid: TopicDelivers\n            Effect: Allow", "          - Sid: TopicDelivers\n            Effect: Deny", "ItemSyncSubscription send to ItemSyncQueue", "template.yaml:"},
	{"template.yaml", "      SourceArn: !GetAtt RepublishRule.Arn\n", "", "RepublishRule invoke RepublishFunction", "template.yaml:"},
	{"template.yaml", "  UserPoolClientId:\n", "  UserPoolClientIds:\n", "UserPoolClientId", "template.yaml:"},
	{"template.yaml", "          USER_EVENTS_VERSION: !Ref UserEventsFunction.Version\n", "", "does not check new versions of UserEventsFunction", "template.yaml:"},
	// Functions, suites, fixtures and tests.
	{"template.yaml", "  RepublishFunction:\n", "  RepublishesFunction:\n", "RepublishesFunction", "functions/republishes/bootstrap/main.go"},
	{"template.yaml", "  RepublishFunction:\n", "  RepublishesFunction:\n", "functions/republish/bootstrap/main.go", "template.yaml"},
	{"adapters/memory/memoryusers/store_test.go", "usertest.RunRecords(", "_ = (", "usertest.RunRecords", "adapters/memory"},
	{"adapters/dynamo/dynamousers/store_test.go", "usertest.Run(", "_ = (", "usertest.Run,", "adapters/PRODUCT"},
	{"adapters/opensearch/opensearchitems/engine_test.go", "itemtest.RunHoldings(", "_ = (", "itemtest.RunHoldings", "adapters/PRODUCT"},
	{"domain/user/usertest/", "", "", "user/usertest: there is no contract suite for", "domain/user"},
	{"testdata/events/users/get.json", "", "", "testdata/events/users/get.json", "testdata/golden/users/get.json"},
	{"testdata/golden/items/create.json", "", "", "testdata/golden/items/create.json", "testdata/events/items/create.json"},
	{"testdata/events/republish/", "", "", "RepublishFunction", "testdata/events/republish"},
	{inUsers + "users_test.go", "func TestGoldens", "func oldGoldens", "TestGoldens", inUsers + "users_test.go"},
	{inItems + "items_test.go", "c.CheckNoSecrets(t, out.String())", "", "CheckNoSecrets", "functions/items"},
	{inItems + "fuzz_test.go", "", "", "Fuzz", "functions/items"},
	{inItems + "wire_test.go", "", "", "ZeroFields", "functions/items"},
	{inUsers + "cursor_test.go", "", "", "FuzzCursor", "functions/users"},
	{inUsers + "sam_test.go", "", "", "TestUnderSAM", "functions/users"},
	{inUsers + "bootstrap/main_test.go", "", "", "TestVariables", inUsers + "bootstrap"},
	{"domain/user/directory_test.go|domain/user/email_test.go|domain/user/event_test.go|domain/user/profile_test.go|domain/user/update_test.go", "", "", "no test of the package", "domain/user"},
}

// TestPartsNegative: each mutant is reported, by the part's name and the file to edit, and none makes a check panic.
func TestPartsNegative(t *testing.T) {
	t.Parallel()
	whole := loadTree(t)
	for _, m := range partMutants {
		t.Run(m.part, func(t *testing.T) {
			t.Parallel()
			found := whole.with(t, m.apply(t, whole.files)).findings(t)
			if !slices.ContainsFunc(found, func(sentence string) bool {
				return strings.Contains(sentence, m.part) && strings.Contains(sentence, m.edit)
			}) {
				t.Errorf("%s without %q: no sentence has %q and %q:\n%s", m.file, m.old, m.part, m.edit, strings.Join(found, "\n"))
			}
		})
	}
}

// apply returns the files after the mistake.
func (m partMutant) apply(t *testing.T, files map[string]string) map[string]string {
	t.Helper()
	changed := maps.Clone(files)
	if m.old != "" {
		changed[m.file] = strings.Replace(files[m.file], m.old, m.now, 1)
	}
	for _, beginning := range strings.Split(m.file, "|") {
		maps.DeleteFunc(changed, func(name, _ string) bool { return m.old == "" && strings.HasPrefix(name, beginning) })
	}
	if maps.Equal(changed, files) {
		t.Fatalf("%s has no %q", m.file, m.old)
	}
	return changed
}

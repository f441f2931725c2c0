package functions_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// TestPolicyTeeth: each rule sees the template that breaks it, and lets pass the one that does not.
func TestPolicyTeeth(t *testing.T) {
	t.Parallel()
	const (
		kept     = `"DeletionPolicy":"RetainExceptOnCreate","UpdateReplacePolicy":"Retain",`
		tls      = `"SecurityPolicy":"SecurityPolicy_TLS13_1_2_2021_06","EndpointAccessMode":"BASIC",`
		alias    = `,"A":{"Type":"AWS::Lambda::Alias","Properties":{"FunctionName":{"Ref":"F"}}},"F":{"Type":"AWS::Lambda::Function","Properties":{"Timeout":30}}`
		onRule   = `{"P":{"Type":"AWS::Lambda::Permission","Properties":{"Principal":"events.amazonaws.com","FunctionName":{"Ref":"A"}}}` + alias
		onSQS    = `{"M":{"Type":"AWS::Lambda::EventSourceMapping","Properties":{"EventSourceArn":{"Fn::GetAtt":["Q","Arn"]},"FunctionName":{"Ref":"A"}}}` + alias
		watched  = `{"FDeploymentGroup":{"Type":"AWS::CodeDeploy::DeploymentGroup","Properties":{"AlarmConfiguration":{"Alarms":`
		onErrors = `}}},"W":{"Type":"AWS::CloudWatch::Alarm","Properties":{"MetricName":"Errors","Dimensions":[{"Name":"FunctionName","Value":{"Ref":"F"}}]}}` + alias + `}`
	)
	for name, test := range map[string]struct{ resources, want string }{
		"action":              {`{"R":{"Type":"AWS::IAM::Role","Properties":{"Policies":[{"PolicyDocument":{"Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":"a"}]}}]}}}`, "R: Action s3:*"},
		"resource":            {`{"R":{"Type":"AWS::IAM::Role","Properties":{"Policies":[{"PolicyDocument":{"Statement":{"Effect":"Allow","Action":"s3:Get","Resource":{"Fn::Sub":"a/*"}}}}]}}}`, "R: Resource a/*"},
		"everyone":            {`{"R":{"Type":"AWS::SQS::QueuePolicy","Properties":{"PolicyDocument":{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"a"}]}}}}`, "R: Principal *"},
		"all but":             {`{"R":{"Type":"AWS::IAM::Role","Properties":{"Policies":[{"Effect":"Allow","NotAction":"iam:PassRole","Resource":"a"}]}}}`, "R: allows all but something"},
		"in a text":           {`{"R":{"Type":"AWS::Logs::ResourcePolicy","Properties":{"PolicyDocument":{"Fn::Sub":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"logs:*\",\"Resource\":\"a\"}]}"}}}}`, "R: Action logs:*"},
		"managed":             {`{"R":{"Type":"AWS::IAM::Role","Properties":{"ManagedPolicyArns":["arn:aws:iam::aws:policy/AdministratorAccess"]}}}`, "managed policy AdministratorAccess"},
		"denied":              {`{"R":{"Type":"AWS::SQS::QueuePolicy","Properties":{"PolicyDocument":{"Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"a"}]}}}}`, ""},
		"bucket":              {`{"B":{"Type":"AWS::S3::Bucket","Properties":{}}}`, "B: not encrypted"},
		"queue":               {`{"Q":{"Type":"AWS::SQS::Queue","Properties":{"SqsManagedSseEnabled":false,"RedriveAllowPolicy":{"redrivePermission":"denyAll"}}}}`, "Q: not encrypted"},
		"safe queue":          {`{"Q":{"Type":"AWS::SQS::Queue","Properties":{"SqsManagedSseEnabled":true,"RedriveAllowPolicy":{"redrivePermission":"denyAll"}}}}`, ""},
		"adoptable queue":     {`{"Q":{"Type":"AWS::SQS::Queue","Properties":{"SqsManagedSseEnabled":true,"RedriveAllowPolicy":{"redrivePermission":"allowAll"}}}}`, "Q: may be the dead-letter queue of any other"},
		"topic":               {`{"T":{"Type":"AWS::SNS::Topic"}}`, "T: not encrypted"},
		"log group":           {`{"L":{"Type":"AWS::Logs::LogGroup","Properties":{}}}`, "L: not encrypted"},
		"table":               {`{"T":{` + kept + `"Type":"AWS::DynamoDB::Table","Properties":{"SSESpecification":{"SSEEnabled":false}}}}`, "T: not encrypted"},
		"domain":              {`{"D":{` + kept + `"Type":"AWS::OpenSearchService::Domain","Properties":{"EncryptionAtRestOptions":{"Enabled":true},"NodeToNodeEncryptionOptions":{"Enabled":true},"DomainEndpointOptions":{"TLSSecurityPolicy":"Policy-Min-TLS-1-2-PFS-2023-10"}}}}`, "D: not encrypted"},
		"rule":                {onRule + `}`, "P: what fails of events.amazonaws.com goes nowhere"},
		"rule's path":         {onRule + `,"C":{"Type":"AWS::Lambda::EventInvokeConfig","Properties":{"FunctionName":{"Ref":"F"},"DestinationConfig":{"OnFailure":{"Destination":"q"}}}}}`, ""},
		"latest":              {`{"R":{"Type":"AWS::Events::Rule","Properties":{"Targets":[{"Arn":{"Fn::GetAtt":["F","Arn"]}}]}}` + alias + `}`, "R: invokes what is latest, not what is live"},
		"latest path":         {`{"R":{"Type":"AWS::Scheduler::Schedule","Properties":{"Target":{"Arn":{"Fn::Sub":"${F.Arn}"}}}}` + alias + `}`, "R: invokes what is latest, not what is live"},
		"latest of a mapping": {`{"M":{"Type":"AWS::Lambda::EventSourceMapping","Properties":{"FunctionName":{"Ref":"F"},"DestinationConfig":{"OnFailure":{"Destination":"q"}}}}` + alias + `}`, "M: invokes what is latest, not what is live"},
		"latest of a route":   {`{"R":{"Type":"AWS::ApiGateway::RestApi","Properties":{` + tls + `"Body":{"paths":{"/user":{"get":{"security":[{"CognitoAuthorizer":[]}],"x":{"uri":{"Fn::Sub":"a/${F.Arn}/b"}}}}}}}}` + alias + `}`, "R: invokes what is latest, not what is live"},
		"live":                {`{"R":{"Type":"AWS::Events::Rule","Properties":{"Targets":[{"Arn":{"Ref":"A"}}]}}` + alias + `}`, ""},
		"unwatched":           {watched + `[]` + onErrors, "W: takes no deployment back"},
		"watched":             {watched + `[{"Name":{"Ref":"W"}}]` + onErrors, ""},
		"volatile":            {watched + `[{"Name":{"Ref":"W"}},{"Name":{"Ref":"V"}}]` + strings.TrimSuffix(onErrors, "}") + `,"V":{"Type":"AWS::CloudWatch::Alarm","Properties":{"Metrics":[{"Id":"rate","Expression":"e"},{"Id":"e","MetricStat":{"Metric":{"Namespace":"AWS/ApiGateway","MetricName":"5XXError"}}}]}}}`, "V: takes deployments back for what callers cause"},
		"stream":              {`{"M":{"Type":"AWS::Lambda::EventSourceMapping","Properties":{"EventSourceArn":"t"}}}`, "M: what fails goes nowhere"},
		"no redrive":          {onSQS + `,"Q":{"Type":"AWS::SQS::Queue","Properties":{"SqsManagedSseEnabled":true,"VisibilityTimeout":180}}}`, "M: what fails goes nowhere"},
		"impatient":           {onSQS + `,"Q":{"Type":"AWS::SQS::Queue","Properties":{"SqsManagedSseEnabled":true,"VisibilityTimeout":179,"RedrivePolicy":{"deadLetterTargetArn":"d"}}}}`, "Q: visible again after 179 s, its consumer takes up to 30 s"},
		"patient":             {onSQS + `,"Q":{"Type":"AWS::SQS::Queue","Properties":{"SqsManagedSseEnabled":true,"VisibilityTimeout":180,"RedrivePolicy":{"deadLetterTargetArn":"d"}}}}`, ""},
		"open route":          {`{"A":{"Type":"AWS::ApiGateway::RestApi","Properties":{` + tls + `"Body":{"paths":{"/user":{"get":{"security":[{"NONE":[]}]}}}}}}}`, "A: GET /user has the wrong authorizer"},
		"one way in":          {`{"A":{"Type":"AWS::ApiGateway::RestApi","Properties":{` + tls + `"Body":{"paths":{"/user":{"get":{"security":[{"CognitoAuthorizer":[]},{}]}}}}}}}`, "A: GET /user has the wrong authorizer"},
		"no security":         {`{"A":{"Type":"AWS::ApiGateway::RestApi","Properties":{` + tls + `"Body":{"paths":{"/user":{"get":{}}}}}}}`, "A: GET /user has the wrong authorizer"},
		"shut route":          {`{"A":{"Type":"AWS::ApiGateway::RestApi","Properties":{` + tls + `"Body":{"paths":{"/items":{"get":{"security":[{"CognitoAuthorizer":[]}]}}}}}}}`, "A: GET /items has the wrong authorizer"},
		"no routes":           {`{"A":{"Type":"AWS::ApiGateway::RestApi","Properties":{` + tls + `"Body":{}}}}`, "A: no routes"},
		"preflight":           {`{"A":{"Type":"AWS::ApiGateway::RestApi","Properties":{` + tls + `"Body":{"paths":{"/user":{"options":{}}}}}}}`, ""},
		"old TLS":             {`{"A":{"Type":"AWS::ApiGateway::RestApi","Properties":{"SecurityPolicy":"TLS_1_0","Body":{"paths":{"/user":{"options":{}}}}}}}`, "A: accepts TLS before 1.2"},
		"no mode":             {`{"A":{"Type":"AWS::ApiGateway::RestApi","Properties":{"SecurityPolicy":"SecurityPolicy_TLS13_1_2_2021_06","Body":{"paths":{"/user":{"options":{}}}}}}}`, "A: has a SecurityPolicy and no EndpointAccessMode"},
		"old TLS of a domain": {`{"D":{` + kept + `"Type":"AWS::OpenSearchService::Domain","Properties":{"EncryptionAtRestOptions":{"Enabled":true},"NodeToNodeEncryptionOptions":{"Enabled":true},"DomainEndpointOptions":{"EnforceHTTPS":true}}}}`, "D: accepts TLS before 1.2"},
		"forgetful":           {`{"P":{"Type":"AWS::Cognito::UserPool","DeletionPolicy":"RetainExceptOnCreate"}}`, "P: its data goes with the stack, or stays of one that never was"},
		"orphaned":            {`{"P":{"Type":"AWS::Cognito::UserPool","DeletionPolicy":"Retain","UpdateReplacePolicy":"Retain"}}`, "P: its data goes with the stack, or stays of one that never was"},
		"dangling":            {`{"R":{"Type":"X","Properties":{"V":{"Fn::Sub":"a-${Gone.Arn}"}}}}`, "R: refers to Gone, which is not there"},
		"dangling in a value": {`{"R":{"Type":"X","Properties":{"V":{"Fn::Sub":["a-${Own}",{"Own":{"Ref":"Gone"}}]}}}}`, "R: refers to Gone, which is not there"},
		"dangling by a value": {`{"R":{"Type":"X","Properties":{"V":{"Fn::Sub":["a-${Own}-${Gone}",{"Own":"b"}]}}}}`, "R: refers to Gone, which is not there"},
		"leftover":            {`{"ItemsThing":{"Type":"X"}}`, "ItemsThing: is there without items"},
		"left right":          {`{"R":{"Type":"AWS::IAM::Role","Properties":{"Policies":[{"Effect":"Allow","Action":"es:ESHttpGet","Resource":"a"}]}}}`, "R: allows OpenSearch without items"},
	} {
		var s stack
		if err := json.Unmarshal([]byte(test.resources), &s); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var want []string
		if test.want != "" {
			want = []string{test.want}
		}
		items := strings.Contains(name, "domain")
		if got := s.findings(items); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// TestConditions: what a condition excludes is not looked at, and what it includes is.
func TestConditions(t *testing.T) {
	t.Parallel()
	const template = `{"Parameters":{"Mode":{"Default":"none"},"Limit":{"Default":0}},
		"Conditions":{"None":{"Fn::Equals":[{"Ref":"Mode"},"none"]},"Some":{"Fn::Not":[{"Condition":"None"}]},
			"Both":{"Fn::And":[{"Condition":"None"},{"Condition":"Some"}]},"Either":{"Fn::Or":[{"Condition":"None"},{"Condition":"Some"}]},
			"Limited":{"Fn::Not":[{"Fn::Equals":[{"Ref":"Limit"},"0"]}]}},
		"Resources":{"E":{"Type":"X","Condition":"Limited"},"A":{"Type":"X","Condition":"None"},"B":{"Type":"X","Condition":"Some"},"C":{"Type":"X","Condition":"Both"},
			"D":{"Type":"X","Condition":"Either","Properties":{"P":{"Fn::If":["Some",{"Ref":"B"},{"Ref":"AWS::NoValue"}]},"L":[{"Fn::If":["Some",1,2]}]}}}}`
	var parsed map[string]any
	if err := json.Unmarshal([]byte(template), &parsed); err != nil {
		t.Fatal(err)
	}
	for mode, want := range map[string]string{
		"none":   `{"A":{"Condition":"None","Type":"X"},"D":{"Condition":"Either","Properties":{"L":[2]},"Type":"X"}}`,
		"domain": `{"B":{"Condition":"Some","Type":"X"},"D":{"Condition":"Either","Properties":{"L":[1],"P":{"Ref":"B"}},"Type":"X"}}`,
	} {
		if got, _ := json.Marshal(resolve(parsed, map[string]any{"Mode": mode})); string(got) != want {
			t.Errorf("%s: got %s, want %s", mode, got, want)
		}
	}
}

// TestConditionsAreKnown: the tests of the policy can decide every condition of template.yaml.
func TestConditionsAreKnown(t *testing.T) {
	t.Parallel()
	all, _ := mustParse(t, samtest.ReadFile(t, "template.yaml"))["Conditions"].(map[string]any)
	for name, condition := range all {
		for _, part := range undecided(condition) {
			t.Errorf("condition %s: add %s to conditions.holds and decided, in functions/policy_test.go", name, part)
		}
	}
	if len(all) == 0 {
		t.Error("template.yaml has no conditions")
	}
	for text, want := range map[string]int{
		`{"Fn::Equals":[1,1]}`: 0, `{"Condition":"A"}`: 0, `{"Fn::Not":[{"Condition":"A"}]}`: 0, `{"Fn::Equals":[1]}`: 1,
		`{"Fn::And":[{"Fn::Odd":[]},{"Condition":"A"}]}`: 1, `{"Fn::Or":[{"Ref":"A"},"b"]}`: 2, `"a"`: 1,
	} {
		condition := decoded(t, text)
		if got := undecided(condition); len(got) != want || want > 0 && (conditions{}).holds(condition) {
			t.Errorf("%s: undecided %q, want %d", text, got, want)
		}
	}
}

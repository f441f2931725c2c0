package functions_test

import (
	"encoding/json"
	"strings"
	"testing"

	"rental.example/adapters/samtest"
)

// TestPolicyNegative: each rule finds the template that breaks it, and accepts the one that does not.
func TestPolicyNegative(t *testing.T) {
	t.Parallel()
	const (
		function = `
F: {Type: AWS::Lambda::Function}
A: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref F}}`
		permission = `
P: {Type: AWS::Lambda::Permission, Properties: {Principal: events.amazonaws.com, FunctionName: !Ref A}}` + function
		errors = `
W: {Type: AWS::CloudWatch::Alarm, Properties: {MetricName: Errors, Dimensions: [{Name: FunctionName, Value: !Ref F}]}}` + function
	)
	role := func(statement string) string {
		return `R: {Type: AWS::IAM::Role, Properties: {Policies: [{PolicyDocument: {Statement: [{Effect: Allow, ` + statement + `}]}}]}}`
	}
	queue := func(encrypted, redrive string) string {
		return `Q: {Type: AWS::SQS::Queue, Properties: {SqsManagedSseEnabled: ` + encrypted + `, RedriveAllowPolicy: {redrivePermission: ` + redrive + `}}}`
	}
	domain := func(endpoint string) string {
		return `D: {Type: AWS::OpenSearchService::Domain, DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: Retain, Properties: {
			EncryptionAtRestOptions: {Enabled: true}, NodeToNodeEncryptionOptions: {Enabled: true}, DomainEndpointOptions: {` + endpoint + `}}}`
	}
	api := func(paths string) string {
		return `A: {Type: AWS::ApiGateway::RestApi, Properties: {SecurityPolicy: SecurityPolicy_TLS13_1_2_2021_06, EndpointAccessMode: BASIC, Body: {paths: {` + paths + `}}}}`
	}
	group := func(alarms string) string {
		return `FDeploymentGroup: {Type: AWS::CodeDeploy::DeploymentGroup, Properties: {AlarmConfiguration: {Alarms: [` + alarms + `]}}}` + errors
	}
	for name, test := range map[string]struct{ resources, want string }{
		"action":           {role(`Action: ["s3:*"], Resource: a`), "R: Action s3:*"},
		"resource":         {role(`Action: s3:Get, Resource: !Sub a/*`), "R: Resource a/*"},
		"all but":          {role(`NotAction: iam:PassRole, Resource: a`), "R: allows all but something"},
		"principal":        {`R: {Type: AWS::SQS::QueuePolicy, Properties: {PolicyDocument: {Statement: [{Effect: Allow, Principal: "*", Action: sqs:Send, Resource: a}]}}}`, "R: Principal *"},
		"denied":           {`R: {Type: AWS::SQS::QueuePolicy, Properties: {PolicyDocument: {Statement: [{Effect: Deny, Principal: "*", Action: "sqs:*", Resource: a}]}}}`, ""},
		"JSON in a string": {`R: {Type: AWS::Logs::ResourcePolicy, Properties: {PolicyDocument: '{"Statement":[{"Effect":"Allow","Action":"logs:*","Resource":"a"}]}'}}`, "R: Action logs:*"},
		"managed policy":   {`R: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]}}`, "managed policy AdministratorAccess"},
		"bucket":           {`B: {Type: AWS::S3::Bucket}`, "B: not encrypted"},
		"queue":            {queue("false", "denyAll"), "Q: not encrypted"},
		"shared queue":     {queue("true", "allowAll"), "Q: may be the dead-letter queue of any other"},
		"topic":            {`T: {Type: AWS::SNS::Topic}`, "T: not encrypted"},
		"log group":        {`L: {Type: AWS::Logs::LogGroup}`, "L: not encrypted"},
		"table": {`T: {Type: AWS::DynamoDB::Table, DeletionPolicy: RetainExceptOnCreate, UpdateReplacePolicy: Retain,
			Properties: {SSESpecification: {SSEEnabled: false}}}`, "T: not encrypted"},
		"domain without HTTPS": {domain(`TLSSecurityPolicy: Policy-Min-TLS-1-2-PFS-2023-10`), "D: not encrypted"},
		"domain with old TLS":  {domain(`EnforceHTTPS: true`), "D: accepts TLS before 1.2"},
		"API with old TLS":     {`A: {Type: AWS::ApiGateway::RestApi, Properties: {SecurityPolicy: TLS_1_0, Body: {paths: {/user: {options: {}}}}}}`, "A: accepts TLS before 1.2"},
		"no access mode": {`A: {Type: AWS::ApiGateway::RestApi, Properties: {SecurityPolicy: SecurityPolicy_TLS13_1_2_2021_06, Body: {paths: {/user: {options: {}}}}}}`,
			"A: has a SecurityPolicy and no EndpointAccessMode"},
		"asynchronous failure": {permission, "P: failures of events.amazonaws.com go nowhere"},
		"kept failure": {permission + `
C: {Type: AWS::Lambda::EventInvokeConfig, Properties: {FunctionName: !Ref F, DestinationConfig: {OnFailure: {Destination: q}}}}`, ""},
		"latest":            {`R: {Type: AWS::Events::Rule, Properties: {Targets: [{Arn: !GetAtt F.Arn}]}}` + function, "R: invokes $LATEST, not the alias"},
		"live":              {`R: {Type: AWS::Events::Rule, Properties: {Targets: [{Arn: !Ref A}]}}` + function, ""},
		"latest of a route": {api(`/user: {get: {security: [{CognitoAuthorizer: []}], uri: !Sub "a/${F.Arn}/b"}}`) + "\nF: {Type: AWS::Lambda::Function}", "A: invokes $LATEST, not the alias"},
		"no rollback":       {group(""), "W: rolls no deployment back"},
		"rollback by callers": {group("{Name: !Ref W}, {Name: !Ref V}") + `
V: {Type: AWS::CloudWatch::Alarm, Properties: {Metrics: [{Id: e, MetricStat: {Metric: {Namespace: AWS/ApiGateway, MetricName: 5XXError}}}]}}`,
			"V: rolls deployments back for what callers cause"},
		"other authorizer":    {api(`/user: {get: {security: [{NONE: []}]}}`), "A: GET /user has the wrong authorizer"},
		"optional authorizer": {api(`/user: {get: {security: [{CognitoAuthorizer: []}, {}]}}`), "A: GET /user has the wrong authorizer"},
		"no authorizer":       {api(`/user: {get: {}}`), "A: GET /user has the wrong authorizer"},
		"closed route":        {api(`/items: {get: {security: [{CognitoAuthorizer: []}]}}`), "A: GET /items has the wrong authorizer"},
		"no routes":           {api(``), "A: no routes"},
		"preflight":           {api(`/user: {options: {}}`), ""},
		"replaced data":       {`P: {Type: AWS::Cognito::UserPool, DeletionPolicy: RetainExceptOnCreate}`, "P: wants DeletionPolicy RetainExceptOnCreate and UpdateReplacePolicy Retain"},
		"dangling":            {`R: {Type: X, Properties: {V: !Sub "a-${Gone.Arn}"}}`, "R: refers to Gone, which is not there"},
		"dangling in a list":  {`R: {Type: X, Properties: {V: !Sub ["a-${Own}-${Gone}", {Own: b}]}}`, "R: refers to Gone, which is not there"},
		"leftover right":      {role(`Action: es:ESHttpGet, Resource: a`), "R: allows OpenSearch without items"},
	} {
		template, err := parseTemplate(test.resources)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s := stack{}
		for id, r := range template {
			s[id], _ = r.(map[string]any)
		}
		checkFindings(t, name, s.findings(strings.Contains(name, "domain")), test.want)
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
}

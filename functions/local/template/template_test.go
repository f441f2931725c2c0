package template_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rental.example/functions/local/template"
)

// resolve resolves a template with a function whose one variable has the value of an expression.
func resolve(t *testing.T, expression string) (*template.Template, error) {
	t.Helper()
	d, err := template.Parse("t.yaml", []byte(`Parameters:
  Size: { Type: Number, Default: 5 }
  Empty: { Type: String }
Mappings: { Map: { a: { b: found } } }
Conditions: { On: !Equals [!Ref Size, 5], Off: !Not [!Condition On], Both: !And [!Condition On, !Or [!Condition Off, !Condition On]] }
Globals: { Function: { Timeout: 7, Environment: { Variables: { GLOBAL: x } } } }
Resources:
  Queue: { Type: AWS::SQS::Queue }
  Topic: { Type: AWS::SNS::Topic }
  NotesTable: { Type: AWS::DynamoDB::Table, Properties: { KeySchema: [{ AttributeName: id, KeyType: HASH }] } }
  Absent: { Type: AWS::SQS::Queue, Condition: Off }
  Domain: { Type: AWS::OpenSearchService::Domain }
  F:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables:
          V: `+expression+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	return d.Resolve(nil)
}

func TestIntrinsics(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		"text": "text", "!Ref Size": "5", "{ Ref: Size }": "5", "!Ref Queue": "https://sqs.us-east-1.amazonaws.com/123456789012/Queue",
		"!Ref NotesTable": "notes", "!Ref Topic": "arn:aws:sns:us-east-1:123456789012:Topic", "!Ref AWS::Region": "us-east-1",
		"!GetAtt Queue.Arn": "arn:aws:sqs:us-east-1:123456789012:Queue", "{ Fn::GetAtt: [Queue, QueueName] }": "Queue",
		"!Ref F.Alias": "arn:aws:lambda:us-east-1:123456789012:function:F:live", `!Sub "a-${Size}-${Queue.QueueName}-${!x}"`: "a-5-Queue-${x}",
		"!Sub [\"${A}\", { A: !Ref Size }]": "5", "!If [On, yes, !Ref Nothing]": "yes", "!If [Off, a, b]": "b", "!If [Both, a, b]": "a",
		"!FindInMap [Map, a, b]": "found", `!Join ["-", [a, !Ref Size]]`: "a-5", `!Select [1, !Split [",", "a,b"]]`: "b",
		`!Sub "https://${Domain.DomainEndpoint}"`: "https://Domain.DomainEndpoint",
	} {
		got, err := resolve(t, expression)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
			continue
		}
		f := got.Functions[0]
		if diff := cmp.Diff(map[string]string{"GLOBAL": "x", "V": want}, f.Environment); diff != "" || f.Timeout != 7*time.Second {
			t.Errorf("%s: timeout %v (-want +got):\n%s", expression, f.Timeout, diff)
		}
	}
}

// TestErrors: an error has the line of the file, the resource and the property.
func TestErrors(t *testing.T) {
	t.Parallel()
	const at = "t.yaml:18: F.Environment: "
	for expression, want := range map[string]string{
		"!Ref Nothing": at + "the template has no parameter and no resource Nothing", "!Ref Absent": at + "Absent does not exist",
		"!GetAtt Queue.Nothing": at + "Queue has no attribute Nothing", "!ImportValue x": at + "Fn::ImportValue cannot be resolved",
		"!Ref Empty": at + "the parameter Empty has no default", "!FindInMap [Map, a, c]": at + "Fn::FindInMap cannot be resolved",
		"!If [Nothing, a, b]": at + "the template has no condition Nothing", `!Sub "${Nothing}"`: at + "the template has no parameter",
	} {
		if _, err := resolve(t, expression); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", expression, err, want)
		}
	}
}

// TestPropertyErrors: all that is wrong is reported at once.
func TestPropertyErrors(t *testing.T) {
	t.Parallel()
	d, err := template.Parse("t.yaml", []byte(`Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: { VisibilityTimeout: long, RedrivePolicy: { deadLetterTargetArn: arn } }
  Topic: { Type: AWS::SNS::Topic }
  Subscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref Topic
      Endpoint: !GetAtt Queue.Arn
      Protocol: sqs
      FilterPolicy: { a: [{ cidr: 10.0.0.0/24 }] }
  Fifo: { Type: AWS::SQS::Queue, Properties: { FifoQueue: true } }
  Bucket: { Type: AWS::S3::Bucket }
  Logs: { Type: AWS::Logs::LogGroup }
`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := d.Resolve(nil)
	want := `t.yaml:4: Queue.VisibilityTimeout: want a whole number, not "long"
t.yaml:4: Queue.RedrivePolicy.deadLetterTargetArn: arn is no queue of this template
t.yaml:12: Subscription.FilterPolicy: a: the operator cidr of 10.0.0.0/24 is not supported here`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	unsupported := []template.Unsupported{
		{Name: "Fifo", Type: "AWS::SQS::Queue", Reason: "the property FifoQueue"},
		{Name: "Bucket", Type: "AWS::S3::Bucket", Reason: "the runner does not know this type"},
	}
	if diff := cmp.Diff(unsupported, got.Unsupported); diff != "" {
		t.Errorf("unsupported (-want +got):\n%s", diff)
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 30, 23, 59, 30, 0, time.UTC) // a Friday
	for expression, want := range map[string]time.Time{
		"rate(5 minutes)": now.Add(5 * time.Minute), "rate(1 day)": now.Add(24 * time.Hour),
		"cron(15 3 * * ? *)": time.Date(2026, 1, 31, 3, 15, 0, 0, time.UTC), "cron(0/20 * * * ? *)": time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC),
		"cron(0 9 ? * MON-THU *)": time.Date(2026, 2, 2, 9, 0, 0, 0, time.UTC), "cron(0 0 29 FEB ? *)": time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC),
		"cron(0 0 1 1 ? 2020)": {},
	} {
		times, err := template.ParseTimes(expression)
		if got := times.Next(now); err != nil || !got.Equal(want) {
			t.Errorf("%s: %v, %v, want %v", expression, got, err, want)
		}
	}
	for _, expression := range []string{"", "rate(0 hours)", "at(2026-01-01T00:00:00)", "cron(* * * *)", "cron(0 0 L * ? *)", "cron(60 0 * * ? *)"} {
		if _, err := template.ParseTimes(expression); err == nil {
			t.Errorf("%q was parsed", expression)
		}
	}
}

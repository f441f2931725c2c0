package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"rental.example/adapters/lambdaenv"
	"rental.example/adapters/samtest"
)

// extension is what an owner adds under Resources: a consumer of user events, a function on a schedule, and a second table
// with a stream and a function of it.
const extension = `
  MailQueue: { Type: AWS::SQS::Queue, Properties: { RedrivePolicy: { deadLetterTargetArn: !GetAtt MailDeadLetterQueue.Arn, maxReceiveCount: 1 } } }
  MailDeadLetterQueue: { Type: AWS::SQS::Queue }
  MailSubscription:
    Type: AWS::SNS::Subscription
    Properties:
      TopicArn: !Ref UserEventsTopic
      Protocol: sqs
      Endpoint: !GetAtt MailQueue.Arn
      RawMessageDelivery: true
      FilterPolicy: { eventType: [{ anything-but: { prefix: user.profile.updated } }] }
  MailFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events: { Mail: { Type: SQS, Properties: { Queue: !GetAtt MailQueue.Arn, BatchSize: 1, FunctionResponseTypes: [ReportBatchItemFailures] } } }
  NotesTable:
    Type: AWS::DynamoDB::Table
    Properties:
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      StreamSpecification: { StreamViewType: NEW_IMAGE }
  ReportFunction:
    Type: AWS::Serverless::Function
    Properties:
      Environment: { Variables: { NOTES_TABLE: !Ref NotesTable } }
      Events:
        Hourly: { Type: Schedule, Properties: { Schedule: rate(1 minute) } }
        Never: { Type: Schedule, Properties: { Schedule: rate(1 minute), Input: '"never"', Enabled: false } }
  NotesFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events: { Notes: { Type: DynamoDB, Properties: { Stream: !GetAtt NotesTable.StreamArn, StartingPosition: TRIM_HORIZON } } }
  LonelyFunction: { Type: AWS::Serverless::Function }
  Bucket: { Type: AWS::S3::Bucket }
`

// inputs are what the functions of extension got.
type inputs struct {
	mu     sync.Mutex
	broken bool
	all    map[string][]string // by function
}

func (i *inputs) add(function, input string) (broken bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.all[function] = append(i.all[function], input)
	return i.broken
}

func (i *inputs) of(function string) []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]string(nil), i.all[function]...)
}

// constructors are those of the system and of extension.
func (i *inputs) constructors() map[string]constructor {
	all := constructors()
	maps.Copy(all, map[string]constructor{
		"MailFunction": func(*lambdaenv.Env, dependencies) (any, error) {
			return func(_ context.Context, e events.SQSEvent) error {
				if i.add("mail", *e.Records[0].MessageAttributes["eventType"].StringValue) {
					return errors.New("broken")
				}
				return nil
			}, nil
		},
		"ReportFunction": func(env *lambdaenv.Env, d dependencies) (any, error) {
			table := env.Required("NOTES_TABLE")
			return func(_ context.Context, e json.RawMessage) error {
				i.add("report", string(e))
				return d.events.Stream(table).Put(func(id, sequence string) (json.RawMessage, error) {
					return fmt.Appendf(nil, `{"eventID":%q,"dynamodb":{"SequenceNumber":%q}}`, id, sequence), nil
				})
			}, nil
		},
		"NotesFunction": func(*lambdaenv.Env, dependencies) (any, error) {
			return func(_ context.Context, e events.DynamoDBEvent) error {
				i.add("notes", e.Records[0].EventID)
				return nil
			}, nil
		},
	})
	return all
}

// TestExtension: what an owner adds to the template and to the constructors runs.
func TestExtension(t *testing.T) {
	t.Parallel()
	text := samtest.ReadFile(t, "template.yaml")
	file := filepath.Join(t.TempDir(), "template.yaml")
	text = strings.Replace(text, "\nResources:\n", "\nResources:"+extension, 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	in, log := &inputs{all: map[string][]string{}, broken: true}, new(safeBuffer)
	r := startFunctions(t, in.constructors(), log, nil, "-template", file, "-speed", "300", "-fail", "notes:1,MailFunction:2")
	for _, want := range []string{
		"not simulated: LonelyFunction (AWS::Serverless::Function): no constructor in functions/local/functions.go\n",
		"not simulated: Bucket (AWS::S3::Bucket): ",
	} {
		if strings.Count(log.String(), want) != 1 || strings.Count(log.String(), "not simulated") != 2 {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
	token := r.signIn(t, "renter@example.com")
	r.call(t, 201, token, "POST", "/user", john)
	r.rename(t, token, "Johanna")
	eventually(t, "the message is a dead letter", afterRetry, func() bool {
		_, body := r.get(t, "/_local/queues/MailDeadLetterQueue")
		return strings.Contains(body, `"visible": 1`) && strings.Contains(body, "user.profile.created")
	})
	in.mu.Lock()
	in.broken = false
	in.mu.Unlock()
	const redrive = "/_local/queues/MailDeadLetterQueue/redrive"
	if got := string(r.call(t, 200, "", "POST", redrive, "")); !strings.Contains(got, `"to": "MailQueue"`) || !strings.Contains(got, `"moved": 1`) {
		t.Errorf("redrive: %s", got)
	}
	eventually(t, "-fail makes the second invocation fail", afterRetry, func() bool {
		_, body := r.get(t, "/_local/queues/MailDeadLetterQueue")
		return strings.Contains(body, `"visible": 1`)
	})
	r.call(t, 200, "", "POST", redrive, "")
	eventually(t, "the message arrives", afterRetry, func() bool { return len(in.of("mail")) == 2 })
	eventually(t, "the second table's stream arrives", afterRetry, func() bool { return len(in.of("notes")) >= 2 })
	for _, function := range []string{"mail", "report"} {
		for _, got := range in.of(function) {
			if strings.Contains(got, "updated") || strings.Contains(got, "never") || function == "report" && !strings.Contains(got, "Scheduled Event") {
				t.Errorf("%s got %s", function, got)
			}
		}
	}
	if !strings.Contains(log.String(), `"function":"NotesFunction"`) {
		t.Errorf("-fail does not know NotesFunction:\n%s", log)
	}
	r.call(t, 200, "", "POST", "/_local/functions/report/stop", "")
}

package userevents_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/cloudwatch"
	"rental.example/adapters/snssqs"
	"rental.example/adapters/snssqs/snssqstest"
	"rental.example/functions/userevents"
)

const root = "../.."

func clock() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 678901000, time.UTC) }

// ports are the fake services below the adapters.
type ports struct {
	topic       *snssqstest.Topic
	deadLetters *snssqstest.Queue
}

var errDown = errors.New("dial tcp 10.0.0.7: connection refused")

// outcomeByName returns the outcome that the user's name in a message selects.
func outcomeByName(message string) string {
	for name, outcome := range map[string]string{
		"Throttled": "ThrottlingException", "Refused": "InvalidParameterValue", "Unanswered": snssqstest.NoResult, "Panic": snssqstest.Panic,
	} {
		if strings.Contains(message, `"name":"`+name) {
			return outcome
		}
	}
	return snssqstest.Published
}

// portsFor returns the ports of a case; its name selects the services that fail.
func portsFor(name string) ports {
	p := ports{topic: &snssqstest.Topic{Outcome: outcomeByName}, deadLetters: new(snssqstest.Queue)}
	if strings.HasPrefix(name, "sns-") {
		p.topic.Err = errDown
	}
	if strings.Contains(name, "dead-letters-down") {
		p.deadLetters.Err = errDown
	}
	return p
}

// newHandler returns the function as deployed, except for services and output.
func newHandler(p ports, out io.Writer) lambda.Handler {
	f := userevents.New(snssqs.NewTopic(p.topic, "arn:aws:sns:eu-west-1:123456789012:topic"), snssqs.NewQueue(p.deadLetters, "https://sqs/queue"),
		userevents.Config{
			Now: clock, Logger: cloudwatch.NewLogger(out, 0, "userevents"), Metrics: cloudwatch.NewMetrics(out, "rental", "userevents", clock),
		})
	return lambda.NewHandler(f.Handle)
}

func invocation(ctx context.Context) context.Context {
	return lambdacontext.NewContext(ctx, &lambdacontext.LambdaContext{AwsRequestID: "invocation-1"})
}

// result is what the function returned and sent for an event.
type result struct {
	Response    json.RawMessage      `json:"answer,omitempty"`
	Error       string               `json:"error,omitempty"`
	Published   []snssqstest.Message `json:"published"`
	DeadLetters []snssqstest.Message `json:"deadLetters"`
}

func invoke(h lambda.Handler, p ports, event []byte) result {
	response, err := h.Invoke(invocation(context.Background()), event)
	got := result{Response: response, Published: p.topic.Messages(), DeadLetters: p.deadLetters.Messages()}
	if err != nil {
		got.Error = err.Error()
	}
	for _, m := range got.DeadLetters {
		m.Attributes["reason"], _, _ = strings.Cut(m.Attributes["reason"], " goroutine ") // no stacks
	}
	return got
}

func TestGoldens(t *testing.T) {
	t.Parallel()
	for _, c := range apigatewaytest.Cases(t, root, "userevents") {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			p := portsFor(c.Name)
			var out bytes.Buffer
			got := invoke(newHandler(p, &out), p, c.Event)
			c.CheckResult(t, got)
			c.CheckNoSecrets(t, out.String())
			checkLog(t, out.String(), got)
			for _, m := range got.Published {
				checkConsumable(t, string(m.Body))
			}
		})
	}
}

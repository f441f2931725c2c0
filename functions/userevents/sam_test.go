package userevents_test

import (
	"encoding/json"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/samtest"
	"rental.example/adapters/snssqs/snssqstest"
)

// TestUnderSAM replays the fixtures against the function as built by "sam build", in a container, with a topic and
// queues of a real engine, and compares the results with the goldens.
func TestUnderSAM(t *testing.T) {
	const engines = "sam-lambda,sns-sqs"
	samtest.Endpoint(t, "SAM_LAMBDA_ENDPOINT", engines)
	e := snssqstest.NewEngine(t, engines)
	subscribed := e.CreateQueue(t, "userevents-subscribed", nil)
	deadLetters := e.CreateQueue(t, "user-events-dead-letters", nil) // as in testdata/env.json, and the topic
	e.CreateTopic(t, "user-events", subscribed, map[string]string{"RawMessageDelivery": "true"})
	for _, url := range []string{subscribed, deadLetters} {
		if _, err := e.SQS.PurgeQueue(t.Context(), &sqs.PurgeQueueInput{QueueUrl: &url}); err != nil {
			t.Fatal(err)
		}
	}

	for _, c := range apigatewaytest.Cases(t, root, "userevents") {
		p, healthy := portsFor(c.Name), ports{topic: new(snssqstest.Topic), deadLetters: new(snssqstest.Queue)}
		want := invoke(newHandler(p, io.Discard), p, c.Event)
		if cmp.Diff(want, invoke(newHandler(healthy, io.Discard), healthy, c.Event)) != "" || want.Error != "" {
			continue // needs a failure that the real engine does not have
		}
		t.Run(c.Name, func(t *testing.T) {
			got := result{Response: samtest.Invoke(t, "UserEventsFunction", c.Event)}
			got.Published, got.DeadLetters = drain(t, e, subscribed), drain(t, e, deadLetters)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the result differs from the golden (-want +got):\n%s", diff)
			}
		})
	}
}

func drain(t *testing.T, e snssqstest.Engine, url string) []snssqstest.Message {
	t.Helper()
	messages := []snssqstest.Message{}
	for _, m := range e.Drain(t, url) {
		attributes := make(map[string]string)
		for name, a := range m.MessageAttributes {
			attributes[name] = aws.ToString(a.StringValue)
		}
		messages = append(messages, snssqstest.Message{Attributes: attributes, Body: json.RawMessage(aws.ToString(m.Body))})
	}
	return messages
}

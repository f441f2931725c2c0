package userevents_test

import (
	"encoding/json"
	"io"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
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
	cfg := aws.Config{Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")}
	queues := sqs.NewFromConfig(cfg, func(o *sqs.Options) { o.BaseEndpoint = aws.String(samtest.Endpoint(t, "SQS_ENDPOINT", engines)) })
	topics := sns.NewFromConfig(cfg, func(o *sns.Options) { o.BaseEndpoint = aws.String(samtest.Endpoint(t, "SNS_ENDPOINT", engines)) })
	subscribed := createQueue(t, queues, "userevents-subscribed")
	deadLetters := createQueue(t, queues, "user-events-dead-letters") // as in testdata/env.json, and the topic
	subscribe(t, topics, "user-events", "arn:aws:sqs:us-east-1:123456789012:userevents-subscribed")

	for _, c := range apigatewaytest.Cases(t, root, "userevents") {
		p, healthy := portsFor(c.Name), ports{topic: new(snssqstest.Topic), deadLetters: new(snssqstest.Queue)}
		want := invoke(newHandler(p, io.Discard), p, c.Event)
		if cmp.Diff(want, invoke(newHandler(healthy, io.Discard), healthy, c.Event)) != "" || want.Error != "" {
			continue // needs a failure that the real engine does not have
		}
		t.Run(c.Name, func(t *testing.T) {
			got := result{Response: samtest.Invoke(t, "UserEventsFunction", c.Event)}
			got.Published, got.DeadLetters = drain(t, queues, subscribed), drain(t, queues, deadLetters)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the result differs from the golden (-want +got):\n%s", diff)
			}
		})
	}
}

func createQueue(t *testing.T, queues *sqs.Client, name string) *string {
	t.Helper()
	created, err := queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := queues.PurgeQueue(t.Context(), &sqs.PurgeQueueInput{QueueUrl: created.QueueUrl}); err != nil {
		t.Fatal(err)
	}
	return created.QueueUrl
}

// subscribe creates the topic and subscribes the queue.
func subscribe(t *testing.T, topics *sns.Client, name, queue string) {
	t.Helper()
	topic, err := topics.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	_, err = topics.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: &queue,
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// drain receives and deletes all messages of a queue.
func drain(t *testing.T, queues *sqs.Client, url *string) []snssqstest.Message {
	t.Helper()
	messages := []snssqstest.Message{}
	for {
		out, err := queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Messages) == 0 {
			return messages
		}
		for _, m := range out.Messages {
			messages = append(messages, message(m))
			if _, err := queues.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: m.ReceiptHandle}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func message(m types.Message) snssqstest.Message {
	attributes := make(map[string]string)
	for name, a := range m.MessageAttributes {
		attributes[name] = aws.ToString(a.StringValue)
	}
	return snssqstest.Message{Attributes: attributes, Body: json.RawMessage(aws.ToString(m.Body))}
}

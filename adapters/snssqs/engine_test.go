package snssqs_test

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"rental.example/adapters/samtest"
	"rental.example/adapters/snssqs"
	"rental.example/domain/user"
)

// engine is a topic and a queue as in template.yaml, on a real server.
type engine struct {
	sns      *sns.Client
	sqs      *sqs.Client
	arn, url string
}

func newEngine(t *testing.T) engine {
	t.Helper()
	e := engine{
		sns: snssqs.NewTopicClient(configFor(samtest.Endpoint(t, "SNS_ENDPOINT", "sns-sqs"))),
		sqs: snssqs.NewQueueClient(configFor(samtest.Endpoint(t, "SQS_ENDPOINT", "sns-sqs"))),
	}
	name := "test-" + strings.ToLower(rand.Text())
	topic, err := e.sns.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	queue, err := e.sqs.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	if err != nil {
		t.Fatal(err)
	}
	e.arn, e.url = *topic.TopicArn, *queue.QueueUrl
	return e
}

// subscribe subscribes the queue to the topic.
func (e engine) subscribe(t *testing.T, raw bool) {
	t.Helper()
	queue, err := e.sqs.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &e.url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.sns.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: &e.arn, Protocol: aws.String("sqs"), Endpoint: aws.String(queue.Attributes["QueueArn"]),
		Attributes: map[string]string{
			"RawMessageDelivery": fmt.Sprint(raw), "FilterPolicyScope": "MessageAttributes",
			"FilterPolicy": `{"eventType":[{"prefix":"user.profile."}]}`,
		},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// receive receives and deletes all messages, in the form in which Lambda passes them to a function.
func (e engine) receive(t *testing.T) (all []events.SQSMessage) {
	t.Helper()
	for {
		out, err := e.sqs.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: &e.url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Messages) == 0 {
			return all
		}
		for _, m := range out.Messages {
			got := events.SQSMessage{
				MessageId: *m.MessageId, Body: *m.Body, Attributes: m.Attributes, MessageAttributes: make(map[string]events.SQSMessageAttribute),
			}
			for name, a := range m.MessageAttributes {
				got.MessageAttributes[name] = events.SQSMessageAttribute{StringValue: a.StringValue, DataType: *a.DataType}
			}
			all = append(all, got)
			if _, err := e.sqs.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &e.url, ReceiptHandle: m.ReceiptHandle}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestDelivery checks that every publishable event is delivered unchanged.
func TestDelivery(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	e.subscribe(t, true)
	all := newEvents(25)
	all[7].Name = strings.Repeat("x", snssqs.MaxBytes)
	all[9].Name = "a\uFFFEb"
	all[12] = user.Event{ID: "event-12", Kind: user.Deleted, UserID: userID, Version: all[12].Version}
	for i, err := range snssqs.NewTopic(e.sns, e.arn).Publish(t.Context(), all) {
		if (i == 7) != errors.Is(err, user.ErrUnpublishable) || (i != 7) != (err == nil) {
			t.Errorf("event %d: %v", i, err)
		}
	}
	e.publishForeign(t)
	got := make(map[string]snssqs.Message)
	for _, message := range e.receive(t) {
		m, err := snssqs.ParseOwnerEvent(message)
		if err != nil {
			t.Fatalf("%v: %s", err, message.Body)
		}
		if a := message.MessageAttributes["eventType"]; aws.ToString(a.StringValue) != m.Type || a.DataType != "String" || m.ReceiveCount != 1 {
			t.Errorf("%s: attributes %+v, %d receives", m.ID, a, m.ReceiveCount)
		}
		got[m.ID] = m
	}
	for i, want := range all {
		m, ok := got[want.ID]
		if ok == (i == 7) || ok && (m.Event.Version != want.Version || m.Event.Name != want.Name || m.Event.Deleted != (i == 12) || m.CorrelationID != want.RequestID) {
			t.Errorf("event %d received %t as %+v", i, ok, m)
		}
	}
	if len(got) != 24 {
		t.Errorf("%d messages, want 24", len(got))
	}
}

// publishForeign publishes a message that the filter policy drops.
func (e engine) publishForeign(t *testing.T) {
	t.Helper()
	_, err := e.sns.Publish(t.Context(), &sns.PublishInput{TopicArn: &e.arn, Message: aws.String(`{"specversion":"1.0"}`)})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWithoutRawDelivery checks that the error names the missing setting of a subscription created by hand.
func TestWithoutRawDelivery(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	e.subscribe(t, false)
	if errs := snssqs.NewTopic(e.sns, e.arn).Publish(t.Context(), newEvents(1)); errs[0] != nil {
		t.Fatal(errs[0])
	}
	got := e.receive(t)
	if len(got) != 1 {
		t.Fatalf("%d messages", len(got))
	}
	if _, err := snssqs.ParseOwnerEvent(got[0]); err == nil || !strings.Contains(err.Error(), "raw message delivery") {
		t.Errorf("%v: %s", err, got[0].Body)
	}
}

// TestQueueOnEngine checks that a record is delivered unchanged with its attributes.
func TestQueueOnEngine(t *testing.T) {
	t.Parallel()
	e := newEngine(t)
	record := json.RawMessage(`{"eventID":"1","dynamodb":{"NewImage":{"name":{"S":"J\u00e4ne 🚲"}}}}`)
	if err := snssqs.NewQueue(e.sqs, e.url).Send(t.Context(), record, map[string]string{"reason": "a panic", "eventId": "1"}); err != nil {
		t.Fatal(err)
	}
	got := e.receive(t)
	if len(got) != 1 || got[0].Body != string(record) || *got[0].MessageAttributes["reason"].StringValue != "a panic" {
		t.Errorf("received: %+v", got)
	}
	if err := snssqs.NewQueue(e.sqs, e.url+"-gone").Send(t.Context(), record, nil); err == nil {
		t.Error("Send to a missing queue: no error")
	}
}

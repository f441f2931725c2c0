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

	"rental.example/adapters/snssqs"
	"rental.example/adapters/snssqs/snssqstest"
	"rental.example/domain/user"
)

// engine is a topic and a queue as in template.yaml, on a real server.
type engine struct {
	snssqstest.Engine
	arn, url string
}

func newEngine(t *testing.T, rawDelivery bool) engine {
	t.Helper()
	e := engine{Engine: snssqstest.NewEngine(t, "sns-sqs")}
	name := "test-" + strings.ToLower(rand.Text())
	e.url = e.CreateQueue(t, name, nil)
	e.arn = e.CreateTopic(t, name, e.url, map[string]string{
		"RawMessageDelivery": fmt.Sprint(rawDelivery), "FilterPolicyScope": "MessageAttributes",
		"FilterPolicy": `{"eventType":[{"prefix":"user.profile."}]}`,
	})
	return e
}

// receive drains the queue and returns the messages in the form in which Lambda passes them to a function.
func (e engine) receive(t *testing.T) (all []events.SQSMessage) {
	t.Helper()
	for _, m := range e.Drain(t, e.url) {
		attributes := make(map[string]events.SQSMessageAttribute)
		for name, a := range m.MessageAttributes {
			attributes[name] = events.SQSMessageAttribute{StringValue: a.StringValue, DataType: *a.DataType}
		}
		all = append(all, events.SQSMessage{MessageId: *m.MessageId, Body: *m.Body, Attributes: m.Attributes, MessageAttributes: attributes})
	}
	return all
}

// TestDelivery checks that every publishable event is delivered unchanged.
func TestDelivery(t *testing.T) {
	t.Parallel()
	e := newEngine(t, true)
	all := newEvents(25)
	all[7].Name = strings.Repeat("x", snssqs.MaxBytes)
	all[9].Name = "a\uFFFEb"
	all[12] = user.Event{ID: "event-12", Kind: user.Deleted, UserID: userID, Version: all[12].Version}
	for i, err := range snssqs.NewTopic(e.SNS, e.arn).Publish(t.Context(), all) {
		if (i == 7) != errors.Is(err, user.ErrUnpublishable) || (i != 7) != (err == nil) {
			t.Errorf("event %d: %v", i, err)
		}
	}
	foreign := &sns.PublishInput{TopicArn: &e.arn, Message: aws.String(`{"specversion":"1.0"}`)} // the filter policy drops it
	if _, err := e.SNS.Publish(t.Context(), foreign); err != nil {
		t.Fatal(err)
	}
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

// TestWithoutRawDelivery checks that the error names the missing setting of a subscription created by hand.
func TestWithoutRawDelivery(t *testing.T) {
	t.Parallel()
	e := newEngine(t, false)
	if errs := snssqs.NewTopic(e.SNS, e.arn).Publish(t.Context(), newEvents(1)); errs[0] != nil {
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
	e := newEngine(t, true)
	record := json.RawMessage(`{"eventID":"1","dynamodb":{"NewImage":{"name":{"S":"J\u00e4ne 🚲"}}}}`)
	if err := snssqs.NewQueue(e.SQS, e.url).Send(t.Context(), record, map[string]string{"reason": "a panic", "eventId": "1"}); err != nil {
		t.Fatal(err)
	}
	got := e.receive(t)
	if len(got) != 1 || got[0].Body != string(record) || *got[0].MessageAttributes["reason"].StringValue != "a panic" {
		t.Errorf("received: %+v", got)
	}
	if err := snssqs.NewQueue(e.SQS, e.url+"-gone").Send(t.Context(), record, nil); err == nil {
		t.Error("Send to a missing queue: no error")
	}
}

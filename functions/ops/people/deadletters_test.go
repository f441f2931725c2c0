package people_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"rental.example/adapters/samtest"
	"rental.example/adapters/snssqs"
	"rental.example/functions/ops/people"
)

var ada = people.Person{ID: string(id(1)), Email: "ada@example.com"}

// newQueue creates a queue with two messages about Ada and eleven about others.
func newQueue(t *testing.T) people.DeadLetterQueue {
	t.Helper()
	client := snssqs.NewLongPollClient(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(samtest.Endpoint(t, "SQS_ENDPOINT", "sns-sqs")),
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	})
	queue, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("dead-letters-" + strings.ToLower(rand.Text()))})
	if err != nil {
		t.Fatal(err)
	}
	bodies := []string{`{"email":"Ada@Example.com"}`, `{"subject":"` + ada.ID + `"}`}
	for n := range 11 {
		bodies = append(bodies, fmt.Sprintf(`{"subject":"%s"}`, id(n+2)))
	}
	for _, body := range bodies {
		if _, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: queue.QueueUrl, MessageBody: &body}); err != nil {
			t.Fatal(err)
		}
	}
	return people.DeadLetterQueue{Client: client, URL: *queue.QueueUrl}
}

// TestDeadLetters checks that each run sees all remaining messages, none of them still invisible from the run before.
func TestDeadLetters(t *testing.T) {
	queue := newQueue(t)
	for step, want := range []struct {
		remove bool
		about  int
	}{{false, 2}, {false, 2}, {true, 2}, {true, 0}, {false, 0}} {
		about, err := queue.About(t.Context(), ada, want.remove)
		if err != nil || len(about) != want.about {
			t.Fatalf("step %d: %d messages, error %v; want %d", step, len(about), err, want.about)
		}
	}
	others, err := queue.About(t.Context(), people.Person{ID: "-0000-4000-8000-"}, false)
	if err != nil || len(others) != 11 {
		t.Errorf("%d messages about others, error %v; want 11", len(others), err)
	}
}

// TestDeadLettersInFlight checks that About fails while another reader has messages in flight.
func TestDeadLettersInFlight(t *testing.T) {
	queue := newQueue(t)
	received, err := queue.Client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &queue.URL, VisibilityTimeout: 600})
	if err != nil || len(received.Messages) == 0 {
		t.Fatalf("%d messages, error %v", len(received.Messages), err)
	}
	for _, remove := range []bool{false, true} {
		if _, err := queue.About(t.Context(), ada, remove); err == nil || !strings.Contains(err.Error(), "1 messages are in flight") {
			t.Errorf("remove %v: error %v", remove, err)
		}
	}
}

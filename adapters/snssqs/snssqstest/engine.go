package snssqstest

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"rental.example/adapters/samtest"
	"rental.example/adapters/snssqs"
)

// Engine has clients of real servers of SNS and SQS. Its methods fail the test on an error.
type Engine struct {
	SNS *sns.Client
	SQS *sqs.Client
}

// NewEngine returns the engine at SNS_ENDPOINT and SQS_ENDPOINT, and skips the test without them. engines are those that
// the test needs, for the message.
func NewEngine(t testing.TB, engines string) Engine {
	t.Helper()
	config := func(variable string) aws.Config {
		return aws.Config{
			Region: "us-east-1", BaseEndpoint: aws.String(samtest.Endpoint(t, variable, engines)),
			Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
		}
	}
	return Engine{SNS: snssqs.NewTopicClient(config("SNS_ENDPOINT")), SQS: snssqs.NewQueueClient(config("SQS_ENDPOINT"))}
}

// CreateQueue creates a queue and returns its URL.
func (e Engine) CreateQueue(t testing.TB, name string, attributes map[string]string) (url string) {
	t.Helper()
	queue, err := e.SQS.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	if err != nil {
		t.Fatal(err)
	}
	return *queue.QueueUrl
}

// CreateTopic creates a topic with a subscribed queue and returns its ARN.
func (e Engine) CreateTopic(t testing.TB, name, queueURL string, subscription map[string]string) (arn string) {
	t.Helper()
	queue, err := e.SQS.GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: &queueURL, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	if err != nil {
		t.Fatal(err)
	}
	topic, err := e.SNS.CreateTopic(t.Context(), &sns.CreateTopicInput{Name: &name})
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.SNS.Subscribe(t.Context(), &sns.SubscribeInput{
		TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String(queue.Attributes["QueueArn"]), Attributes: subscription,
	})
	if err != nil {
		t.Fatal(err)
	}
	return *topic.TopicArn
}

// Drain receives and deletes all messages of a queue.
func (e Engine) Drain(t testing.TB, queueURL string) (messages []types.Message) {
	t.Helper()
	for {
		out, err := e.SQS.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
			QueueUrl: &queueURL, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Messages) == 0 {
			return messages
		}
		for _, m := range out.Messages {
			messages = append(messages, m)
			if _, err := e.SQS.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &queueURL, ReceiptHandle: m.ReceiptHandle}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

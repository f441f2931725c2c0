package main_test

import (
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/lambdaenv/lambdatest"
)

// TestBinary: an empty batch makes no connection.
func TestBinary(t *testing.T) {
	t.Parallel()
	store := lambdatest.UnusedServer(t)
	for _, c := range apigatewaytest.Cases(t, "../../..", "userevents") {
		if c.Name != "empty" {
			continue
		}
		answer := lambdatest.Invoke(t, lambdatest.Build(t), c.Event, "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKID",
			"AWS_SECRET_ACCESS_KEY=SECRET", "AWS_ENDPOINT_URL="+store, "USER_EVENTS_TOPIC_ARN=arn:aws:sns:eu-west-1:123456789012:topic", "USER_EVENTS_DEAD_LETTER_QUEUE_URL="+store+"/queue")
		if got := string(answer); got != `{"batchItemFailures":[]}` {
			t.Errorf("answer: %s", got)
		}
	}
}

func TestMissingVariables(t *testing.T) {
	t.Parallel()
	want := "configuration: missing environment variables: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, USER_EVENTS_TOPIC_ARN, USER_EVENTS_DEAD_LETTER_QUEUE_URL; " +
		"invalid environment variables: LOG_LEVEL must be DEBUG, INFO, WARN or ERROR\n"
	if got := lambdatest.StartError(t, lambdatest.Build(t), "ALLOWED_ORIGIN=", "LOG_LEVEL=LOUD"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

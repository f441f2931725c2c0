package main_test

import (
	"strings"
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/lambdaenv/lambdatest"
)

// TestBinary: an order that is none makes no connection.
func TestBinary(t *testing.T) {
	t.Parallel()
	store := lambdatest.UnusedServer(t)
	for _, c := range apigatewaytest.Cases(t, "../../..", "republish") {
		if c.Name != "typing-error" {
			continue
		}
		answer := lambdatest.Invoke(t, lambdatest.Build(t), c.Event, "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKID",
			"AWS_SECRET_ACCESS_KEY=SECRET", "AWS_ENDPOINT_URL="+store, "USERS_TABLE=users", "USER_EVENTS_TOPIC_ARN=arn:aws:sns:eu-west-1:123456789012:topic")
		if got := string(answer); !strings.Contains(got, `unknown field`) {
			t.Errorf("answer: %s", got)
		}
	}
}

func TestMissingVariables(t *testing.T) {
	t.Parallel()
	want := "configuration: missing environment variables: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, USERS_TABLE, USER_EVENTS_TOPIC_ARN; " +
		"unusable environment variables: LOG_LEVEL must be DEBUG, INFO, WARN or ERROR\n"
	if got := lambdatest.StartError(t, lambdatest.Build(t), "ALLOWED_ORIGIN=", "LOG_LEVEL=LOUD"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

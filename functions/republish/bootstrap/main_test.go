package main_test

import (
	"strings"
	"testing"

	"rental.example/adapters/lambdaenv/lambdatest"
	"rental.example/adapters/samtest"
)

// TestColdStart: the binary starts whatever its store does.
func TestColdStart(t *testing.T) {
	t.Parallel()
	event := []byte(samtest.ReadFile(t, "testdata/events/republish/typing-error.json"))
	lambdatest.ColdStart(t, event, func(store string) []string {
		return []string{"AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=SECRET",
			"AWS_ENDPOINT_URL=" + store, "USERS_TABLE=users", "USER_EVENTS_TOPIC_ARN=arn:aws:sns:eu-west-1:123456789012:topic"}
	}, func(t *testing.T, response []byte, _ string) {
		if got := string(response); !strings.Contains(got, "unknown or repeated field") {
			t.Errorf("response: %s", got)
		}
	})
}

func TestMissingVariables(t *testing.T) {
	t.Parallel()
	want := "configuration: missing environment variables: AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, USERS_TABLE, USER_EVENTS_TOPIC_ARN; " +
		"invalid environment variables: LOG_LEVEL must be DEBUG, INFO, WARN or ERROR\n"
	if got := lambdatest.StartError(t, lambdatest.Build(t), "ALLOWED_ORIGIN=", "LOG_LEVEL=LOUD"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

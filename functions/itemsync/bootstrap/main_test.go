package main_test

import (
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/lambdaenv/lambdatest"
)

// TestBinary: a message that is none makes no connection.
func TestBinary(t *testing.T) {
	t.Parallel()
	store := lambdatest.UnusedServer(t)
	for _, c := range apigatewaytest.Cases(t, "../../..", "itemsync") {
		if c.Name != "wrong-specversion" {
			continue
		}
		answer := lambdatest.Invoke(t, lambdatest.Build(t), c.Event, "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKID",
			"AWS_SECRET_ACCESS_KEY=SECRET", "AWS_ENDPOINT_URL="+store, "OPEN_SEARCH_END_POINT="+store, "OPEN_SEARCH_INDEX=items", "OPEN_SEARCH_SERVICE=es")
		if got := string(answer); got != `{"batchItemFailures":[{"itemIdentifier":"00000001-0000-4000-8000-000000000000"}]}` {
			t.Errorf("answer: %s", got)
		}
	}
}

func TestMissingVariables(t *testing.T) {
	t.Parallel()
	want := "configuration: missing environment variables: OPEN_SEARCH_END_POINT, OPEN_SEARCH_INDEX, OPEN_SEARCH_SERVICE, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY; " +
		"unusable environment variables: LOG_LEVEL must be DEBUG, INFO, WARN or ERROR\n"
	if got := lambdatest.StartError(t, lambdatest.Build(t), "ALLOWED_ORIGIN=", "LOG_LEVEL=LOUD"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

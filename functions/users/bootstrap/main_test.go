package main_test

import (
	"net/http"
	"strings"
	"testing"

	"rental.example/adapters/apigateway/apigatewaytest"
	"rental.example/adapters/lambdaenv/lambdatest"
	"rental.example/adapters/samtest"
)

// TestColdStart: the binary starts whatever its store does, and its first response is logged as a cold one.
func TestColdStart(t *testing.T) {
	t.Parallel()
	event := []byte(samtest.ReadFile(t, "testdata/events/users/save-every-problem.json"))
	lambdatest.ColdStart(t, event, func(store string) []string {
		return []string{"AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=SECRET",
			"AWS_ENDPOINT_URL=" + store, "USERS_TABLE=users", "ALLOWED_ORIGIN=https://app.example.com"}
	}, func(t *testing.T, response []byte, log string) {
		got := apigatewaytest.ParseResponse(t, response)
		if got.StatusCode != http.StatusUnprocessableEntity || got.Headers["Access-Control-Allow-Origin"] != "https://app.example.com" {
			t.Errorf("response: %+v", got)
		}
		if !strings.Contains(log, `"cold_start":true`) || !strings.Contains(log, `"ColdStart":1`) || strings.Contains(log, `"stores"`) {
			t.Errorf("log: %s", log)
		}
	})
}

func TestMissingVariables(t *testing.T) {
	t.Parallel()
	want := "configuration: missing environment variables: USERS_TABLE, ALLOWED_ORIGIN, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY; " +
		"invalid environment variables: LOG_LEVEL must be DEBUG, INFO, WARN or ERROR\n"
	if got := lambdatest.StartError(t, lambdatest.Build(t), "USERS_TABLE=", "LOG_LEVEL=LOUD"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

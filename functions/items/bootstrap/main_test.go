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
	event := []byte(samtest.ReadFile(t, "testdata/events/items/search-every-problem.json"))
	lambdatest.ColdStart(t, event, func(store string) []string {
		return []string{"AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=SECRET",
			"OPEN_SEARCH_END_POINT=" + store, "OPEN_SEARCH_INDEX=items", "OPEN_SEARCH_SERVICE=es", "ALLOWED_ORIGIN=https://app.example.com"}
	}, func(t *testing.T, response []byte, log string) {
		got := apigatewaytest.ParseResponse(t, response)
		if got.StatusCode != http.StatusBadRequest || got.Headers["Access-Control-Allow-Origin"] != "https://app.example.com" {
			t.Errorf("response: %+v", got)
		}
		if !strings.Contains(log, `"cold_start":true`) || !strings.Contains(log, `"ColdStart":1`) || strings.Contains(log, `"stores"`) {
			t.Errorf("log: %s", log)
		}
	})
}

func TestMissingVariables(t *testing.T) {
	t.Parallel()
	want := "configuration: missing environment variables: OPEN_SEARCH_END_POINT, OPEN_SEARCH_SERVICE, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, OPEN_SEARCH_INDEX, ALLOWED_ORIGIN; " +
		"invalid environment variables: LOG_LEVEL must be DEBUG, INFO, WARN or ERROR\n"
	if got := lambdatest.StartError(t, lambdatest.Build(t), "USERS_TABLE=", "LOG_LEVEL=LOUD"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestUnusableEngine(t *testing.T) {
	t.Parallel()
	got := lambdatest.StartError(t, lambdatest.Build(t), "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKID", "AWS_SECRET_ACCESS_KEY=SECRET",
		"OPEN_SEARCH_END_POINT=search.example.com", "OPEN_SEARCH_INDEX=items", "OPEN_SEARCH_SERVICE=es", "ALLOWED_ORIGIN=https://app.example.com")
	if want := "configuration: opensearch: endpoint \"search.example.com\": want a URL of a scheme and a host\n"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}
